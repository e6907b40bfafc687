"""The checker as a process: confined, and when it dies, hangs or talks nonsense, nothing leaves."""

from __future__ import annotations

import base64
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from drafting_talk import QUESTION

from sandbox.drafting.inspection import Checker
from sandbox.drafting.verdicts import Verdicts
from sandbox.errors import GateRefused, JailRefused, PatientRecognised
from sandbox.keystore import ThrowawayStore
from sandbox.records import AuditLog, pin_head
from sandbox.start import door_command

READY = (
    "import sys; from sandbox.messages.frames import *; from sandbox.drafting.inspection import *; c = Channel(0, 1); "
)
READY += "c.send(Watching(known=0, layers={})); "


@pytest.fixture
def checker(workspace) -> Iterator[Checker]:
    made = Checker.start(door_command("checker", str(workspace.root), QUESTION))
    made.wait_ready()
    yield made
    made.stop()


def fake(code: str) -> Checker:
    made = Checker.start([sys.executable, "-c", READY + code], answer_within=1.0)
    made.wait_ready()
    return made


def test_it_is_confined_and_knows_the_values(checker):
    assert checker.known == 11
    assert checker.layers["seccomp"].startswith("on") and checker.layers["landlock"].startswith("on")


def test_it_finds_known_values_and_shapes_together_and_says_only_places(checker):
    text = "Did Ada Kowalczyk (DOB 3/14/1952) or Maria Lopez stay on 2022-03-01? Crohn's disease in 2022."
    assert [text[hit.start : hit.end] for hit in checker.inspect(text)] == [
        "Ada Kowalczyk",
        "3/14/1952",
        "Maria Lopez",
        "2022-03-01",
    ]


def test_codes_of_reference_tables_are_exempt(checker):
    assert checker.inspect("I50.21 Acute systolic heart failure") == ()


def test_a_killed_checker_lets_nothing_out_for_good(checker, tmp_path):
    verdicts = Verdicts(checker, tmp_path / "passed.json")
    verdicts.check("How many stays?")
    os.kill(checker.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(GateRefused, match="nothing was sent"):
            verdicts.check("How many patients?")


MISBEHAVIOUR = {
    "hangs": "c.receive(Inspect); import time; time.sleep(60)",
    "answers another question": "c.receive(Inspect); c.send(Inspected(number=99, hits=()))",
    "answers garbage": "c.receive(Inspect); import os; os.write(1, b'garbage garbage garbage')",
    "names a place outside": "c.receive(Inspect); c.send(Inspected(number=1, hits=(Hit(start=5, end=999, kind='x'),)))",
    "announces too much": "c.receive(Inspect); import os; os.write(1, bytes([255]) * 8)",
    "says that it is ready again": "c.receive(Inspect); c.send(Watching(known=0, layers={}))",
    "ends": "c.receive(Inspect)",
}


@pytest.mark.parametrize("how", MISBEHAVIOUR)
def test_a_checker_that_misbehaves_lets_nothing_out(how):
    checker = fake(MISBEHAVIOUR[how])
    try:
        with pytest.raises(GateRefused):
            checker.inspect("How many stays?")
    finally:
        checker.stop()


def test_an_index_without_its_key_or_damaged_stops_the_session(workspace):
    ThrowawayStore(workspace.throwaway_store).put("key/known", base64.b64encode(bytes(32)).decode())
    checker = Checker.start(door_command("checker", str(workspace.root), QUESTION))
    with pytest.raises(JailRefused, match="known-values"):
        checker.wait_ready()


@pytest.mark.parametrize("how", ["deleted", "unreadable"])
def test_an_index_that_was_made_and_is_gone_stops_the_session(workspace, how):
    AuditLog(workspace.audit_log).append("known.indexed", source="ehr", values=11)
    index = workspace.source_folder("ehr") / "known.enc"
    index.unlink()
    if how == "unreadable":
        index.mkdir()
    checker = Checker.start(door_command("checker", str(workspace.root), QUESTION))
    with pytest.raises(JailRefused, match="of ehr is missing") as refusal:
        checker.wait_ready()
    assert "preceptor source known ehr" in refusal.value.advice


def test_a_log_that_was_thrown_away_with_the_index_stops_the_session(workspace):
    log = AuditLog(workspace.audit_log)
    log.append("known.indexed", source="ehr", values=11)
    pin_head(ThrowawayStore(workspace.throwaway_store), log.head())
    (workspace.source_folder("ehr") / "known.enc").unlink()
    for path in log.files:
        path.unlink(missing_ok=True)
    checker = Checker.start(door_command("checker", str(workspace.root), QUESTION))
    with pytest.raises(JailRefused, match="log"):
        checker.wait_ready()


def test_what_has_passed_passes_again_after_a_restart_and_what_was_withheld_does_not(checker, tmp_path):
    path = tmp_path / "passed.json"
    verdicts = Verdicts(checker, path)
    verdicts.check("How many stays?")
    with pytest.raises(PatientRecognised):
        verdicts.check("Ada Kowalczyk")
    verdicts.came_from_model("A made-up Maria Lopez")
    verdicts.save()
    again = Verdicts(checker, path)
    checker.stop()
    again.check("How many stays?")
    again.check("A made-up Maria Lopez")
    with pytest.raises(GateRefused):
        again.check("Ada Kowalczyk")
