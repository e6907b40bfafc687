"""What the screen *Runs* does: lists, starting and stopping a run, what it came to. No Qt in here.

One thing is shown at the right: an approval that may run, the run that goes on, how a run ended, or its results.
A run goes on while the screen is left; results that arrive while nobody is there wait until somebody is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from desktop.desk import Desk, Latest, Place
from desktop.runs.facts import LIVE, Action, Ended, Offer, Progress, ReadyItem, RunItem
from desktop.runs.live import Live, Over
from desktop.runs.reporting import Reporting
from desktop.runs.waiting import Waiting
from desktop.runs.words import ended, not_run, offer, progress, ready_item, run_item, title_of
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.runs import ListRuns, RunList, RunRow

if TYPE_CHECKING:
    from desktop.desk import Ticket
    from desktop.runs.results_presenter import ResultsPresenter
    from sandbox.reviewing.orders.review import ApprovalRow

TICK = 0.25  # seconds between two looks at a run that goes on, and at the clock


class RunsView(Protocol):
    """The screen as its presenter sees it."""

    def show_lists(self, ready: tuple[ReadyItem, ...], runs: tuple[RunItem, ...]) -> None: ...

    def mark(self, approval: str, run: str) -> None:
        """Mark what is shown in the lists; "" for none."""

    def show_nothing(self, any_ready: bool, any_runs: bool) -> None: ...

    def show_offer(self, offer: Offer) -> None: ...

    def show_progress(self, progress: Progress) -> None: ...

    def show_ended(self, ended: Ended) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_problem(self) -> None: ...


class RunsPresenter:
    """Decides what the screen shows; `results` is the presenter of the results at the right."""

    def __init__(self, view: RunsView, desk: Desk, results: ResultsPresenter) -> None:
        self._view = view
        self._desk = desk
        self._results = results
        self._lists = Latest(desk.asks)
        self._list = RunList(ready=(), runs=())
        self._live: Live | None = None
        self._over: tuple[Over, ApprovalRow] | None = None
        self._approval = ""
        self._run = ""
        self._question = ""
        self._here = False
        self._due: Ticket | None = None
        self._reporting = Reporting(desk, view.show_problem)
        self._waiting = Waiting(desk)

    # The screen comes and goes.

    def arrive(self, place: Place) -> None:
        """`place` may name an approval, a run, or a question: then what was signed or ran last of it."""
        self._here = True
        self._view.clear_problem()
        self._question = place.get("question", "")
        if place.get("approval") or place.get("run"):
            self._choose(place.get("approval", ""), place.get("run", ""))
        self._lists.ask(ListRuns(), self._on_list, self._view.show_problem)

    def leave(self) -> None:
        self._here = False
        self._waiting.drop()

    def lock(self) -> None:
        """Results are dropped, here and in the session; a run that goes on goes on."""
        self.leave()
        self._results.close()
        if self._live is None:
            self._choose("", "")
            self._show()

    def standing_changed(self) -> None:
        if self._here:
            self._lists.ask(ListRuns(), self._on_list, self._view.show_problem)

    # What the reviewer does.

    def choose_approval(self, approval: str) -> None:
        self._choose(approval, "")
        self._show()

    def choose_run(self, run: str) -> None:
        self._choose("", run)
        self._show()

    def start(self, approval: str = "") -> None:
        """Run the approval that is shown (or that one), once."""
        row = approval_of(self._list, approval or self._approval)
        if row is None or self._why_not_now():
            return
        self._view.clear_problem()
        self._choose("", LIVE)
        self._live = Live(self._desk, self._waiting, row, self._on_going, self._on_over)
        self._show_lists()
        self._show()

    def stop(self) -> None:
        if self._live is not None:
            self._live.stop()

    def act(self, action: Action) -> None:
        """A button below an ended run, or above results."""
        row = run_of(self._list, self._run)
        if action == "settings":
            self._desk.go("settings")
        elif action == "review":
            self._review(row)
        elif row is None:
            return
        elif action == "run":
            self.start(row.approval)
        elif action == "results":
            self._results.open(row, approval_of(self._list, row.approval))
        elif action == "report" and not self._reporting.refused(row, self._list.runs):
            self._reporting.send(row)
        elif action == "records":
            self._desk.go("records", run=row.id)

    # What comes back.

    def _on_list(self, found: RunList) -> None:
        self._list = found
        if self._question:
            self._choose(*newest_of(found, self._question))
            self._question = ""
        self._show_lists()
        self._show()

    def _on_going(self) -> None:
        """The run goes on: it is shown now, and a few times a second from now on."""
        if self._live is None or self._run != LIVE or not self._here:
            return
        self._view.show_progress(progress(self._live.going, self._list, self._desk.clock.now()))
        if self._due is None:
            self._due = self._desk.clock.after(TICK, self._on_tick)

    def _on_tick(self) -> None:
        self._due = None
        self._on_going()

    def _on_over(self, over: Over) -> None:
        assert self._live is not None
        approval, self._live = self._live.going.approval, None
        self._desk.tell(f"{title_of(approval.title, approval.draft)}: {over.sentence}")
        if self._run == LIVE:
            self._choose("", over.run)
            self._over = (over, approval)
        self._lists.ask(ListRuns(), self._on_list, self._view.show_problem)

    # What is shown.

    def _choose(self, approval: str, run: str) -> None:
        if (approval, run) != (self._approval, self._run):
            self._results.close()
        self._over = None
        self._approval, self._run = approval, run

    def _show_lists(self) -> None:
        going = self._live.going if self._live is not None else None
        runs = tuple(run_item(row) for row in self._list.runs if going is None or row.id != going.run)
        if going is not None:
            title = title_of(going.approval.title, going.approval.draft)
            runs = (RunItem(LIVE, "Running", "play", "info", title, "now"), *runs)
        self._view.show_lists(tuple(ready_item(row) for row in self._list.ready), runs)

    def _show(self) -> None:
        """The right side, as it should be now; what is on offer is made ready to run."""
        self._view.mark(self._approval, self._run)
        row, approval = run_of(self._list, self._run), approval_of(self._list, self._approval)
        if self._run == LIVE and self._live is not None:
            self._on_going()
        elif row is not None:
            self._show_run(row)
        elif self._over is not None:
            self._view.show_ended(not_run(*self._over))
        elif approval is not None:
            self._view.show_offer(offer(approval, self._list, self._why_not_now()))
        else:
            self._view.show_nothing(bool(self._list.ready), bool(self._list.runs))
        if approval is not None and self._here and not self._why_not_now():
            self._waiting.offer(approval.id)
        else:
            self._waiting.drop()

    def _show_run(self, row: RunRow) -> None:
        again = approval_of(self._list, row.approval)
        if row.has_results and self._here:
            self._results.open(row, again)
        else:
            may_run_again = again is not None and not self._why_not_now()
            self._view.show_ended(ended(row, may_run_again, self._reporting.refused(row, self._list.runs)))

    def _review(self, row: RunRow | None) -> None:
        """Open the draft that ran, was refused or may run; at the line where it stopped."""
        if row is not None:
            line = {"line": str(row.line)} if row.line else {}
            self._desk.go("review", question=row.question, draft=str(row.draft), **line)
        else:
            approval = self._over[1] if self._over is not None else approval_of(self._list, self._approval)
            if approval is not None:
                self._desk.go("review", question=approval.question, draft=str(approval.draft))

    def _why_not_now(self) -> str:
        """Why nothing can be started now; empty: it can."""
        if self._live is not None:
            return "Another program is running. One runs at a time."
        if self._desk.drafting.working():
            return "The agent is working on a question. A program runs only while no agent works: wait, or stop it."
        return ""


def newest_of(found: RunList, question: str) -> tuple[str, str]:
    """The approval (which may run) or the run of a question, whichever is newer; the other is ""."""
    approvals = [(row.signed_at, row.id, "") for row in found.ready if row.question == question]
    runs = [(row.started_at, "", row.id) for row in found.runs if row.question == question]
    _, approval, run = max([*approvals, *runs], default=("", "", ""))
    return approval, run


def run_of(found: RunList, run: str) -> RunRow | None:
    return next((row for row in found.runs if row.id == run), None)


def approval_of(found: RunList, approval: str) -> ApprovalRow | None:
    """The approval of that id, when it may run."""
    return next((row for row in found.ready if row.id == approval), None)
