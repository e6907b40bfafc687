"""Drafts are kept byte for byte and never change."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.review.draft import add_notes, draft_numbers, new_draft, read_draft
from sandbox.review.made_up import MadeUpPatient
from sandbox.workspace import Workspace

PROGRAM = 'def main(data, report):\n    report.text("greeting", "Grüße")\n'
PATIENT = MadeUpPatient(name="day 30", says="counts", rows={"ehr.stays": [{"pat_id": "p1"}]}, expect={"n": 1})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "study", store="throwaway")


def test_a_draft_comes_back_as_it_was_written(workspace: Workspace) -> None:
    draft = new_draft(
        workspace, "q-1", author="agent", program=PROGRAM, notes={"understood": "x"}, made_up_patients=(PATIENT,)
    )
    assert draft.number == 1
    assert read_draft(workspace, "q-1", 1) == draft
    assert (workspace.draft("q-1", 1) / "program.py").read_bytes() == PROGRAM.encode()


def test_drafts_are_numbered_in_order(workspace: Workspace) -> None:
    for author in ("agent", "reviewer", "agent"):
        new_draft(workspace, "q-1", author=author, program=PROGRAM)  # type: ignore[arg-type]
    assert draft_numbers(workspace, "q-1") == [1, 2, 3]
    assert read_draft(workspace, "q-1", 2).author == "reviewer"


def test_an_edited_file_is_no_longer_that_draft(workspace: Workspace) -> None:
    new_draft(workspace, "q-1", author="agent", program=PROGRAM)
    path = workspace.draft("q-1", 1) / "program.py"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(BadInput, match="edited"):
        read_draft(workspace, "q-1", 1)


def test_notes_can_be_added_without_touching_the_program(workspace: Workspace) -> None:
    draft = new_draft(workspace, "q-1", author="agent", program=PROGRAM, notes={"understood": "x"})
    noted = add_notes(workspace, "q-1", 1, {"assumptions": "y"})
    assert noted.notes == {"understood": "x", "assumptions": "y"}
    assert read_draft(workspace, "q-1", 1).sha256 == draft.sha256


def test_a_missing_or_damaged_draft_is_said_so(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="no draft 7"):
        read_draft(workspace, "q-1", 7)
    new_draft(workspace, "q-1", author="agent", program=PROGRAM)
    (workspace.draft("q-1", 1) / "about.json").write_bytes(b"{")
    with pytest.raises(WorkspaceRefused):
        read_draft(workspace, "q-1", 1)


@pytest.mark.parametrize("program", ["", "  \n", "x\r\n", "a\0b", "x = '\ud800'", "#" * 300_000])
def test_what_nobody_could_review_is_no_draft(workspace: Workspace, program: str) -> None:
    with pytest.raises(BadInput):
        new_draft(workspace, "q-1", author="agent", program=program)
