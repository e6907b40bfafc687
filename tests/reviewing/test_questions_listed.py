"""A question that failed before it was sent keeps its words, unless they name somebody."""

from __future__ import annotations

import msgspec
import pytest

from sandbox.cli import main
from sandbox.records import AuditLog, ReviewerKey
from sandbox.review.deciding import sign_tables
from sandbox.review.questions import question_names, read_question
from sandbox.reviewing.room import Room
from sandbox.workspace import Workspace

TEXT = "How many stays were there in 2022?"


@pytest.fixture
def workspace(room: Room, passphrase: str) -> Workspace:
    """One table is signed, a model is named, and there is no key for it."""
    made = room.workspace
    sign_tables(made, ReviewerKey.unlock(made, room.keystore, passphrase), "ehr", ("patient",))
    made.change_settings(msgspec.structs.replace(made.settings, model_url="https://model.invalid"))
    return made


def asked(workspace: Workspace, *arguments: str) -> int:
    return main(["ask", *arguments, "--workspace", str(workspace.root)])


def test_a_question_that_was_not_sent_for_want_of_a_key_is_listed_with_its_words(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(workspace, TEXT) != 0
    capsys.readouterr()
    assert asked(workspace, "--list") == 0
    listed = capsys.readouterr().out
    assert TEXT in listed and "withheld" not in listed
    (name,) = question_names(workspace)
    assert asked(workspace, "--question", name) != 0  # goes on with the same words, as it has none of its own
    assert "nothing to send" not in capsys.readouterr().err


def test_words_that_name_somebody_are_kept_nowhere(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(workspace, "Was Mrs. Jane Doe here?") != 0
    (name,) = question_names(workspace)
    assert read_question(workspace, name).text == ""
    asked(workspace, "--list")
    assert "(nothing of it was sent)" in capsys.readouterr().out
    AuditLog(workspace.audit_log).append("request.withheld", question=name, kinds=["person's name"])
    asked(workspace, "--list")
    assert "(its text was withheld)" in capsys.readouterr().out
    assert not [path for path in workspace.root.rglob("*") if path.is_file() and b"Jane Doe" in path.read_bytes()]
