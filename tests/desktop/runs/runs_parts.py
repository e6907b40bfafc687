"""Facts about approvals and runs that the tests of the screen *Runs* share, and a view that remembers."""

from __future__ import annotations

from typing import Any, NamedTuple

from fakes import FakeDesk, FakeLine

from desktop.runs.presenter import RunsPresenter
from desktop.runs.results_presenter import ResultsPresenter
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.review import ApprovalRow
from sandbox.reviewing.orders.runs import ColumnShown, LinesShown, Result, ResultsShown, RunList, RunRow, StepShown

APPROVAL = ApprovalRow(
    id="a-20260102-aaaaaa",
    question="q-20260102-bbbbbb",
    draft=3,
    kind="full",
    purpose="Quality improvement: readmissions after heart failure",
    reviewer="A Reviewer",
    fingerprint="ab" * 32,
    signed_at="2026-01-02T09:00:00Z",
    expires_at="2026-02-01T09:00:00Z",
    runs=2,
    used=1,
    may_run=True,
    title="Readmissions within 30 days, by month",
    tables=("ehr.encounters",),
    parameters={"start": "2024-01-01"},
)
FINISHED = RunRow(
    id="r-20260102-111111",
    approval=APPROVAL.id,
    question=APPROVAL.question,
    draft=3,
    outcome="finished",
    sentence="The program ran to its end.",
    started_at="2026-01-02T10:00:00Z",
    ended_at="2026-01-02T10:00:04Z",
    title=APPROVAL.title,
    has_results=True,
)
FAILED = RunRow(
    id="r-20260102-222222",
    approval=APPROVAL.id,
    question=APPROVAL.question,
    draft=3,
    outcome="failed",
    sentence="The program stopped at line 14 with KeyError.",
    started_at="2026-01-02T11:00:00Z",
    ended_at="2026-01-02T11:00:02Z",
    title=APPROVAL.title,
    may_report=True,
    exception="KeyError",
    line=14,
    name="admit_dt",
)
LIST = RunList(ready=(APPROVAL,), runs=(FAILED, FINISHED), seconds=600, memory_mb=4096)
RESULTS = ResultsShown(
    run=FINISHED,
    results=(
        Result(kind="value", label="30-day readmission rate", text="0.183"),
        Result(kind="value", label="Stays", text="1204"),
        Result(kind="text", label="Note", text="Stays from January 2024 on."),
        Result(
            kind="table",
            label="By month",
            columns=(
                ColumnShown(name="month", type="text"),
                ColumnShown(name="stays", type="whole number", numeric=True),
            ),
            rows=12,
        ),
        Result(kind="figure", label="Trend", bytes=20_000),
    ),
    steps=(
        StepShown(label="stays", rows=1500, patients=1100),
        StepShown(label="adults", rows=1204, patients=880),
    ),
    rows_read=1500,
    bytes_read=48_000,
    lines=LinesShown(ran=37, could=42, never=((12, 15), (40, 40))),
)


class RememberingView:
    """Stands in for the screen: what it was told last, by the name of the call."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[Any, ...]]] = []

    def last(self, name: str) -> Any:
        """The arguments of the newest call of that name: one alone, several as a tuple."""
        found = next(arguments for told, arguments in reversed(self.told) if told == name)
        return found[0] if len(found) == 1 else found

    def count(self, name: str) -> int:
        return sum(told == name for told, _ in self.told)

    @property
    def page(self) -> str:
        """What is shown at the right."""
        pages = ("show_nothing", "show_offer", "show_progress", "show_ended", "show_opening", "show_results")
        return next(told for told, _ in reversed(self.told) if told in pages)

    @property
    def problem(self) -> PreceptorError:
        found: PreceptorError = self.last("show_problem")
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: self.told.append((name, arguments))


class Screen(NamedTuple):
    """Everything a test of the presenters touches."""

    desk: FakeDesk
    view: RememberingView
    presenter: RunsPresenter
    results: ResultsPresenter

    def arrive(self, **place: str) -> None:
        self.presenter.arrive(place)
        self.desk.asks.answer_all()

    @property
    def session(self) -> FakeLine:
        return [line for line in self.desk.sessions.lines if line.kind == "running"][-1]
