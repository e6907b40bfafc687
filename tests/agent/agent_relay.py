"""The agent in its real jail, and a relay that stands where the gate is: it passes requests on unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import msgspec

from resources.demo.conversation import Conversation, Text, ToolUse, Turn
from resources.demo.model_server import ModelServer
from sandbox.agent import tools_json
from sandbox.jail import Child
from sandbox.messages import model_door as door

SECONDS = 60.0


def talk(*turns: Turn) -> Conversation:
    return Conversation(name="test", turns=turns)


def says(text: str, **stop: Any) -> Turn:
    return Turn(content=(Text(text=text),), **stop)


def calls(name: str, **arguments: Any) -> Turn:
    return Turn(content=(Text(text="One moment."), ToolUse(name=name, input=arguments)))


class Relay:
    """Plays one turn. `heard` holds what the agent said, `conversation` what it handed back."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.heard: list[Any] = []
        self.conversation: list[dict[str, Any]] = []
        self.answers: dict[str, door.ToolAnswer] = {}
        self.on: Callable[[Any], msgspec.Struct | None] = lambda message: None

    def turn(self, server: ModelServer, text: str = "How many?", **begin: Any) -> door.TurnEnded:
        start = door.Begin(model="claude-opus-5-5", system="Be brief.", tools=msgspec.Raw(tools_json()), **begin)
        question = [{"role": "user", "content": [{"type": "text", "text": text}]}]
        self.child.channel.send(start, msgspec.json.encode(question))
        while True:
            message, payload = self.child.channel.receive(door.FromAgent, SECONDS)
            self.heard.append(message)
            if isinstance(message, door.TurnEnded):
                self.conversation = msgspec.json.decode(payload)
                return message
            instead = self.on(message)
            if instead is not None:
                self.child.channel.send(instead)
            elif isinstance(message, door.ModelRequest):
                self._pass_on(server, message, payload)
            elif isinstance(message, door.ToolCall):
                self.child.channel.send(self.answers.get(message.name, door.ToolAnswer(text="done", ends_turn=True)))

    def said(self) -> str:
        return "".join(message.text for message in self.heard if isinstance(message, door.Said))

    def dropped(self) -> list[str]:
        return [message.reason for message in self.heard if isinstance(message, door.TurnDropped)]

    def _pass_on(self, server: ModelServer, request: door.ModelRequest, body: bytes) -> None:
        send = self.child.channel.send
        headers = [pair for pair in request.headers if pair[0].lower() not in ("host", "accept-encoding")]
        began = False
        try:
            with httpx2.stream(
                request.method, server.url + request.path, headers=headers, content=body, timeout=3, trust_env=False
            ) as response:
                began = True
                send(door.ResponseHead(status=response.status_code, headers=tuple(response.headers.items())))
                for piece in response.iter_raw():
                    send(door.ResponseChunk(), piece)
            send(door.ResponseEnd())
        except httpx2.HTTPError as problem:
            sentence = f"The connection broke ({type(problem).__name__})."
            send(door.ResponseEnd(broken=sentence) if began else door.RequestRefused(kind="network", sentence=sentence))
