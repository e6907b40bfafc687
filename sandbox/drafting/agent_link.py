"""The gate's end of the agent: its process, and two threads so that neither side can block the other.

    link = AgentLink(inbox.put)
    link.send(Begin(...), conversation)
    ...                                      # AgentSaid and AgentGone arrive in the inbox

What the agent says is hostile input: small frames only, of known types, and a flood blocks nobody but itself,
because the inbox is bounded.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from sandbox.drafting.shape import LARGEST_BODY
from sandbox.jail import Limits, Role, spawn
from sandbox.messages.frames import BadFrame, Channel, ChannelClosed
from sandbox.messages.model_door import FromAgent

_FRAME_LIMIT = 1024 * 1024
_MEMORY_MB = 4096


class AgentSaid(NamedTuple):
    """A frame from the agent of generation `generation`."""

    generation: int
    message: Any
    payload: bytes


class AgentGone(NamedTuple):
    """The agent of that generation has ended, or said something that is no message."""

    generation: int
    sentence: str


class AgentLink:
    """One agent process. A new one has a higher generation, so that a late word of the old one is known."""

    def __init__(self, generation: int, sink: Callable[[AgentSaid | AgentGone], None]) -> None:
        self.generation = generation
        self._sink = sink
        self._child = spawn(Role.AGENT, limits=Limits(memory_mb=_MEMORY_MB))
        self.layers: dict[str, str] = dict(self._child.report.layers)
        pipes = self._child.channel
        self._channel = Channel(pipes.read_fd, pipes.write_fd, json_limit=_FRAME_LIMIT, payload_limit=2 * LARGEST_BODY)
        self._outbox: queue.SimpleQueue[tuple[msgspec.Struct, bytes] | None] = queue.SimpleQueue()
        self._threads: tuple[threading.Thread, ...] = ()

    def start(self) -> None:
        """Begin to listen and to speak; after the door is closed, because threads come after that."""
        self._threads = (
            threading.Thread(target=self._listen, name="agent-in", daemon=True),
            threading.Thread(target=self._speak, name="agent-out", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def send(self, message: msgspec.Struct, payload: bytes = b"") -> None:
        """Hand a message to the agent without waiting for it."""
        self._outbox.put((message, payload))

    def kill(self) -> None:
        """End the process; its threads end by themselves when their pipe breaks."""
        self._outbox.put(None)
        self._child.kill()

    def close(self) -> None:
        self.kill()
        for thread in self._threads:
            thread.join(5)
        self._child.close()

    def _listen(self) -> None:
        try:
            while True:
                message, payload = self._channel.receive(FromAgent)
                self._sink(AgentSaid(self.generation, message, payload))
        except ChannelClosed:
            self._sink(AgentGone(self.generation, "The agent's process ended."))
        except BadFrame:
            self._child.kill()
            self._sink(AgentGone(self.generation, "The agent's process said something that is no message."))

    def _speak(self) -> None:
        try:
            while (item := self._outbox.get()) is not None:
                self._channel.send(*item)
        except ChannelClosed:
            return  # the listening thread tells
