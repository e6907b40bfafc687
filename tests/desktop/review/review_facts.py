"""A draft as the engine hands it over, for the tests of the screen; and a view that only remembers."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.checks.facts import Flag, Grant
from sandbox.review.codes import CodeFound
from sandbox.review.diff import compare_lines
from sandbox.review.evidence import Evidence
from sandbox.review.made_up import Expectation, MadeUpPatient
from sandbox.review.seen import ColumnSeen, StepSeen, TableSeen, Trial
from sandbox.reviewing.orders.review import DraftList, DraftRow, DraftShown, KindOffered, TableRead

BEFORE = "\n".join(f"line_{n} = {n}" for n in range(1, 61))
PROGRAM = BEFORE.replace("line_30 = 30", "line_30 = 31\nnew = 1")

FIRST_LOOK = KindOffered(kind="first_look", name="First look", meaning="It runs once, for my screen only.")
FULL = KindOffered(kind="full", name="Full approval", meaning="I reviewed this program.")

DAY_30 = MadeUpPatient(
    name="back on day 30",
    says="day 30 counts",
    rows={"ehr.enc_adm": [{"enc_csn": 11, "pat_id": 1}, {"enc_csn": 12, "disch_disp_c": "01"}]},
    expect={"stays readmitted": 1},
)

TRIAL = Trial(
    clean=True,
    steps=(StepSeen(label="stays", rows=40, patients=31), StepSeen(label="rows", rows=7)),
    values={"stays readmitted": 3, "rate": 0.075},
    tables=(
        TableSeen(
            label="By month",
            rows=24,
            columns=(ColumnSeen(name="month", type="string"), ColumnSeen(name="stays", type="int64")),
            head=(("2022-01", "2"), ("2022-02", "1")),
        ),
    ),
    expectations=(Expectation(patient="back on day 30", label="stays readmitted", expected=1, got=1, ok=True),),
)


def evidence(**changes: Any) -> Evidence:
    """Draft 2 by the agent against draft 1, with nothing to object to."""
    base = Evidence(
        number=2,
        author="agent",
        sha256="ab" * 32,
        title="Readmissions",
        program=PROGRAM,
        against="draft 1",
        diff=compare_lines(BEFORE, PROGRAM),
        grant=Grant(tables={"ehr.enc_adm": ("enc_csn", "pat_id")}),
        new_columns=(),
        dropped_columns=(),
        flags=(),
        parameters={"days": 30, "codes": ["I50.9", "I11.0"]},
        codes=(
            CodeFound(line=3, text="I50.9", meaning="Heart failure, unspecified", where="ehr.ref_dx"),
            CodeFound(line=9, text="I50.9", meaning="Heart failure, unspecified", where="ehr.ref_dx"),
        ),
        trials=(TRIAL,),
        trials_before=(msgspec.structs.replace(TRIAL, values={"stays readmitted": 4, "rate": 0.075}),),
        never_run=(),
        claims={"notes": "Day 30 counts now."},
    )
    return msgspec.structs.replace(base, **changes)


def shown(evidence_changes: dict[str, Any] | None = None, **changes: Any) -> DraftShown:
    base = DraftShown(
        question="q-1",
        text="How many are readmitted?",
        evidence=evidence(**(evidence_changes or {})),
        reads=(
            TableRead(
                table="ehr.enc_adm",
                columns=("enc_csn", "pat_id"),
                new=("pat_id",),
                given={"enc_csn": "full", "pat_id": "token"},
            ),
        ),
        patients=(DAY_30,),
        comparable=(1,),
        kinds=(FIRST_LOOK, FULL),
        purpose="Readmissions of heart failure",
        cover="cd" * 32,
    )
    return msgspec.structs.replace(base, **changes)


def drafts(*numbers: int) -> DraftList:
    rows = tuple(
        DraftRow(number=n, author="agent", sha256=f"{n:02}" * 32, submitted=n == max(numbers)) for n in numbers
    )
    return DraftList(question="q-1", text="How many are readmitted?", rows=rows)


def refusal(line: int = 30) -> Flag:
    return Flag(line=line, severity="refuse", rule="import", reason="os can't be imported", instead="Leave it out.")


def warning(line: int = 12, reason: str = "iterrows is slow") -> Flag:
    return Flag(line=line, severity="warn", rule="slow", reason=reason)


class Dialog:
    """An open dialog that remembers what it was told."""

    def __init__(self) -> None:
        self.working: list[str] = []
        self.problems: list[str] = []
        self.tried: list[tuple[Any, ...]] = []
        self.finished = False

    def show_working(self, sentence: str) -> None:
        self.working.append(sentence)

    def show_problem(self, problem: Any) -> None:
        self.problems.append(problem.sentence)

    def show_tried(self, *told: Any) -> None:
        self.tried.append(told)

    def finish(self) -> None:
        self.finished = True


class View:
    """Remembers the newest of everything it was told, by the name of the method."""

    def __init__(self) -> None:
        self.told: dict[str, tuple[Any, ...]] = {}
        self.count: dict[str, int] = {}
        self.dialog = Dialog()
        self.text = ""

    def __getattr__(self, name: str) -> Any:
        if name in ("top", "program", "remarks", "evidence", "editor", "dialogs"):
            return self
        if not name.startswith(("show_", "close_", "clear_", "go_to_", "offer", "open_", "write_")):
            raise AttributeError(name)

        def method(*told: Any) -> Any:
            self.told[name] = told
            self.count[name] = self.count.get(name, 0) + 1
            if name == "show_editor":
                self.text = told[1]
            return self.dialog if name in ("open_sign", "open_form") else None

        return method

    def editor_text(self) -> str:
        return self.text
