"""Drafts on disk: one complete program each, with its author and what they say of it.

    draft = new_draft(workspace, "q-1", author="agent", program=text, notes={"understood": "…"})
    draft = read_draft(workspace, "q-1", 2)
    draft = add_notes(workspace, "q-1", 2, {"assumptions": "…"})

A draft is never changed: an edit is a new draft. `program.py` is the program's exact bytes, `about.json` the
rest; where they don't belong together, somebody edited the file and reading it is refused.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import msgspec

from sandbox.checks.facts import Fact
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file
from sandbox.workspace import Workspace, readable_json

from .made_up import MadeUpPatient

Author = Literal["agent", "reviewer"]
PROGRAM_LIMIT = 200_000


class Draft(Fact, frozen=True, kw_only=True):
    """One complete program. `notes` are its author's claims, by topic; nothing is decided on them."""

    number: int
    author: Author
    program: str
    sha256: str
    notes: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    made_up_patients: tuple[MadeUpPatient, ...] = ()

    @property
    def content(self) -> bytes:
        """The exact bytes that are reviewed, signed and run."""
        return self.program.encode("utf-8")


class About(Fact, frozen=True, kw_only=True):
    """A draft's `about.json`."""

    author: Author
    sha256: str
    notes: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    made_up_patients: tuple[MadeUpPatient, ...] = ()


def new_draft(
    workspace: Workspace,
    question: str,
    *,
    author: Author,
    program: str,
    notes: dict[str, str] | None = None,
    parameters: dict[str, Any] | None = None,
    made_up_patients: tuple[MadeUpPatient, ...] = (),
) -> Draft:
    """Write the next draft of a question. The program is kept byte for byte; it is UTF-8 and not huge."""
    _check_program(program)
    draft = Draft(
        number=max(draft_numbers(workspace, question), default=0) + 1,
        author=author,
        program=program,
        sha256=hashlib.sha256(program.encode("utf-8")).hexdigest(),
        notes=notes or {},
        parameters=parameters or {},
        made_up_patients=made_up_patients,
    )
    folder = workspace.draft(question, draft.number)
    replace_file(folder / "program.py", draft.content)
    _write_about(folder, draft)
    return draft


def add_notes(workspace: Workspace, question: str, number: int, notes: dict[str, str]) -> Draft:
    """Add to what the author says of a draft; the program and its patients stay as they are."""
    draft = read_draft(workspace, question, number)
    noted = msgspec.structs.replace(draft, notes={**draft.notes, **notes})
    _write_about(workspace.draft(question, number), noted)
    return noted


def read_draft(workspace: Workspace, question: str, number: int) -> Draft:
    """The draft, or `BadInput` when there is none or its program was edited in place."""
    folder = workspace.draft(question, number)
    try:
        program = (folder / "program.py").read_bytes()
        about = msgspec.json.decode((folder / "about.json").read_bytes(), type=About)
        text = program.decode("utf-8")
    except FileNotFoundError as problem:
        raise BadInput(f"Question {question} has no draft {number}.", "See `preceptor ask --list`.") from problem
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise WorkspaceRefused(f"Draft {number} of {question} can't be read.", "Restore it from a backup.") from problem
    if hashlib.sha256(program).hexdigest() != about.sha256:
        raise BadInput(
            f"The program of draft {number} was edited after it was written.",
            "Bring the edited text in as a new draft; a draft itself never changes.",
        )
    return Draft(
        number=number,
        author=about.author,
        program=text,
        sha256=about.sha256,
        notes=about.notes,
        parameters=about.parameters,
        made_up_patients=about.made_up_patients,
    )


def read_about(workspace: Workspace, question: str, number: int) -> About:
    """What stands beside a draft's program, for a list; `read_draft` is what tells whether the program is that one."""
    try:
        return msgspec.json.decode((workspace.draft(question, number) / "about.json").read_bytes(), type=About)
    except FileNotFoundError as problem:
        raise BadInput(f"Question {question} has no draft {number}.", "See `preceptor ask --list`.") from problem
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise WorkspaceRefused(f"Draft {number} of {question} can't be read.", "Restore it from a backup.") from problem


def draft_numbers(workspace: Workspace, question: str) -> list[int]:
    """The numbers of a question's drafts, in order."""
    folders = workspace.question(question).glob("draft-*")
    tails = (folder.name.removeprefix("draft-") for folder in folders)
    return sorted(int(tail) for tail in tails if tail.isascii() and tail.isdigit())


def _write_about(folder: Path, draft: Draft) -> None:
    about = About(
        author=draft.author,
        sha256=draft.sha256,
        notes=draft.notes,
        parameters=draft.parameters,
        made_up_patients=draft.made_up_patients,
    )
    replace_file(folder / "about.json", readable_json(about))


def _check_program(program: str) -> None:
    try:
        size = len(program.encode("utf-8"))
    except UnicodeEncodeError as problem:
        raise BadInput("The program is no valid text.") from problem
    if not program.strip():
        raise BadInput("The program is empty.")
    if size > PROGRAM_LIMIT:
        raise BadInput(f"A program has at most {PROGRAM_LIMIT:,} bytes.", "Nobody can review more than that at once.")
    if "\r" in program or "\0" in program:
        raise BadInput("The program's lines end in something else than a line feed.", "Save it with Unix line ends.")
