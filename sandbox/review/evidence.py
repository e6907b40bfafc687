"""Everything a reviewer needs to decide on a draft, as one fact that no model wrote.

    evidence = gather(draft, dictionary, checks, previous=last_draft, signed=last_signed)
    evidence.flags, evidence.grant, evidence.new_columns, evidence.codes, evidence.diff

Pure: it puts together what the checks, the trial and the dictionary say. The author's notes are in it as
claims, apart from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from sandbox.checks.facts import Fact, Flag, Grant, ProgramCheck
from sandbox.checks.grant import compare_grants
from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file
from sandbox.workspace import Workspace, readable_json

from .code_lists import CodeSetFound, code_sets_in
from .codes import CodeFound, codes_in
from .diff import DiffRow, compare_lines
from .draft import Draft
from .seen import Trial


class Checks(Fact, frozen=True, kw_only=True):
    """What is kept with a draft as `checks.json`: the checks' verdict on these exact bytes, and the trials."""

    sha256: str
    check: ProgramCheck
    grant: Grant
    trials: tuple[Trial, ...] = ()


class Compared(Fact, frozen=True, kw_only=True):
    """What a draft is shown against: "draft 2", or "the version signed on 2026-01-02", and how that one did."""

    name: str
    program: str
    grant: Grant
    trials: tuple[Trial, ...] = ()


class Evidence(Fact, frozen=True, kw_only=True):
    """One draft, ready for review. `new_columns` (and tables) are those that `against` could not read; `left_out` says
    who is out of its runs whatever is signed, and which tables that does not reach."""

    number: int
    author: str
    sha256: str
    title: str
    program: str
    against: str
    diff: tuple[DiffRow, ...]
    grant: Grant
    new_columns: tuple[str, ...]
    dropped_columns: tuple[str, ...]
    flags: tuple[Flag, ...]
    parameters: dict[str, object]
    codes: tuple[CodeFound, ...]
    trials: tuple[Trial, ...]
    trials_before: tuple[Trial, ...]
    never_run: tuple[int, ...]
    claims: dict[str, str]
    left_out: tuple[str, ...] = ()
    code_sets: tuple[CodeSetFound, ...] = ()

    @property
    def may_be_signed(self) -> bool:
        """No check refuses the program. Whether it answers the question is for a person."""
        return not any(flag.severity == "refuse" for flag in self.flags)


def gather(
    draft: Draft,
    dictionary: Dictionary,
    checks: Checks,
    *,
    against: Compared | None = None,
    files: Mapping[str, ReferenceIndex] | None = None,
) -> Evidence:
    """The evidence on `draft`, or `BadInput` when the checks are of another text. `files`: of reference tables."""
    if checks.sha256 != draft.sha256:
        raise BadInput(f"The checks of draft {draft.number} are of an earlier text.", "Check the draft again.")
    added, dropped = compare_grants(against.grant if against else Grant(tables={}), checks.grant)
    return Evidence(
        number=draft.number,
        author=draft.author,
        sha256=draft.sha256,
        title=checks.check.title,
        program=draft.program,
        against=against.name if against else "",
        diff=compare_lines(against.program if against else "", draft.program),
        grant=checks.grant,
        new_columns=added,
        dropped_columns=dropped,
        flags=tuple(sorted((*checks.check.flags, *_trial_flags(checks)), key=_flag_order)),
        parameters=checks.check.parameters,
        codes=codes_in(draft.program, dictionary, files or {}),
        code_sets=code_sets_in(draft.program, dictionary.code_sets),
        trials=checks.trials,
        trials_before=against.trials if against else (),
        never_run=_never_run(checks.trials),
        claims=draft.notes,
    )


def keep_checks(workspace: Workspace, question: str, number: int, checks: Checks) -> None:
    """Write `checks.json` beside the draft."""
    replace_file(_checks_file(workspace, question, number), readable_json(checks))


def read_checks(workspace: Workspace, question: str, number: int) -> Checks:
    """The kept checks of a draft, or `BadInput` when it was never checked."""
    try:
        return msgspec.json.decode(_checks_file(workspace, question, number).read_bytes(), type=Checks)
    except FileNotFoundError as problem:
        raise BadInput(f"Draft {number} of {question} was not checked yet.", "Check it first.") from problem
    except (OSError, msgspec.MsgspecError) as problem:
        raise WorkspaceRefused(f"The checks of draft {number} can't be read.", "Check it again.") from problem


def _checks_file(workspace: Workspace, question: str, number: int) -> Path:
    return workspace.draft(question, number) / "checks.json"


def _never_run(trials: tuple[Trial, ...]) -> tuple[int, ...]:
    """Lines that no trial executed; empty when nothing was tried."""
    ran = {line for trial in trials for line in trial.lines_run}
    return tuple(sorted({line for trial in trials for line in trial.lines_never} - ran))


def _trial_flags(checks: Checks) -> list[Flag]:
    """What the trials leave open, as flags. They warn; a trial can neither allow nor refuse."""
    if not checks.trials:
        return [Flag(line=0, severity="warn", rule="untried", reason="The program was not tried on synthetic data.")]
    flags = [
        Flag(
            line=trial.line, severity="warn", rule="trial-failed", reason=f"A trial did not end well: {trial.sentence}"
        )
        for trial in checks.trials
        if not trial.clean
    ]
    missed = [one for trial in checks.trials for one in trial.expectations if not one.ok]
    for one in missed:
        reason = f"Made-up patient {one.patient!r}: {one.label} should be {one.expected!r}, was {one.got!r}."
        flags.append(Flag(line=0, severity="warn", rule="expectation", reason=reason))
    for line in _never_run(checks.trials):
        flags.append(Flag(line=line, severity="note", rule="never-run", reason="No trial executed this line."))
    return flags


def _flag_order(flag: Flag) -> tuple[int, int]:
    return ("refuse", "warn", "note").index(flag.severity), flag.line
