"""A draft of the reviewer's own: an edited or existing program becomes the next draft; the same checks apply.

    draft = write_own_draft(workspace, "q-1", read_program(Path("mine.py")), basis=2)

No agent is needed for any of it.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.errors import BadInput
from sandbox.records import AuditLog
from sandbox.review.draft import PROGRAM_LIMIT, Draft, draft_numbers, new_draft, read_draft
from sandbox.review.made_up import MadeUpPatient
from sandbox.workspace import Workspace


def read_program(path: Path) -> str:
    """The text of a program file, or `BadInput`."""
    try:
        path = path.expanduser()
        if path.exists() and not path.is_file():
            raise BadInput(f"{path.name} is no file.", "Choose a file that holds a program.")  # a pipe would never end
        with path.open("rb") as file:
            data = file.read(PROGRAM_LIMIT + 1)
        return data[:PROGRAM_LIMIT].decode("utf-8") if len(data) <= PROGRAM_LIMIT else _too_large()
    except (OSError, UnicodeDecodeError, RuntimeError) as problem:  # RuntimeError: a home folder that nobody has
        raise BadInput(f"{path.name} can't be read as a text.") from problem


def write_own_draft(
    workspace: Workspace,
    question: str,
    program: str,
    *,
    basis: int = 0,
    patients: tuple[MadeUpPatient, ...] | None = None,
) -> Draft:
    """Write the next draft in the reviewer's name. Its made-up patients are `patients`, else those of `basis`
    (0: the newest draft). Refuses when nothing is different from `basis`.
    """
    number = basis or max(draft_numbers(workspace, question), default=0)
    before = read_draft(workspace, question, number) if number else None
    if patients is None:
        patients = before.made_up_patients if before else ()
    if before and (program, patients) == (before.program, before.made_up_patients):
        raise BadInput(f"Nothing was changed: this is draft {number} as it is.", "Change it first.")
    draft = new_draft(workspace, question, author="reviewer", program=program, made_up_patients=patients)
    AuditLog(workspace.audit_log).append(
        "draft.written", question=question, draft=draft.number, sha256=draft.sha256, author="reviewer"
    )
    return draft


def _too_large() -> str:
    raise BadInput(f"A program has at most {PROGRAM_LIMIT:,} bytes.", "Nobody can review more than that at once.")
