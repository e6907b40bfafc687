"""What is under way for the agent: at most one thing, an exchange with the model or a call of a tool.

    work = Work(wire, toolbox, sink)
    work.send(outgoing)          # Received(number, event)... arrive in the sink
    work.call("run_draft", arguments)    # ToolDone(number, future) arrives in the sink
    work.drop()                  # whatever it was; what it still says has an old number

Both run in threads of their own, so that the reviewer can stop them at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from sandbox.drafting.exchange import Chunk, Done, Event, Exchange, Outgoing, Wire
from sandbox.drafting.heard import Heard
from sandbox.drafting.tools import Toolbox, Used


class Received(NamedTuple):
    """An event of the exchange with that number."""

    number: int
    event: Event


class ToolDone(NamedTuple):
    """The tool call with that number has ended."""

    number: int
    future: Future[Used]


class Work:
    """Starts, remembers and drops the one thing under way."""

    def __init__(self, wire: Wire, toolbox: Toolbox, sink: Callable[[object], None]) -> None:
        self._wire = wire
        self._toolbox = toolbox
        self._sink = sink
        self._threads = ThreadPoolExecutor(1, "tool")
        self._number = 0
        self._exchange: Exchange | None = None
        self._heard = Heard()
        self.busy = False

    def send(self, outgoing: Outgoing) -> None:
        number = self._next()
        self._heard = Heard()
        self._exchange = Exchange(self._wire, outgoing, lambda event: self._sink(Received(number, event)))
        self._exchange.start()

    def call(self, name: str, untrusted_arguments: bytes) -> None:
        number = self._next()
        future = self._threads.submit(self._toolbox.use, name, untrusted_arguments)
        future.add_done_callback(lambda done: self._sink(ToolDone(number, done)))

    def is_current(self, happened: Received | ToolDone) -> bool:
        """Whether it belongs to what is under way. Notes the model's words, and the end."""
        if not self.busy or happened.number != self._number:
            return False
        if isinstance(happened, Received) and isinstance(happened.event, Chunk):
            self._heard.feed(happened.event.data)
        if isinstance(happened, ToolDone) or isinstance(happened.event, Done):
            self.busy, self._exchange = False, None
        return True

    def heard(self) -> Iterator[str]:
        """The texts that the model wrote in the newest exchange."""
        return self._heard.texts()

    def heard_opaque(self) -> Iterator[str]:
        """What it sent that nobody can read."""
        return self._heard.opaque()

    @property
    def exchanging(self) -> bool:
        return self._exchange is not None

    def drop(self) -> None:
        """Stop what is under way, and what worked for it."""
        self._next()
        self.busy = False
        if self._exchange is not None:
            self._exchange.stop()
            self._exchange = None

    def rest(self) -> None:
        """The turn is over: no drafting worker stays alive."""
        self._toolbox.rest()

    def close(self) -> None:
        self.drop()
        self.rest()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._wire.close()

    def _next(self) -> int:
        self._number += 1
        self.busy = True
        return self._number
