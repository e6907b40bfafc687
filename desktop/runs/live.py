"""One run while it goes on: its session, what it said so far, how it is stopped. No Qt in here.

    live = Live(desk, waiting, approval, changed=self._show, over=self._on_over)
    live.going.phase        # getting ready, checking, running, stopping
    live.stop()

It goes on whether or not the screen is shown. Exactly one `over` is called, with the last word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sandbox.errors import Fault, PreceptorError, Refusal
from sandbox.messages.desk import Cancel, Reading, Ready, Run, RunBegan, RunEnded, Step
from sandbox.reviewing.orders.runs import StepShown

if TYPE_CHECKING:
    from desktop.desk import Desk, Ticket
    from desktop.runs.waiting import Waiting
    from sandbox.reviewing.orders.review import ApprovalRow

Phase = Literal["getting ready", "checking", "running", "stopping"]
Outcome = Literal["finished", "failed", "limit", "cancelled", "refused", "broken"]

SECONDS_TO_STOP = 10.0


@dataclass(frozen=True)
class Going:
    """Where a run is. `since` and `began` are the desk clock's; `run` is empty until its first line executes."""

    approval: ApprovalRow
    phase: Phase
    since: float
    began: float | None = None
    run: str = ""
    rows: int = 0
    bytes: int = 0
    memory_mb: int = 0
    steps: tuple[StepShown, ...] = ()


@dataclass(frozen=True)
class Over:
    """How it ended. `refused`: nothing was run; `broken`: it is not certain what became of it."""

    outcome: Outcome
    sentence: str
    advice: str = ""
    run: str = ""


class Live:
    """One run from the word to start until its end."""

    def __init__(
        self,
        desk: Desk,
        waiting: Waiting,
        approval: ApprovalRow,
        changed: Callable[[], None],
        over: Callable[[Over], None],
    ) -> None:
        self._desk = desk
        self._changed = changed
        self._over = over
        self._patience: Ticket | None = None
        self._is_over = False
        self.going = Going(approval, "getting ready", desk.clock.now())
        desk.busy("run", "A program is getting ready to run.")
        self._line, is_ready = waiting.take(approval.id, self._heard)
        if is_ready:
            self._run()

    def stop(self) -> None:
        """Politely; without an answer in ten seconds by force. Before the session has the approval: at once."""
        if self.going.phase == "getting ready":
            self._line.kill()
            self._end(Over("cancelled", "You stopped it before it began.", NOT_USED))
        elif self.going.phase != "stopping":
            self._line.send(Cancel())
            self._patience = self._desk.clock.after(SECONDS_TO_STOP, self._give_up)
            self._be(replace(self.going, phase="stopping"))

    def _heard(self, message: Any) -> None:
        if self._is_over:
            return
        going = self.going
        match message:
            case Ready():
                self._run()
            case RunBegan():
                self._desk.busy("run", "A program is running.")
                phase: Phase = "stopping" if going.phase == "stopping" else "running"
                self._be(replace(going, phase=phase, began=self._desk.clock.now(), run=message.run))
            case Reading():
                memory = message.memory_mb or going.memory_mb
                self._be(replace(going, rows=message.rows, bytes=message.bytes, memory_mb=memory))
            case Step():
                step = StepShown(label=message.label, rows=message.rows, patients=message.patients)
                self._be(replace(going, steps=(*going.steps, step)))
            case RunEnded():
                self._line.end()
                self._end(Over(message.outcome, message.sentence, run=message.run))  # type: ignore[arg-type]
            case PreceptorError():
                self._end(_after_error(message, going))

    def _run(self) -> None:
        self._line.send(Run(approval=self.going.approval.id))
        self._be(replace(self.going, phase="checking"))

    def _be(self, going: Going) -> None:
        """`changed` hears of a new phase; who wants the counts looks at `going` when it suits."""
        moved, self.going = going.phase != self.going.phase, going
        if moved:
            self._changed()

    def _give_up(self) -> None:
        if not self._is_over:
            self._line.kill()
            sentence = "The run did not stop when it was told to, so Preceptor ended it by force."
            self._end(_after_error(Fault(sentence), self.going))

    def _end(self, over: Over) -> None:
        self._is_over = True
        if self._patience is not None:
            self._patience.drop()
        self._desk.busy("run", "")
        self._over(over)


NOT_USED = "Nothing was run, and no run is used up."
_USED = "It had begun, so it counts as a run that is used up. Nothing of its results was kept."
_PERHAPS_USED = "Whether a run was used up is in the list: a run that was cut off stands there."


def _after_error(problem: PreceptorError, going: Going) -> Over:
    """A session that ended with a problem: a refusal before the program's first line is a plain no."""
    if going.run:
        return Over("broken", problem.sentence, _USED, going.run)
    if going.phase == "stopping" and isinstance(problem, Refusal):
        return Over("cancelled", problem.sentence, problem.advice)
    if isinstance(problem, Refusal):
        return Over("refused", problem.sentence, problem.advice)
    return Over("broken", problem.sentence, f"{problem.advice} {_PERHAPS_USED}".strip())
