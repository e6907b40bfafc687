"""Opening, setting up, the demo, and the PIN."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from desk_talk import Desk, refused

from sandbox.errors import BadInput, Refusal, WorkspaceRefused, WrongPassphrase
from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.records import AuditLog, pinned_head
from sandbox.review import unlocking
from sandbox.review.setting_up import set_up
from sandbox.review.unlocking import TRIES, PinUsedUp, check_passphrase, check_pin, has_pin, set_pin
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.data import ListTables
from sandbox.reviewing.orders.starting import BuildDemo, Open, ReadStanding, SetPin, SetUp, Standing, Unlock
from sandbox.reviewing.room import Room
from sandbox.workspace import MARK, Workspace


def standing(room: Room) -> Standing:
    return handler_of(ReadStanding)(room, ReadStanding())  # type: ignore[no-any-return]


# Opening.


def test_a_folder_without_a_workspace_opens_as_one_to_be_made(tmp_path: Path) -> None:
    room = Room(tmp_path / "new")
    found = handler_of(Open)(room, Open())
    assert (found.exists, found.finished, found.reviewer) == (False, False, "")
    assert not room.is_open and not (tmp_path / "new").exists()


def test_a_finished_workspace_stands_as_it_is_on_the_disk(room: Room) -> None:
    found = standing(room)
    assert (found.exists, found.finished, found.store, found.reviewer) == (True, True, "throwaway", "Dr A Reviewer")
    assert len(found.fingerprint) == 64
    (ehr,) = found.sources
    assert (ehr.name, ehr.login, ehr.looked, ehr.known) == ("ehr", True, True, False)
    assert (ehr.tables, ehr.columns, ehr.undecided, ehr.signed) == (2, 14, 2, 0)
    assert (found.questions, found.has_model_key, found.has_pin, found.demo) == (0, False, False, None)


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        (b"{", "workspace.json in .* is damaged"),
        (b'{"version": 99, "id": "x", "created": "x", "store": "os", "settings": {}}', "newer Preceptor"),
    ],
    ids=["damaged", "newer"],
)
def test_a_workspace_that_is_damaged_or_newer_says_so(root: Path, mark: bytes, sentence: str) -> None:
    (root / MARK).write_bytes(mark)
    with pytest.raises(WorkspaceRefused, match=sentence):
        handler_of(Open)(Room(root), Open())


def test_a_keyring_that_does_not_answer_is_a_sentence_and_no_failure(root: Path) -> None:
    (root / "throwaway-keyring.json").write_bytes(b"no JSON")
    room = Room(root)
    found = handler_of(Open)(room, Open())
    assert found.keyring == "The demo's throwaway store is damaged."
    assert found.reviewer == "Dr A Reviewer"


def test_a_damaged_proposal_keeps_nobody_from_opening(root: Path) -> None:
    (root / "sources" / "ehr" / "proposal.json").write_bytes(b"{")
    room = Room(root)
    assert handler_of(Open)(room, Open()).sources[0].looked is False
    with pytest.raises(BadInput, match="damaged"):
        handler_of(ListTables)(room, ListTables(source="ehr"))


# The daemon leaves by itself when the session's bus goes away.
SECRET_SERVICE = """
printf 'a login password' | gnome-keyring-daemon --unlock --components=secrets > /dev/null && exec "$1" "$2" "$3"
"""


@pytest.mark.needs("dbus-run-session", "gnome-keyring-daemon")
def test_a_desk_works_with_a_real_keyring_and_opens_while_it_is_locked(tmp_path: Path) -> None:
    """Set up, asked from several threads at once, locked: see `keyring_desk.py`."""
    (tmp_path / "run").mkdir(mode=0o700)
    places = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_DATA_HOME": str(tmp_path / "data")}
    script = str(Path(__file__).with_name("keyring_desk.py"))
    ended = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SECRET_SERVICE, "sh", sys.executable, script, str(tmp_path / "work")],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | places,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.stdout == "the desk works with a keyring\n", ended.stderr


# Setting up.


def test_without_a_keyring_nothing_is_made_and_the_sentence_says_why(tmp_path: Path) -> None:
    """The test's session has no D-Bus, so there is no keyring for it."""
    with Desk(tmp_path / "study") as desk:
        assert desk.ask(Open()).keyring.startswith("No keyring of the operating system is reachable")
        problem = refused(desk.ask(SetUp(name="A", passphrase="correct horse battery staple")))
    assert problem.kind == "StoreUnavailable"
    assert not (tmp_path / "study").exists()


def test_setting_up_goes_on_where_it_was_interrupted_and_by_the_name_that_is_given_now(
    tmp_path: Path, passphrase: str
) -> None:
    room = Room(tmp_path / "study")
    Workspace.create(room.root, store="throwaway")
    assert (standing(room).exists, standing(room).finished) == (True, False)
    room.open()
    set_up(room.root, "Dr B", passphrase, store="throwaway")
    assert (standing(room).finished, standing(room).reviewer) == (True, "Dr B")


def test_a_name_that_signed_already_is_not_replaced_by_another(tmp_path: Path, passphrase: str) -> None:
    workspace = set_up(tmp_path / "study", "Dr B", passphrase, store="throwaway")
    for path in AuditLog(workspace.audit_log).files:
        path.unlink(missing_ok=True)
    set_up(tmp_path / "study", "Dr C", passphrase, store="throwaway")
    assert Workspace.open(tmp_path / "study").settings.reviewer == "Dr B"
    (first,) = AuditLog(workspace.audit_log).entries()
    assert first.details["reviewer"] == "Dr B"


# The demo.


def test_a_demo_is_built_once_and_its_model_is_a_recording_that_answers(tmp_path: Path, passphrase: str) -> None:
    root = tmp_path / "study"
    with Desk(root) as desk:
        made = desk.ask(SetUp(name="Dr A", passphrase=passphrase, store="throwaway"))
        assert (made.store, made.model, made.has_model_key, made.sources) == (
            "throwaway",
            "recorded-conversation",
            True,
            (),
        )
        assert made.demo is not None and "heart failure" in made.demo.question and "enc_adm" in made.demo.tables
        built = desk.ask(BuildDemo(patients=100))
        assert [source.name for source in built.sources] == ["ehr", "registry"]
        assert [step.done for step in desk.progress] == [0, 1, 2]
        hospital = tmp_path / "study hospital"
        assert Path(built.sources[0].location) == hospital / "ehr.duckdb"
        written = (hospital / "ehr.duckdb").stat().st_mtime_ns
        assert desk.ask(BuildDemo(patients=100)) == built
        assert (hospital / "ehr.duckdb").stat().st_mtime_ns == written
        assert json.loads(urllib.request.urlopen(f"{made.model_url}/v1/models", timeout=30).read())["data"]
    with Desk(root) as desk:
        again = desk.ask(Open())
        assert json.loads(urllib.request.urlopen(f"{again.model_url}/v1/models", timeout=30).read())["data"]


def test_a_demo_that_was_interrupted_while_it_was_written_is_finished(tmp_path: Path, passphrase: str) -> None:
    """The first database is there and half of the second; the login is that of the first."""
    root, hospital = tmp_path / "study", tmp_path / "study hospital"
    with Desk(root) as desk:
        desk.ask(SetUp(name="Dr A", passphrase=passphrase, store="throwaway"))
        desk.ask(BuildDemo(patients=100))
        source = root / "sources" / "registry"
        for path in (source / "source.json", hospital / "registry.duckdb"):
            path.unlink()
        (hospital / ".registry.duckdb.1a2b3c4d.part").write_bytes(b"half")
        built = desk.ask(BuildDemo(patients=100))
    assert [one.name for one in built.sources] == ["ehr", "registry"]
    assert sorted(path.name for path in hospital.iterdir()) == ["ehr.duckdb", "registry.duckdb"]


def test_a_hospital_is_made_for_demos_only_and_never_over_what_is_there(room: Room, tmp_path: Path) -> None:
    from sandbox.reviewing.demo import _free_place

    beside = room.root.with_name("study hospital")
    beside.mkdir()
    assert _free_place(room.workspace) == tmp_path / "study hospital 2"
    mark = json.loads((room.root / MARK).read_bytes())
    replace_file(room.root / MARK, json.dumps(mark | {"store": "os"}).encode())
    with pytest.raises(BadInput, match="no demo workspace"):
        handler_of(BuildDemo)(room, BuildDemo())


# The log's head.


def test_what_an_order_added_to_the_log_can_not_be_rolled_back(root: Path, tmp_path: Path, passphrase: str) -> None:
    from sandbox.reviewing.orders.data import AddSource, ListTables, SignTables

    other = tmp_path / "other.duckdb"
    other.write_bytes(b"8 bytes:DUCK, and nobody opens it")
    with Desk(root) as desk:
        desk.ask(Open())
        desk.ask(AddSource(name="registry", location=str(other)))
        seen = next(row.sha256 for row in desk.ask(ListTables(source="ehr")).rows if row.name == "patient")
        desk.ask(SignTables(source="ehr", tables=("patient",), seen=(seen,), passphrase=passphrase))
    workspace = Workspace.open(root)
    log = AuditLog(workspace.audit_log)
    assert pinned_head(open_keystore(workspace)) == log.head()
    assert [entry.event for entry in log.entries()][-2:] == ["source.added", "table.signed"]


# The PIN.


def test_a_pin_unlocks_and_a_wrong_one_says_how_many_tries_are_left(room: Room, passphrase: str) -> None:
    set_pin(room.workspace, room.keystore, passphrase, "4711")
    assert standing(room).has_pin
    with pytest.raises(WrongPassphrase, match="4 tries are left"):
        check_pin(room.keystore, "4712")
    check_pin(room.keystore, "4711")
    with pytest.raises(WrongPassphrase, match="4 tries are left"):  # the right one cleared the count
        check_pin(room.keystore, "")


def test_five_wrong_pins_need_the_passphrase(root: Path, passphrase: str) -> None:
    """A restart in between wins no tries."""
    with Desk(root) as desk:
        desk.ask(Open())
        assert desk.ask(SetPin(passphrase=passphrase, pin="4711")).sentence == "The PIN is set."
        wrong = [refused(desk.ask(Unlock(secret="0000", pin=True))).kind for _ in range(TRIES - 1)]
    with Desk(root) as desk:
        desk.ask(Open())
        last = refused(desk.ask(Unlock(secret="0000", pin=True)))
        right = refused(desk.ask(Unlock(secret="4711", pin=True)))
        assert refused(desk.ask(Unlock(secret="not the passphrase"))).kind == "WrongPassphrase"
        assert desk.ask(Unlock(secret=passphrase)).sentence == "The desk is unlocked."
        assert desk.ask(Unlock(secret="4711", pin=True)).sentence == "The desk is unlocked."
    assert wrong == ["WrongPassphrase"] * (TRIES - 1)
    assert (last.kind, right.kind) == ("PinUsedUp", "PinUsedUp")
    assert right.advice == "Unlock with your passphrase; then the PIN works again."


def test_a_try_counts_before_it_is_made(room: Room, passphrase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_pin(room.workspace, room.keystore, passphrase, "4711")

    class Killed:
        @staticmethod
        def verify_phc_encoded(pin: bytes, verifier: str) -> None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(unlocking, "Argon2id", Killed)
        for _ in range(TRIES):
            with pytest.raises(KeyboardInterrupt):
                check_pin(room.keystore, "4711")
    with pytest.raises(PinUsedUp):
        check_pin(room.keystore, "4711")


@pytest.mark.parametrize("pin", ["123", "1" * 13, "12a4", "١٢٣٤", "12 34"])
def test_a_pin_is_four_to_twelve_digits(room: Room, passphrase: str, pin: str) -> None:
    with pytest.raises(BadInput, match="4 to 12 digits"):
        set_pin(room.workspace, room.keystore, passphrase, pin)
    assert not has_pin(room.keystore)


def test_a_pin_is_set_and_taken_away_by_the_passphrase_only(room: Room, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        set_pin(room.workspace, room.keystore, "wrong passphrase", "4711")
    set_pin(room.workspace, room.keystore, passphrase, "4711")
    with pytest.raises(WrongPassphrase):
        set_pin(room.workspace, room.keystore, "wrong passphrase", "")
    assert has_pin(room.keystore)
    set_pin(room.workspace, room.keystore, passphrase, "")
    assert not has_pin(room.keystore)
    with pytest.raises(Refusal, match="No PIN is set"):
        check_pin(room.keystore, "4711")
    check_passphrase(room.workspace, room.keystore, passphrase)


def test_the_keyring_never_holds_the_pin(room: Room, passphrase: str) -> None:
    set_pin(room.workspace, room.keystore, passphrase, "471147114711")
    assert b"471147114711" not in (room.root / "throwaway-keyring.json").read_bytes()
