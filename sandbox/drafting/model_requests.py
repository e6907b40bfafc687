"""What the agent asks of the model in one question: admitted by the gate, counted, logged, sent; the answer passed on.

requests = ModelRequests(parts, work, emit)
requests.new_turn()
requests.send(link, request, untrusted_body)     # or the agent is told why not
requests.pass_on(link, event)                    # True when the exchange is over
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from sandbox.drafting.agent_link import AgentLink
from sandbox.drafting.conversation import Conversation
from sandbox.drafting.exchange import Chunk, Done, Event, Head
from sandbox.drafting.gate import Gate
from sandbox.drafting.tally import Tally
from sandbox.drafting.verdicts import Verdicts, Withholding
from sandbox.drafting.work import Work
from sandbox.errors import GateRefused
from sandbox.messages import desk
from sandbox.messages.model_door import (
    Begin,
    ModelRequest,
    RequestRefused,
    ResponseChunk,
    ResponseEnd,
    ResponseHead,
)
from sandbox.records import AuditLog

MOST_REQUESTS = 60


class Parts(NamedTuple):
    """What a session is made of, made before the door was closed."""

    question: str
    begin: Begin
    gate: Gate
    verdicts: Verdicts
    conversation: Conversation
    log: AuditLog
    tally: Tally
    new_link: Callable[[], AgentLink]


class ModelRequests:
    """The requests of one question; at most `MOST_REQUESTS` in a turn."""

    def __init__(self, parts: Parts, work: Work, emit: Callable[[msgspec.Struct], None]) -> None:
        self._parts = parts
        self._work = work
        self._emit = emit
        self._count = 0

    def new_turn(self) -> None:
        self._count = 0

    def send(self, link: AgentLink, request: ModelRequest, untrusted_body: bytes) -> None:
        """Let a request out, kept and logged before it goes; or tell the agent that it was refused.

        Raises `Withholding` when a patient was recognised in it. The agent is not told: its turn is over.
        """
        self._count += 1
        parts = self._parts
        try:
            if self._count > MOST_REQUESTS:
                raise GateRefused(
                    f"The agent made {MOST_REQUESTS} requests without finishing.", "Ask again, in smaller steps."
                )
            outgoing, body = parts.gate.admit(request, untrusted_body)
            parts.verdicts.save()  # first: a kept conversation must pass again
            parts.conversation.keep(body.messages)
            head = parts.gate.head
            parts.log.append(
                "request.sent", question=parts.question, request=head.size, bytes=len(outgoing.body), head=head.sha256
            )
        except Withholding:
            raise
        except GateRefused as refusal:
            link.send(RequestRefused(kind="gate", sentence=refusal.sentence))
            parts.log.append("request.withheld", question=parts.question, reason=refusal.sentence)
            return
        self._work.send(outgoing)
        self._emit(desk.Sent(number=head.size, bytes=len(outgoing.body)))

    def pass_on(self, link: AgentLink, event: Event) -> bool:
        """Hand a piece of the answer to the agent; whether it was the last."""
        match event:
            case Head():
                link.send(ResponseHead(status=event.status, headers=event.headers))
            case Chunk():
                link.send(ResponseChunk(), event.data)
            case Done():
                self.remember_heard()
                if event.began:
                    link.send(ResponseEnd(broken=event.problem))
                else:
                    link.send(RequestRefused(kind="network", sentence=event.problem))
                return True
        return False

    def stop(self, link: AgentLink) -> None:
        """The agent has enough of the answer that is under way."""
        if self._work.exchanging:
            self.remember_heard()
            self._work.drop()
            link.send(ResponseEnd(broken="not wanted"))

    def remember_heard(self) -> None:
        """What the model wrote so far is its own, and may go back to it."""
        for text in self._work.heard():
            self._parts.verdicts.came_from_model(text)
        for opaque in self._work.heard_opaque():
            self._parts.verdicts.opaque_from_model(opaque)
