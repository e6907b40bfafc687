"""The drafting sessions of the window: one per question that is open or being worked on. No Qt in here.

    drafting = Drafting(desk)                         # one for the whole window: `desk.drafting`
    drafting.listen("q-…", heard)                     # keeps its session; messages of `sandbox.messages.desk`
    drafting.send("q-…", Ask(text="…"))               # starts the session when there is none
    drafting.state("q-…").phase                       # idle, checking, working, waiting, stopping
    drafting.cancel("q-…")
    drafting.unlisten("q-…", heard)                   # ended once its turn is over

A turn goes from `send` to `TurnOver`, `Withheld` or a `PreceptorError`; after an error the next `send` starts a
new session. A turn that nobody listens to goes on to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from sandbox.errors import BadInput, Fault, PatientRecognised, PreceptorError
from sandbox.messages.desk import (
    Answer,
    Ask,
    Cancel,
    Comments,
    Dropped,
    FailureReport,
    Ready,
    Sent,
    Streamed,
    TurnOver,
    Withheld,
)
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import KeepText

if TYPE_CHECKING:
    from desktop.desk import Desk, Heard, Line, Ticket

Message = Ask | Comments | Answer | FailureReport
Phase = Literal["idle", "checking", "working", "waiting", "stopping"]

SECONDS_TO_STOP = 8.0  # the session gives its agent 5 s, then replaces it and answers; only a dead one is late


@dataclass(frozen=True)
class Work:
    """Where the turn of one question is; times are the desk clock's.

    `checking`: nothing has left yet. `waiting`: the model is asked again at `again_at`. `requests` counts those of
    this turn; `number` and `bytes` are the newest one's. `known` is -1 until a session said how many values of
    patients it recognises.
    """

    phase: Phase = "idle"
    message: Message | None = None
    since: float = 0.0
    requests: int = 0
    number: int = 0
    bytes: int = 0
    reason: str = ""
    again_at: float = 0.0
    known: int = -1

    @property
    def is_idle(self) -> bool:
        return self.phase == "idle"


@dataclass
class _Talk:
    """One question: its session, its turn, who listens."""

    work: Work = Work()
    line: Line | None = None
    heard: list[Heard] = field(default_factory=list)
    recent: list[Any] = field(default_factory=list)
    patience: Ticket | None = None


class Drafting:
    """Every drafting session of one window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._talks: dict[str, _Talk] = {}
        self._watchers: list[Callable[[str], None]] = []

    def state(self, question: str) -> Work:
        """Where the question's turn is; idle for one that has none."""
        return self._talks[question].work if question in self._talks else Work()

    def recent(self, question: str) -> tuple[Any, ...]:
        """What came since the newest request left; everything before that is in the conversation on the disk."""
        return tuple(self._talks[question].recent) if question in self._talks else ()

    def working(self) -> tuple[str, ...]:
        """The questions whose turn is going on."""
        return tuple(name for name, talk in self._talks.items() if not talk.work.is_idle)

    def listen(self, question: str, heard: Heard) -> None:
        """Hear the question's messages and errors from now on, and keep its session."""
        talk = self._talks.setdefault(question, _Talk())
        if heard not in talk.heard:
            talk.heard.append(heard)

    def unlisten(self, question: str, heard: Heard) -> None:
        """Hear no more of it. Without listeners its session ends, after its turn."""
        talk = self._talks.get(question)
        if talk is not None and heard in talk.heard:
            talk.heard.remove(heard)
            self._tidy(question, talk)

    def watch(self, changed: Callable[[str], None]) -> None:
        """`changed(question)` when a turn begins or ends, a request leaves, or a question got its text: for lists."""
        self._watchers.append(changed)

    def send(self, question: str, message: Message) -> None:
        """Begin a turn with the reviewer's words; `BadInput` while one is going on."""
        talk = self._talks.setdefault(question, _Talk())
        if not talk.work.is_idle:
            raise BadInput("The agent is still working on this question.", "Wait, or stop it first.")
        if talk.line is None:
            talk.line = self._start(question)
        talk.recent.clear()
        talk.work = Work(phase="checking", message=message, since=self._desk.clock.now(), known=talk.work.known)
        talk.line.send(message)
        self._desk.busy(f"drafting {question}", "The agent is working on a question.")
        self._tell_watchers(question)

    def cancel(self, question: str) -> None:
        """Stop the turn: politely, and when that gets no answer, by ending the session."""
        talk = self._talks.get(question)
        if talk is None or talk.line is None or talk.work.phase in ("idle", "stopping"):
            return
        talk.work = replace(talk.work, phase="stopping")
        talk.line.send(Cancel())
        talk.patience = self._desk.clock.after(SECONDS_TO_STOP, lambda: self._give_up(question))

    def _start(self, question: str) -> Line:
        """A new session; what an earlier one still says is not heard."""
        started: list[Line] = []

        def heard(message: Any) -> None:
            talk = self._talks.get(question)
            if talk is not None and started and talk.line is started[0]:
                self._hear(question, talk, message)

        started.append(self._desk.sessions.drafting(question, heard))
        return started[0]

    def _hear(self, question: str, talk: _Talk, message: Any) -> None:
        if isinstance(message, PreceptorError):
            talk.line = None
            if talk.work.is_idle:  # it ended while nothing was asked of it: the next `send` starts another
                self._tidy(question, talk)
                return
        first = isinstance(message, Sent) and talk.work.requests == 0
        talk.work = advanced(talk.work, message, self._desk.clock.now())
        if isinstance(message, Sent):
            talk.recent.clear()
        else:
            _remember(talk.recent, message)
        if first and isinstance(talk.work.message, Ask) and talk.work.message.text.strip():
            self._keep(question, talk.work.message.text)
        for heard in tuple(talk.heard):
            heard(message)
        if isinstance(message, Sent):
            self._tell_watchers(question)
        if talk.work.is_idle and is_last(message):
            if not talk.heard:
                self._tell_desk(message)
            self._turn_over(question, talk)

    def _tell_desk(self, message: Any) -> None:
        """Nobody has this question open: how its turn ended is told by the desk."""
        if isinstance(message, PreceptorError):
            self._desk.fail(message)
        elif isinstance(message, Withheld):
            self._desk.fail(PatientRecognised(message.sentence))
        else:
            self._desk.tell(ending(message))

    def _turn_over(self, question: str, talk: _Talk) -> None:
        if talk.patience is not None:
            talk.patience.drop()
            talk.patience = None
        self._desk.busy(f"drafting {question}", "")
        self._tell_watchers(question)
        self._tidy(question, talk)

    def _give_up(self, question: str) -> None:
        talk = self._talks.get(question)
        if talk is None or talk.line is None or talk.work.phase != "stopping":
            return
        talk.patience = None
        talk.line.kill()
        self._hear(question, talk, Fault("The session did not stop when it was told to, so it was ended.", _KEPT))

    def _tidy(self, question: str, talk: _Talk) -> None:
        """Forget a question that nobody listens to and that does nothing."""
        if talk.heard or not talk.work.is_idle:
            return
        if talk.line is not None:
            talk.line.end()
        self._talks.pop(question, None)

    def _keep(self, question: str, text: str) -> None:
        def kept(_: Done) -> None:
            self._tell_watchers(question)

        self._desk.asks.ask(KeepText(question=question, text=text), kept)

    def _tell_watchers(self, question: str) -> None:
        for changed in tuple(self._watchers):
            changed(question)


_KEPT = "The conversation is kept on the disk as it was last sent."


def is_last(message: Any) -> bool:
    """Whether a turn is over with that message."""
    return isinstance(message, TurnOver | Withheld | PreceptorError)


def ending(over: TurnOver) -> str:
    """How a turn ended, in one sentence for the status line."""
    said = {
        "submitted": "A draft is ready for your review.",
        "asked": "The agent asks you something.",
        "answered": "The agent has answered.",
        "cannot": "The agent says that it can't answer.",
        "cancelled": "The agent was stopped.",
    }
    return said.get(over.outcome, "The agent waits for you.")


def advanced(work: Work, message: Any, now: float) -> Work:
    """Where a turn is after that message."""
    if is_last(message):
        return Work(known=work.known)
    if isinstance(message, Ready):
        return replace(work, known=message.known)
    if work.phase == "stopping":
        return work
    if isinstance(message, Sent):
        counted = replace(work, requests=work.requests + 1, number=message.number, bytes=message.bytes)
        return replace(counted, phase="working", reason="", again_at=0.0)
    if isinstance(message, Dropped):
        return replace(work, phase="waiting", reason=message.reason, again_at=now + message.wait)
    return work


def _remember(recent: list[Any], message: Any) -> None:
    """Keep a message; pieces of text that follow each other become one now and then, so the list stays short."""
    if isinstance(message, Dropped):
        recent[:] = [one for one in recent if not isinstance(one, Streamed)]
    recent.append(message)
