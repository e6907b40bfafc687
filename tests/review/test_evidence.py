"""Evidence: put together from checks, trials and dictionary; shown as text that can't trick a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_hospital import DICTIONARY, READMISSIONS

from sandbox.checks.facts import Flag, Grant, ProgramCheck
from sandbox.errors import BadInput
from sandbox.review.draft import Draft, new_draft
from sandbox.review.evidence import Checks, Compared, Evidence, gather, keep_checks, read_checks
from sandbox.review.made_up import Expectation
from sandbox.review.seen import StepSeen, Trial
from sandbox.review.text import diff_lines, evidence_lines
from sandbox.visible import visible
from sandbox.workspace import Workspace

GRANT = Grant(tables={"ehr.stays": ("dx", "enc_id", "pat_id")})
CHECK = ProgramCheck(
    flags=(
        Flag(line=9, severity="note", rule="r", reason="Look here."),
        Flag(line=3, severity="warn", rule="r", reason="And here."),
    ),
    queries=(),
    parameters={"days": 30},
    title="Readmissions.",
)
TRIAL = Trial(
    clean=True,
    steps=(StepSeen(label="stays", rows=480, patients=190),),
    values={"readmissions": 67},
    lines_run=(1, 2, 3),
    lines_never=(20,),
    expectations=(
        Expectation(patient="day 30", label="readmissions", expected=1, got=1, ok=True),
        Expectation(patient="day 31", label="readmissions", expected=0, got=1, ok=False),
    ),
)


def draft_of(program: str = READMISSIONS, **notes: str) -> Draft:
    import hashlib

    return Draft(
        number=2, author="agent", program=program, sha256=hashlib.sha256(program.encode()).hexdigest(), notes=notes
    )


def checks_of(draft: Draft, *trials: Trial) -> Checks:
    return Checks(sha256=draft.sha256, check=CHECK, grant=GRANT, trials=trials)


def evidence_of(*trials: Trial, against: Compared | None = None) -> Evidence:
    draft = draft_of(understood="count \x1b[2Jpatients")
    return gather(draft, DICTIONARY, checks_of(draft, *trials), against=against)


def test_new_and_dropped_columns_are_told_against_what_was_signed() -> None:
    signed = Compared(
        name="draft 1",
        program=READMISSIONS.replace("30", "90"),
        grant=Grant(tables={"ehr.stays": ("pat_id", "admit_dt"), "ehr.patients": ("sex",)}),
    )
    evidence = evidence_of(TRIAL, against=signed)
    assert evidence.new_columns == ("ehr.stays.dx", "ehr.stays.enc_id")
    assert evidence.dropped_columns == ("ehr.patients", "ehr.patients.sex", "ehr.stays.admit_dt")
    assert [row.text for row in evidence.diff if row.kind == "removed"][0].startswith('"""Heart-failure')


def test_flags_come_first_by_severity_then_by_line() -> None:
    flags = evidence_of(TRIAL).flags
    assert [(flag.severity, flag.line, flag.rule) for flag in flags] == [
        ("warn", 0, "expectation"),
        ("warn", 3, "r"),
        ("note", 9, "r"),
        ("note", 20, "never-run"),
    ]


def test_a_draft_that_was_not_tried_says_so() -> None:
    evidence = evidence_of()
    assert [flag.rule for flag in evidence.flags] == ["untried", "r", "r"]
    assert evidence.may_be_signed


def test_a_line_that_any_trial_executed_was_executed() -> None:
    edge = Trial(clean=True, edge=True, lines_run=(20,), lines_never=(21, 3))
    assert evidence_of(TRIAL, edge).never_run == (21,)


def test_checks_of_another_text_are_no_evidence() -> None:
    checks = checks_of(draft_of())
    with pytest.raises(BadInput, match="earlier text"):
        gather(draft_of(READMISSIONS + "\n"), DICTIONARY, checks)


def test_checks_are_kept_beside_the_draft(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "study", store="throwaway")
    draft = new_draft(workspace, "q-1", author="agent", program=READMISSIONS)
    with pytest.raises(BadInput, match="not checked"):
        read_checks(workspace, "q-1", draft.number)
    keep_checks(workspace, "q-1", draft.number, checks_of(draft, TRIAL))
    assert read_checks(workspace, "q-1", draft.number) == checks_of(draft, TRIAL)


def test_the_text_has_everything_a_reviewer_decides_on() -> None:
    before = Compared(name="draft 1", program="", grant=GRANT, trials=(Trial(clean=True, values={"readmissions": 70}),))
    text = "\n".join(evidence_lines(evidence_of(TRIAL, against=before)))
    for part in (
        "Draft 2: Readmissions.",
        "compared with draft 1",
        "look at, line 3: And here.",
        "days = 30",
        "line 5: I50.21: Acute systolic heart failure (ehr.diagnoses)",
        "synthetic data, seed 1: ran to its end; stays 480 rows of 190 patients",
        "readmissions = 67 (before: 70)",
        "look at, whole program: Made-up patient 'day 31': readmissions should be 0, was 1.",
        "2 made-up patients: 1 of 2 expectations WRONG, see the flags",
        "What its author claims",
    ):
        assert part in text


def test_claims_come_last_and_a_wrong_expectation_is_told_once() -> None:
    again = Trial(clean=True, seed=2, expectations=TRIAL.expectations)
    before = Compared(name="draft 1", program="", grant=GRANT)
    text = "\n".join(evidence_lines(evidence_of(TRIAL, again, against=before)))
    titles = (
        "What it may read",
        "Flags",
        "What changed since draft 1",
        "Made-up patients",
        "Trials",
        "What its author",
    )
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert text.count("'day 31'") == 1


def test_nothing_in_a_draft_can_speak_to_the_terminal() -> None:
    text = "\n".join(evidence_lines(evidence_of(TRIAL)))
    assert "\x1b" not in text
    assert "count \\u001b[2Jpatients" in text
    assert visible("a\u202eb\u200bc\td") == "a\\u202eb\\u200bc\td"
    rows = gather(draft_of("x = 1  # \u202egnp"), DICTIONARY, checks_of(draft_of("x = 1  # \u202egnp"))).diff
    assert diff_lines(rows) == ["        1 + x = 1  # \\u202egnp"]
