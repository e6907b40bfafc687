"""What an exclusion finds in its source is counted by a real session behind its real door, and told in numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import msgspec
import pytest
from click.testing import CliRunner, Result
from study import PASSPHRASE, SESSION_SECONDS, Study
from test_left_out_of_runs import (
    change_a_byte,
    change_a_byte_of_the_list,
    cut_the_log_before_them,
    put_another_list_in_its_place,
    remove_the_list,
    sign_the_table_without_its_patient_key,
)
from test_two_parts import in_two_parts
from two_parts_here import NO_THREADS

from sandbox.cli.exclude import command
from sandbox.errors import Refusal
from sandbox.messages.desk import Counted, CountListed
from sandbox.review.excluding import exclude_listed, exclude_rows, read_in_force
from sandbox.sessions import Session

MRN = "ehr.patients.mrn"


@pytest.fixture
def desk(hospital: Path, tmp_path: Path) -> Study:
    return Study(tmp_path / "workspace", hospital)


def counted(session: Session, place: int = 1) -> tuple[int, int]:
    with session:
        session.send(CountListed(place=place))
        *_, last = session.until(Counted, timeout=SESSION_SECONDS)
    return last.identifiers, last.found


def exclude(study: Study, column: str, *identifiers: str) -> None:
    path = study.workspace.root.parent / "list.txt"
    path.write_text("\n".join(identifiers), encoding="utf-8")
    exclude_listed(study.workspace, study.keystore, study.reviewer, column, "opted out", path)
    path.unlink()


@pytest.mark.parametrize(
    ("column", "identifiers", "found"),
    [
        (MRN, ["MRN-KAN-7", "MRN-KAN-14", "KAN-15", "mrn-kan-16", "MRN-KAN-017"], 2),
        (MRN, ["7", "14"], 0),
        ("ehr.patients.pat_id", ["900007", "0900014", "900014", "7", "99999999999999999999999"], 3),
    ],
)
def test_an_identifier_counts_as_found_when_a_run_would_leave_its_patient_out(
    desk: Study, column: str, identifiers: list[str], found: int
) -> None:
    exclude(desk, column, *identifiers)
    assert counted(Session.looking(desk.workspace)) == (len(identifiers), found)
    assert counted(in_two_parts(desk)) == (len(identifiers), found)


def test_the_patients_of_a_condition_are_counted_once_each(desk: Study, hospital: Path) -> None:
    exclude_rows(desk.workspace, desk.keystore, desk.reviewer, "ehr.encounters", "seen", "admit_dt < '2022-01-05'")
    with duckdb.connect(str(hospital), read_only=True) as connection:
        sql = "SELECT count(*), count(DISTINCT pat_id) FROM encounters WHERE admit_dt < '2022-01-05'"
        rows, patients = connection.execute(sql).fetchone() or (0, 0)
    assert counted(Session.looking(desk.workspace)) == (0, patients) == counted(in_two_parts(desk))
    assert rows > patients > 0


def test_the_log_says_that_it_was_compared_and_no_identifier_or_number(desk: Study) -> None:
    exclude(desk, MRN, "MRN-KAN-7")
    counted(Session.looking(desk.workspace))
    *_, entry = desk.log.entries()
    assert (entry.event, entry.details) == ("exclusions.compared", {"source": "ehr"})
    assert b"MRN-KAN-7" not in desk.plain_bytes()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (change_a_byte, "changed after they were signed"),
        (change_a_byte_of_the_list, "is damaged"),
        (put_another_list_in_its_place, "is damaged"),
        (remove_the_list, "is not there"),
        (cut_the_log_before_them, "cut short"),
        (sign_the_table_without_its_patient_key, "signed no more"),
    ],
)
def test_only_what_is_signed_and_in_force_is_looked_for(
    desk: Study, spoil: Callable[[Study], None], sentence: str
) -> None:
    exclude(desk, MRN, "MRN-KAN-7")
    assert counted(Session.looking(desk.workspace)) == (1, 1), "what is refused below was possible before"
    spoil(desk)
    for session in (Session.looking(desk.workspace), in_two_parts(desk)):
        with pytest.raises(Refusal, match=sentence):
            counted(session)


def test_there_is_nothing_to_compare_at_a_place_that_has_no_exclusion(desk: Study) -> None:
    exclude(desk, MRN, "MRN-KAN-7")
    for place in (-1, 0, 2):
        with pytest.raises(Refusal, match=f"no exclusion {place}"):
            counted(Session.looking(desk.workspace), place)


def test_it_is_counted_behind_walls_that_a_look_has(desk: Study, tmp_path: Path) -> None:
    """A file beside and a socket are to be had without the door, and not behind it."""
    beside = tmp_path / "beside.txt"
    beside.write_text("a secret", encoding="utf-8")
    exclude(desk, MRN, "MRN-KAN-7")
    code = _TRYING.format(beside=str(beside), root=str(desk.workspace.root))
    told = {}
    for walls in ("", "counting.confine_to = lambda *_: None\n"):
        path = tmp_path / "told"
        path.write_text("")
        run_python(walls.join(code.split("#WALLS#\n")), path)
        told[walls] = path.read_text()
    assert told["counting.confine_to = lambda *_: None\n"] == "read socket"
    assert told[""] == "PermissionError PermissionError"


_TRYING = """
import os, sys
from sandbox.messages.desk import CountListed
from sandbox.running import counting
from sandbox.running.desk_line import DeskLine
from sandbox.running.warm import import_needed
from sandbox.workspace import Workspace
from pathlib import Path
import socket
import_needed()
#WALLS#
def attempt(does, word):
    try:
        does()
    except OSError as problem:
        return type(problem).__name__
    return word
told = os.open(sys.argv[1], os.O_WRONLY)
count = counting._count
def trying(source, errand, listed):
    first = attempt(lambda: open({beside!r}).read(), "read")
    second = attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(), "socket")
    os.write(told, f"{{first}} {{second}}".encode())
    return count(source, errand, listed)
counting._count = trying
read, write = os.pipe()
counting.count_listed(Workspace.open(Path({root!r})), DeskLine(read, write), CountListed(place=1))
"""


def run_python(code: str, told: Path) -> None:
    command = [sys.executable, "-c", code, str(told)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | NO_THREADS)
    assert done.returncode == 0, done.stderr[-2000:]


# The command line.


def preceptor(study: Study, *arguments: str) -> Result:
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode() + b"\n")
    os.close(writing)
    try:
        more = ("--workspace", str(study.workspace.root), "--passphrase-fd", str(reading))
        return CliRunner().invoke(command, [*arguments, *more])
    finally:
        os.close(reading)


def add(study: Study, *identifiers: str, json: bool = False) -> str:
    path = study.workspace.root.parent / "list.txt"
    path.write_text("\n".join(identifiers), encoding="utf-8")
    done = preceptor(study, "add", "opted out", "--column", MRN, "--list", str(path), *["--json"] * json)
    assert done.exit_code == 0, done.exception
    return " ".join(done.output.split())


def test_a_list_that_misses_some_is_told_in_numbers(desk: Study) -> None:
    said = add(desk, "MRN-KAN-7", "MRN-KAN-8", "KAN-9")
    assert f"2 of 3 identifiers are in {MRN}; 1 is not: compare how they are written there." in said
    assert "KAN-" not in said
    compared = msgspec.json.decode(preceptor(desk, "check", "1", "--json").output)["compared"]
    assert [(one["identifiers"], one["found"]) for one in compared] == [(3, 2)]


def test_a_list_that_leaves_nobody_out_is_a_warning_with_the_next_step(desk: Study) -> None:
    said = add(desk, "7", "8")
    assert f"Warning: none of the 2 identifiers is in {MRN}, so this list leaves nobody out." in said
    assert "`preceptor exclude remove 'opted out'`" in said


def test_a_source_that_can_not_be_opened_leaves_the_list_in_force_and_says_so(desk: Study, tmp_path: Path) -> None:
    own = tmp_path / "own.duckdb"
    shutil.copy(desk.workspace.source("ehr").location, own)
    desk.workspace.save_source(msgspec.structs.replace(desk.workspace.source("ehr"), location=str(own)))
    own.unlink()
    said = add(desk, "MRN-KAN-7")
    assert "Warning: the list is in force, but it was not compared with the source: The source 'ehr'" in said
    assert len(read_in_force(desk.workspace, desk.keystore).all) == 1
    done = preceptor(desk, "check")
    assert "was not compared with the source" in " ".join(done.output.split())
    assert isinstance(done.exception, Refusal) and "1 exclusion could not be compared" in str(done.exception)
