"""An agent looks codes up in a file of millions and in code sets; the gate's checks hold for both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from drafting_talk import QUESTION, calls, small_dictionary, until_over

from sandbox.codesets import keep, with_code_sets
from sandbox.codesets.checking import Checked
from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_file import write_file
from sandbox.errors import Refusal
from sandbox.files import replace_file
from sandbox.messages.desk import Ask, TurnOver
from sandbox.review.reference_marks import references_folder
from sandbox.sessions import Session
from sandbox.workspace import Workspace

ROWS = [(f"{100 + n}", f"Heart failure of kind {n}") for n in range(50)] + [("I50.21", "Acute heart failure")]


@pytest.fixture
def vocabulary(workspace: Workspace) -> Path:
    """The question's dictionary with a file of codes and a code set; the file's path."""
    file = write_file(references_folder(workspace, "ehr"), "ehr.terms", ("code", "term"), [ROWS])
    codes = tuple((code, "") for code in ("I50.21", "I50.23"))
    keep(workspace, Checked(codes=codes), name="hf", description="Heart failure")
    dictionary = msgspec.structs.replace(small_dictionary(), reference_files=(file,))
    put(workspace, with_code_sets(workspace, dictionary))
    return references_folder(workspace, "ehr") / file.name


def put(workspace: Workspace, dictionary: Dictionary) -> None:
    path = workspace.question(QUESTION) / "dictionary.json"
    path.chmod(0o600)
    replace_file(path, msgspec.json.encode(dictionary))


def told(model: Any) -> list[str]:
    said = msgspec.json.decode(model.received[-1].body)["messages"]
    parts = [part for message in said if isinstance(message["content"], list) for part in message["content"]]
    return [part["content"] for part in parts if part["type"] == "tool_result"]


def test_a_confined_session_finds_codes_in_a_file_and_reads_a_code_set(drafting: Any, vocabulary: Path) -> None:
    session, model = drafting(
        calls("search_dictionary", query="acute heart failure"),
        calls("search_dictionary", query="I50"),
        calls("describe_tables", tables=["codeset.hf"]),
        calls("describe_tables", tables=["codeset.hf version 3"]),
        calls("answer_in_words", text="Done."),
    )
    session.send(Ask(text="Which codes are there for acute heart failure?"))
    assert isinstance(until_over(session)[-1], TurnOver)
    words, codes, listed, wrong = told(model)[:4]
    assert "\ncode ehr.terms: I50.21 | Acute heart failure\n" in words
    assert codes.startswith("Codes beginning with I50: 2, ") and "code ehr.terms: I50.21 |" in codes
    assert "Code set hf, version 1: 2 codes" in listed and "- I50.21\n- I50.23\n" in listed
    assert wrong.startswith("The first table is not in the dictionary")
    assert b"codeset.hf: 2 codes. Heart failure" in model.received[0].body


def test_a_session_does_not_start_on_a_file_that_was_changed(workspace: Workspace, vocabulary: Path) -> None:
    vocabulary.chmod(0o600)
    with vocabulary.open("r+b") as stream:
        stream.seek(-100, 2)
        stream.write(b"x")
    with (
        pytest.raises(Refusal, match=r"rows of ehr\.terms are not those that were signed"),
        Session.drafting(workspace, QUESTION) as session,
    ):
        session.receive(60)


@pytest.mark.parametrize("meaning", ["", "as Chidi Okonkwo had"])
def test_a_code_set_that_names_a_patient_does_not_leave(drafting: Any, workspace: Workspace, meaning: str) -> None:
    keep(workspace, Checked(codes=(("I50.21", meaning), ("E11.65", ""))), name="hf")
    put(workspace, with_code_sets(workspace, small_dictionary()))
    session, model = drafting(calls("describe_tables", tables=["codeset.hf"]), calls("answer_in_words", text="Done."))
    session.send(Ask(text="What is in it?"))
    until_over(session)
    sent = b"".join(request.body for request in model.received)
    assert b"Okonkwo" not in sent
    assert (b"E11.65" in sent) is (meaning == "")  # without the name it gets there


def test_a_description_that_names_a_patient_is_found_before_anything_is_sent(
    drafting: Any, workspace: Workspace
) -> None:
    keep(workspace, Checked(codes=(("I50.21", ""),)), name="hf", description="Like Chidi Okonkwo")
    put(workspace, with_code_sets(workspace, small_dictionary()))
    with pytest.raises(Refusal, match=r"text on codeset\.hf holds"):
        drafting(calls("answer_in_words", text="Done."))
