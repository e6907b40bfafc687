"""One question's turns: what the agent asks of the gate and of the tools, one event at a time.

    turns = Turns(parts, emit)
    turns.ask(Ask(text="…"))           # inspected first; the agent starts only on what has passed
    turns.handle(event)                # AgentSaid, AgentGone, Received, ToolDone
    turns.cancel()

Everything here runs in the session's main thread. The agent is not trusted to keep to its protocol: what comes
out of turn ends its process, and the conversation goes on with a new one. So does whatever of the agent's side the
checker withholds: nobody who might be asking "is this one a patient here?" is left to read the answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from enum import Enum, auto

import msgspec

from sandbox.drafting.agent_link import AgentGone, AgentLink, AgentSaid
from sandbox.drafting.desk_words import GO_ON, text_for_agent
from sandbox.drafting.inspection import Hit
from sandbox.drafting.model_requests import ModelRequests, Parts
from sandbox.drafting.shape import read_messages
from sandbox.drafting.tools import Outcome, Used
from sandbox.drafting.verdicts import Withholding, withheld_sentence
from sandbox.drafting.work import Received, ToolDone, Work
from sandbox.errors import BadInput, GateRefused, ModelUnavailable, ProcessDied
from sandbox.messages import desk
from sandbox.messages.model_door import (
    CancelTurn,
    Enough,
    ModelRequest,
    Said,
    ToolAnswer,
    ToolCall,
    TurnDropped,
    TurnEnded,
)

SECONDS_OF_SILENCE = 180.0
SECONDS_TO_CANCEL = 5.0
MOST_CALLS = 60
_CALLS_USED = f"The agent used all its {MOST_CALLS} tool calls of this turn."


class State(Enum):
    """Where a turn is."""

    IDLE = auto()
    WORKING = auto()
    CANCELLING = auto()


class Turns:
    """The state machine. `emit` shows a message to the desk."""

    def __init__(self, parts: Parts, link: AgentLink, work: Work, emit: Callable[[msgspec.Struct], None]) -> None:
        self._parts = parts
        self._link = link
        self._work = work
        self._emit = emit
        self._state = State.IDLE
        self._requests = ModelRequests(parts, work, emit)
        self._outcome: tuple[Outcome, str] = ("", "")  # as a tool ended the turn, or why we did
        self._calls = 0
        self._deadline = 0.0

    # From the desk.

    def ask(self, message: desk.Ask | desk.Comments | desk.Answer | desk.FailureReport) -> None:
        """Inspect the reviewer's words; when they pass, let the agent work on them."""
        if self._state is not State.IDLE:
            raise BadInput("The agent is still working.", "Wait, or cancel first.")
        text = text_for_agent(message)
        self._parts.tally.check_open()
        hits = self._parts.verdicts.hits(text)
        if hits:
            self._log_withheld("reviewer", hits)
            places = tuple((hit.start, hit.end, hit.kind) for hit in hits)
            self._emit(desk.Withheld(sentence=withheld_sentence(hits), hits=places))
            return
        if not (text == GO_ON and self._parts.conversation.waits_for_model):
            self._parts.conversation.say(text)
        self._outcome = ("", "")
        self._calls = 0
        self._requests.new_turn()
        self._state = State.WORKING
        self._link.send(self._parts.begin, self._parts.conversation.encoded())
        self._wait_for_agent()

    def cancel(self) -> None:
        """Stop whatever is going on; the desk gets its `TurnOver` in a moment."""
        if self._state is not State.WORKING:
            return
        self._requests.remember_heard()  # the agent may have all of it, and will hand it back
        self._rest()
        self._state = State.CANCELLING
        self._deadline = time.monotonic() + SECONDS_TO_CANCEL
        self._link.send(CancelTurn())

    def seconds_left(self) -> float | None:
        """How long the session may wait for the next event before it calls `overdue`."""
        if self._state is State.IDLE or self._work.busy:
            return None
        return max(0.0, self._deadline - time.monotonic())

    def overdue(self) -> None:
        """The agent has said nothing for too long."""
        if self._state is State.CANCELLING:
            self._replace_agent()
            self._over("cancelled")
        elif self._state is State.WORKING:
            self._fail("The agent's process stopped answering.")

    def abandon(self) -> None:
        """Give up the turn after a fault of ours; the caller tells the desk."""
        if self._state is not State.IDLE:
            self._rest()
            self._replace_agent()
            self._state = State.IDLE

    def close(self) -> None:
        self._work.close()
        self._link.close()

    # Events.

    def handle(self, event: object) -> None:
        """One event out of the inbox; what belongs to a turn that is over is dropped."""
        match event:
            case AgentGone() if event.generation == self._link.generation:
                self._fail(event.sentence)
            case AgentSaid() if event.generation == self._link.generation:
                self._agent_said(event)
            case Received() if self._work.is_current(event):
                if self._requests.pass_on(self._link, event.event):
                    self._wait_for_agent()
            case ToolDone() if self._work.is_current(event):
                self._tool_done(event.future)
            case ToolDone() if self._state is not State.WORKING:
                self._work.rest()  # a tool that outlived its turn may have started something

    def _agent_said(self, said: AgentSaid) -> None:
        if self._state is State.IDLE:
            self._fail("The agent's process spoke out of turn.")
            return
        message = said.message
        if isinstance(message, TurnEnded):
            self._ended(message, said.payload)
        elif self._state is State.WORKING:
            self._wait_for_agent()
            self._working(message, said.payload)

    def _working(self, message: object, payload: bytes) -> None:
        match message:
            case Said():
                self._emit(desk.Streamed(text=message.text))
            case TurnDropped():
                self._emit(desk.Dropped(reason=message.reason, wait=message.wait))
            case Enough():
                self._requests.stop(self._link)
            case ModelRequest() if not self._work.busy:
                try:
                    self._requests.send(self._link, message, payload)
                except Withholding as withholding:
                    self._withhold(withholding.hits)
            case ToolCall() if not self._work.busy:
                self._call(message)
            case _:
                self._fail("The agent's process spoke out of turn.")

    # Tools.

    def _call(self, call: ToolCall) -> None:
        self._calls += 1
        if self._calls > MOST_CALLS:
            self._outcome = ("", _CALLS_USED)
            self._link.send(ToolAnswer(text=_CALLS_USED, is_error=True, ends_turn=True))
            return
        self._work.call(call.name, bytes(call.arguments))

    def _tool_done(self, future: Future[Used]) -> None:
        used = future.result()
        for told in used.told:
            self._emit(told)
        if hits := self._parts.verdicts.hits(used.answer.text):
            self._withhold(hits)
            return
        if used.outcome:
            self._outcome = (used.outcome, used.sentence)
        self._link.send(used.answer)
        self._wait_for_agent()

    # Withholding.

    def _withhold(self, hits: tuple[Hit, ...]) -> None:
        """Something of the agent's side was recognised.

        1. It is counted and logged, durably, before anything can follow from it.
        2. The process that might learn of it is ended; the conversation is kept as it was last sent.
        3. The reviewer is told.
        """
        self._parts.tally.add()  # (1)
        self._log_withheld("agent", hits)
        self._rest()  # (2)
        self._replace_agent()
        self._state = State.IDLE
        self._emit(desk.Withheld(sentence=f"The agent was stopped. {withheld_sentence(hits)}"))  # (3)

    def _log_withheld(self, author: str, hits: tuple[Hit, ...]) -> None:
        kinds = sorted({hit.kind for hit in hits})
        self._parts.log.append(
            "request.withheld", question=self._parts.question, reason="patient", author=author, kinds=kinds
        )

    # Ends.

    def _ended(self, ended: TurnEnded, untrusted_conversation: bytes) -> None:
        cancelled = self._state is State.CANCELLING or ended.outcome == "cancelled"
        self._rest()
        try:
            messages = read_messages(untrusted_conversation)
            self._parts.verdicts.check_heard(messages)
        except GateRefused:
            self._fail("The agent's process handed back no conversation.")
            return
        self._parts.verdicts.save()  # first: a kept conversation must pass again
        self._parts.conversation.keep(messages)
        if cancelled:
            self._over("cancelled")
        elif ended.outcome in ("failed", "gate"):
            self._state = State.IDLE
            kind, advice = (
                ("fault", ModelUnavailable.advice) if ended.outcome == "failed" else ("refusal", GateRefused.advice)
            )
            self._emit(desk.Stopped(kind=kind, sentence=ended.sentence, advice=advice))
        else:
            outcome, sentence = self._outcome
            self._over(outcome or "ended", sentence or ended.sentence)

    def _over(self, outcome: str, sentence: str = "") -> None:
        self._state = State.IDLE
        self._emit(desk.TurnOver(outcome=outcome, sentence=sentence))

    def _fail(self, sentence: str) -> None:
        """End the agent's process and the turn; the conversation is kept as it was last sent."""
        was = self._state
        self._rest()
        self._replace_agent()
        self._state = State.IDLE
        if was is State.CANCELLING:
            self._over("cancelled")
        else:
            self._emit(desk.Stopped(kind="fault", sentence=sentence, advice=ProcessDied.advice))

    def _rest(self) -> None:
        self._work.drop()
        self._work.rest()

    def _replace_agent(self) -> None:
        self._link.close()
        self._link = self._parts.new_link()

    def _wait_for_agent(self) -> None:
        """From now on the agent may be silent for so long, unless we are the ones who work."""
        self._deadline = time.monotonic() + SECONDS_OF_SILENCE
