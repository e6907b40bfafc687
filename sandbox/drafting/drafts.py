"""Writing, trying and submitting drafts for the agent. Every program meets a jail and synthetic data only.

tools = DraftTools(workspace, question, dictionary, files)
written, text = tools.put(program, patients, notes)
clean, text = tools.run(written.draft)
tools.submit(written.draft, {"understood": "…"})       # BadInput unless that very draft ran clean everywhere
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.checks.facts import Flag
from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.drafting.bench import Bench
from sandbox.drafting.telling import trials_text
from sandbox.errors import BadInput
from sandbox.messages.desk import DraftWritten
from sandbox.records import AuditLog
from sandbox.review import (
    Checks,
    Draft,
    Trial,
    add_notes,
    check_draft,
    checked_patients,
    keep_checks,
    new_draft,
    read_checks,
    read_draft,
    try_everywhere,
)
from sandbox.run_lock import RunLock
from sandbox.workspace import Workspace

SEEDS = (1, 2, 3)
_MOST_PATIENTS = 40


class DraftTools:
    """The drafts of one question."""

    def __init__(
        self, workspace: Workspace, question: str, dictionary: Dictionary, files: Mapping[str, ReferenceIndex]
    ) -> None:
        """`files` of reference tables were opened before the door closed."""
        self._workspace = workspace
        self._question = question
        self._dictionary = dictionary
        self._files = files
        self._log = AuditLog(workspace.audit_log)
        self._bench = Bench(
            RunLock.open(workspace.run_lock)
        )  # before the door closes: its folder can't be reached then

    def rest(self) -> None:
        """The agent waits for the reviewer: from now on no drafting worker is alive."""
        self._bench.clear()

    def put(self, program: str, untrusted_patients: list[dict[str, Any]], notes: str) -> tuple[DraftWritten, str]:
        """Write the next draft with the result of its checks; the text for the agent."""
        if len(untrusted_patients) > _MOST_PATIENTS:
            raise BadInput(f"At most {_MOST_PATIENTS} made-up patients.", "Keep one per boundary.")
        patients = checked_patients(untrusted_patients)
        verdict = check_draft(program, self._dictionary)
        draft = new_draft(
            self._workspace,
            self._question,
            author="agent",
            program=program,
            notes={"notes": notes} if notes else None,
            parameters=verdict.check.parameters,
            made_up_patients=patients,
        )
        checks = Checks(sha256=draft.sha256, check=verdict.check, grant=verdict.grant)
        keep_checks(self._workspace, self._question, draft.number, checks)
        self._log.append(
            "draft.written", question=self._question, draft=draft.number, sha256=draft.sha256, author="agent"
        )
        if verdict.check.may_run:
            self._bench.warm_up()
        flags = verdict.check.flags
        written = DraftWritten(
            draft=draft.number,
            sha256=draft.sha256,
            refusals=_count(flags, "refuse"),
            warnings=_count(flags, "warn"),
        )
        return written, _written_text(draft, checks)

    def run(self, number: int) -> tuple[bool, str]:
        """Try a draft on three seeds and the edge case, its patients with the first; whether it may be submitted."""
        draft = read_draft(self._workspace, self._question, number)
        checks = self._checks(draft)
        if not checks.check.may_run:
            raise BadInput(f"Draft {number} has refusals.", "Mend them and put a new draft.")
        with self._bench.worker() as worker:
            trials = try_everywhere(
                draft.program, self._dictionary, patients=draft.made_up_patients, files=self._files, worker=worker
            )
        keep_checks(self._workspace, self._question, number, msgspec.structs.replace(checks, trials=trials))
        missing = missing_before_review(draft, trials)
        names = tuple(patient.name for patient in draft.made_up_patients)
        return not missing, trials_text(number, trials, may_submit=not missing, patients=names)

    def submit(self, number: int, notes: dict[str, str]) -> None:
        """Hand a draft in: it is these very bytes that passed the checks and the trials."""
        draft = read_draft(self._workspace, self._question, number)
        checks = self._checks(draft)
        if not checks.check.may_run:
            raise BadInput(f"Draft {number} has refusals.", "Mend them and put a new draft.")
        missing = missing_before_review(draft, checks.trials)
        if missing:
            raise BadInput(f"Draft {number} can't be submitted yet: {missing}")
        add_notes(self._workspace, self._question, number, notes)
        self._log.append("draft.submitted", question=self._question, draft=number, sha256=draft.sha256)

    def _checks(self, draft: Draft) -> Checks:
        checks = read_checks(self._workspace, self._question, draft.number)
        if checks.sha256 != draft.sha256:
            raise BadInput(f"The checks of draft {draft.number} are of another text.", "Put it as a new draft.")
        return checks


def missing_before_review(draft: Draft, trials: tuple[Trial, ...]) -> str:
    """What is still missing before a reviewer's time may be asked for; empty when nothing is."""
    ran = {(trial.seed, trial.edge): trial for trial in trials}
    wanted = [*((seed, False) for seed in SEEDS), (1, True)]
    if any(key not in ran for key in wanted):
        return "run it first with run_draft."
    if not all(ran[key].clean for key in wanted):
        return "not every run was clean."
    if not draft.made_up_patients or not all(patient.expect for patient in draft.made_up_patients):
        return "it needs made-up patients, each with what is expected."
    held = [one for trial in trials for one in trial.expectations]
    if len(held) < sum(len(patient.expect) for patient in draft.made_up_patients) or not all(one.ok for one in held):
        return "not every made-up patient holds."
    return ""


def _written_text(draft: Draft, checks: Checks) -> str:
    told = {
        "draft": draft.number,
        "refused": [_flag(flag) for flag in checks.check.flags if flag.severity == "refuse"],
        "warnings": [_flag(flag) for flag in checks.check.flags if flag.severity == "warn"],
        "reads": {table: list(columns) for table, columns in checks.grant.tables.items()},
        "made_up_patients": len(draft.made_up_patients),
    }
    return msgspec.json.encode(told).decode()


def _flag(flag: Flag) -> dict[str, Any]:
    told = {"line": flag.line, "rule": flag.rule, "reason": flag.reason, "instead": flag.instead}
    return {key: value for key, value in told.items() if value}


def _count(flags: tuple[Flag, ...], severity: str) -> int:
    return sum(flag.severity == severity for flag in flags)
