"""No identifier reaches the model or a plain file, even when a real run fails with a patient's name in its hands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.demo.canaries import canaries, distinctive, present
from resources.demo.conversation import conversation_path, load_conversation
from resources.demo.model_server import ModelServer

Preceptor = Callable[..., subprocess.CompletedProcess[str]]

TELLS_A_NOTE = '''"""A program that fails with a patient's note in its exception."""

PARAMETERS = {}


def main(data, report):
    notes = data.sql("SELECT note_id, note_text FROM ehr.clin_note")
    first = notes.note_text.iloc[0] if len(notes) else "none"
    report.step(" ".join(first[:40].split()), notes)
    report.value("first note", first)
    if len(notes) > 1000:
        raise ValueError("could not read " + " ".join(notes.note_text))
'''


@pytest.fixture
def identifiers(toured: Path, workspace: Path) -> list[str]:
    """Every distinctive identifier of the hospital, with the login from the demo's store."""
    login = json.loads((workspace / "throwaway-keyring.json").read_text("utf-8"))["login/ehr"]
    return distinctive(canaries(toured / "hospital" / "ehr.duckdb", login))


def plain_bytes(workspace: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in workspace.rglob("*") if path.is_file())


def test_a_failing_run_with_notes_in_its_exception_leaks_nothing(
    preceptor: Preceptor, workspace: Path, question: str, identifiers: list[str], tmp_path: Path
) -> None:
    note = tmp_path / "tells.py"
    note.write_text(TELLS_A_NOTE, "utf-8")
    here = ("--workspace", workspace)
    for arguments in (
        ("dictionary", "decide", "ehr", "clin_note.note_text", "--told", "name", "--given", "full", *here),
        ("dictionary", "sign", "ehr", "clin_note", *here),
        ("review", question, "--bring", note, *here),
    ):
        done = preceptor(*arguments)
        assert done.returncode == 0, done.stderr
    signed = preceptor("sign", question, "--purpose", "A failing run", "--json", *here)
    assert signed.returncode == 0, signed.stderr
    approval = json.loads(signed.stdout)

    # The search finds what it looks for: the notes, which the program really held, are full of identifiers.
    import duckdb

    login = json.loads((workspace / "throwaway-keyring.json").read_text("utf-8"))["login/ehr"]
    location = json.loads((workspace / "sources" / "ehr" / "source.json").read_text("utf-8"))["location"]
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{location}' AS ehr (READ_ONLY, ENCRYPTION_KEY '{login}')")
        notes = " ".join(row[0] for row in connection.execute("SELECT NOTE_TEXT FROM ehr.clin_note").fetchall())
    assert len(present(identifiers, notes.encode())) > 100

    ran = preceptor("run", approval["id"], *here)
    assert ran.returncode == 3
    assert "ValueError" in ran.stderr and "line 12" in ran.stderr
    assert present(identifiers, (ran.stdout + ran.stderr).encode()) == []
    assert present(identifiers, plain_bytes(workspace)) == []

    with ModelServer(load_conversation(conversation_path("readmissions"))) as server:
        preceptor("setup", "--model-url", server.url, *here)
        told = preceptor("ask", "--question", question, "--failure", str(approval["draft"]), *here)
        assert told.returncode == 0, told.stderr
        assert server.received
        sent = b"\n".join(one.head + one.body for one in server.received)
    assert b"ValueError" in sent
    assert present(identifiers, sent + plain_bytes(workspace)) == []
    again = preceptor("ask", "--question", question, "--failure", str(approval["draft"]), *here)
    assert again.returncode == 1 and "already" in again.stderr
