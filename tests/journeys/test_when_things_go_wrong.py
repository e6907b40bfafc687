"""Bad input of every kind ends in one sentence and a next step, never a traceback, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.demo.conversation import conversation_path, load_conversation
from resources.demo.faults import Fault
from resources.demo.model_server import ModelServer

Preceptor = Callable[..., subprocess.CompletedProcess[str]]
DONE, REFUSED, MISTYPED, BROKE = 0, 1, 2, 3


def sentence_of(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a refusal or fault, with its next step, and no traceback anywhere."""
    assert "Traceback" not in done.stdout + done.stderr
    assert "→" in done.stderr, done.stderr
    return done.stderr


def test_a_folder_that_is_no_workspace(preceptor: Preceptor, tmp_path: Path) -> None:
    done = preceptor("source", "list", "--workspace", tmp_path)
    assert done.returncode == REFUSED
    assert "is not a workspace" in sentence_of(done)


def test_a_workspace_from_a_newer_version_is_left_alone(preceptor: Preceptor, workspace: Path) -> None:
    path = workspace / "workspace.json"
    newer = json.loads(path.read_text("utf-8")) | {"version": 99}
    path.write_text(json.dumps(newer), "utf-8")
    done = preceptor("source", "list", "--workspace", workspace)
    assert done.returncode == REFUSED
    assert "newer Preceptor" in sentence_of(done)
    assert json.loads(path.read_text("utf-8"))["version"] == 99


def test_a_missing_database(preceptor: Preceptor, workspace: Path, tmp_path: Path) -> None:
    done = preceptor("source", "add", "gone", tmp_path / "no.duckdb", "--workspace", workspace)
    assert done.returncode == REFUSED
    sentence_of(done)


def test_a_database_that_is_none(preceptor: Preceptor, workspace: Path, tmp_path: Path) -> None:
    """Refused when it is connected, and when it became none afterwards."""
    import duckdb

    file = tmp_path / "letter.duckdb"
    file.write_text("Dear colleague")
    refused = preceptor("source", "add", "letter", file, "--workspace", workspace)
    assert refused.returncode == REFUSED and "letter" in sentence_of(refused)
    file.unlink()
    duckdb.connect(str(file)).close()
    assert preceptor("source", "add", "letter", file, "--workspace", workspace).returncode == DONE
    file.write_text("Dear colleague")
    done = preceptor("source", "look", "letter", "--workspace", workspace)
    assert done.returncode == REFUSED and "letter" in sentence_of(done)


def test_a_folder_without_tables(preceptor: Preceptor, workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    refused = preceptor("source", "add", "empty", folder, "--workspace", workspace)
    assert refused.returncode == REFUSED and "empty" in sentence_of(refused)
    (folder / "stays.csv").write_text("stay_id,days\n1,2\n")
    assert preceptor("source", "add", "empty", folder, "--workspace", workspace).returncode == DONE
    (folder / "stays.csv").unlink()
    done = preceptor("source", "look", "empty", "--workspace", workspace)
    assert done.returncode == REFUSED and "empty" in sentence_of(done)


def test_a_real_hospital_is_refused_in_a_demo_workspace(preceptor: Preceptor, workspace: Path, tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "real.duckdb")) as connection:
        connection.execute("CREATE TABLE stays AS SELECT range AS stay_id FROM range(50)")
    preceptor("source", "add", "real", tmp_path / "real.duckdb", "--workspace", workspace)
    done = preceptor("source", "look", "real", "--workspace", workspace)
    assert done.returncode == REFUSED
    assert "made-up" in sentence_of(done)


def test_no_keyring_is_a_sentence_and_never_a_file(preceptor: Preceptor, tmp_path: Path) -> None:
    done = preceptor("setup", "--name", "A Reviewer", "--workspace", tmp_path / "w", env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == REFUSED
    assert "keyring" in sentence_of(done)
    assert not list((tmp_path / "w").rglob("*keyring*"))


def test_a_wrong_passphrase_changes_nothing(preceptor: Preceptor, workspace: Path, question: str) -> None:
    before = (workspace / "audit.log").read_bytes()
    done = preceptor(
        "sign", question, "--purpose", "Study", "--workspace", workspace, passphrase="not the right one at all"
    )
    assert done.returncode == REFUSED
    assert "passphrase" in sentence_of(done)
    assert (workspace / "audit.log").read_bytes() == before


def test_no_model_can_be_reached(preceptor: Preceptor, workspace: Path, question: str) -> None:
    preceptor("setup", "--model-url", "http://127.0.0.1:9", "--workspace", workspace)
    done = preceptor("ask", "--question", question, "Please go on.", "--workspace", workspace)
    assert done.returncode in (REFUSED, BROKE)
    sentence_of(done)


@pytest.mark.parametrize("kind", ["nonsense_html", "early_end", "reset_mid_text"])
def test_a_model_that_answers_nonsense_or_stops_half_way(
    kind: str, preceptor: Preceptor, workspace: Path, question: str
) -> None:
    conversation = load_conversation(conversation_path("readmissions"))
    with ModelServer(conversation, faults=[Fault(kind)] * 20) as server:  # type: ignore[arg-type]
        preceptor("setup", "--model-url", server.url, "--workspace", workspace)
        done = preceptor("ask", "--question", question, "Please go on.", "--workspace", workspace)
    assert done.returncode in (REFUSED, BROKE)
    sentence_of(done)


def test_mistyped_commands_say_how_it_goes(preceptor: Preceptor) -> None:
    done = preceptor("check", "columns")
    assert done.returncode == MISTYPED
    assert "Traceback" not in done.stderr


def test_check_query_reads_standard_input(preceptor: Preceptor, tmp_path: Path) -> None:
    given = tmp_path / "grant.json"
    given.write_text("not json")
    done = preceptor("check", "query", "--grant", given, input="SELECT 1")
    assert done.returncode == REFUSED
    sentence_of(done)


def test_two_processes_on_one_workspace_both_get_their_entries(
    preceptor: Preceptor, workspace: Path, toured: Path, tmp_path: Path
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    registry = toured / "hospital" / "registry.duckdb"
    names = [f"copy{number}" for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda name: preceptor("source", "add", name, registry, "--workspace", workspace), names))
    assert [one.returncode for one in done] == [DONE] * 6
    assert preceptor("log", "check", "--workspace", workspace).returncode == DONE
    log = (workspace / "audit.log").read_text("utf-8")
    assert all(f'"{name}"' in log for name in names)


def test_a_changed_audit_log_is_found_and_the_entry_named(preceptor: Preceptor, workspace: Path) -> None:
    path = workspace / "audit.log"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines[3] = lines[3].replace("ehr", "EHR", 1) if "ehr" in lines[3] else lines[3].replace('"n":4', '"n":5', 1)
    path.write_text("".join(lines), "utf-8")
    done = preceptor("log", "check", "--workspace", workspace)
    assert done.returncode == REFUSED
    assert "4" in sentence_of(done)


def test_a_draft_edited_after_signing_does_not_run(
    preceptor: Preceptor, workspace: Path, question: str, approval: str
) -> None:
    newest = sorted((workspace / "questions" / question).glob("draft-*/program.py"))[-1]
    newest.write_text(newest.read_text("utf-8") + "# changed\n", "utf-8")
    done = preceptor("run", approval, "--workspace", workspace)
    assert done.returncode == REFUSED
    assert "edited" in sentence_of(done)


def test_a_lost_throwaway_store_stops_a_demo_with_a_sentence(
    preceptor: Preceptor, workspace: Path, approval: str
) -> None:
    (workspace / "throwaway-keyring.json").unlink()
    done = preceptor("run", approval, "--workspace", workspace)
    assert done.returncode == REFUSED
    sentence_of(done)


@pytest.mark.needs("mount")
def test_a_full_disk_while_signing_leaves_the_old_state(
    preceptor: Preceptor, workspace: Path, question: str, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    size = sum(path.stat().st_size + 4096 for path in workspace.rglob("*"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size + 1_500_000}", "tmpfs", str(small)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this user can't mount a small file system")
    try:
        shutil.copytree(workspace, small / "w")
        filler = small / "filler"
        with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as out:
            while True:
                out.write(b"x" * 4096)
        before = (small / "w" / "audit.log").read_bytes()
        done = preceptor("sign", question, "--purpose", "Study", "--workspace", small / "w")
        assert done.returncode == BROKE, done.stderr
        assert "full" in sentence_of(done)
        assert (small / "w" / "audit.log").read_bytes() == before
        filler.unlink()
        assert preceptor("sign", question, "--purpose", "Study", "--workspace", small / "w").returncode == DONE
    finally:
        subprocess.run(["umount", str(small)], check=False)
