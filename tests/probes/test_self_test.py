"""The self-test: kept for a boot, a kernel and this code; done again when any of them changes; final when it fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from sandbox.errors import JailRefused
from sandbox.jail import Role, SelfTest, ensure_self_test, selftest
from sandbox.jail.probes import NAMES_ONLY, PROBES
from sandbox.jail.selftest import ProbeResult


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workspace") / "self-test.json"
    ensure_self_test(path)
    return path


def test_it_passes_here_and_tries_every_probe_in_every_profile(kept: Path) -> None:
    test = msgspec.json.decode(kept.read_bytes(), type=SelfTest)
    assert test.passed and test.failures() == ()
    assert test.abi >= 1
    for role in Role:
        assert {probe.name for probe in test.probes if probe.role == role} == set(PROBES)
    behind = {selftest.behind_its_door(role) for role in selftest.STARTED_BEHIND_DOOR}
    assert {probe.role for probe in test.probes} == {*Role, *behind, *(door.name for door in selftest.PROVED_DOORS)}
    for profile in behind:
        assert test.layers[profile]["namespaces"].startswith("not here")
        assert {probe.name for probe in test.probes if probe.role == profile} == set(PROBES) - NAMES_ONLY
    assert set(test.layers) == {probe.role for probe in test.probes}


def test_it_is_not_repeated_while_nothing_changed(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def again() -> SelfTest:
        raise AssertionError("it was repeated")

    monkeypatch.setattr(selftest, "self_test", again)
    assert ensure_self_test(kept).passed


@pytest.mark.parametrize("damage", ["another key", "not json", "not passed"])
def test_it_is_repeated_when_the_kept_one_does_not_speak_for_this_machine(
    damage: str, kept: Path, tmp_path: Path
) -> None:
    test = msgspec.json.decode(kept.read_bytes(), type=SelfTest)
    path = tmp_path / "self-test.json"
    if damage == "not json":
        path.write_text("{")
    else:
        changed = {"key": "of another boot"} if damage == "another key" else {"passed": False}
        path.write_bytes(msgspec.json.encode(msgspec.structs.replace(test, **changed)))
    assert ensure_self_test(path).key == test.key
    assert msgspec.json.decode(path.read_bytes(), type=SelfTest).passed


def test_a_wall_that_leaks_refuses_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door is made wider than its profile says: the probes that get through are named."""
    narrow = selftest.PROVED_DOORS[0]
    leaking = replace(narrow, rules={"inet": True, "read": ["/etc/passwd"]})
    monkeypatch.setattr(selftest, "PROVED_DOORS", (leaking,))
    path = tmp_path / "self-test.json"
    with pytest.raises(JailRefused, match=r"read_accounts \(door without network\)") as refused:
        ensure_self_test(path)
    assert "udp" in refused.value.sentence
    with pytest.raises(JailRefused):
        ensure_self_test(path)


@pytest.mark.parametrize(
    ("name", "outside", "inside", "passed"),
    [
        ("read_home", "allowed", "blocked: EACCES", True),
        ("read_home", "allowed", "allowed", False),
        ("read_home", "blocked: EACCES", "blocked: EACCES", False),  # proves nothing
        ("io_uring", "blocked: ENOSYS", "blocked: EPERM", True),  # the machine has none
        ("io_uring", "blocked: ENOSYS", "allowed", False),
        ("read_home", "allowed", "unclear: EMFILE", False),  # no wall says so
        ("read_home", "allowed", "unclear: signal 11", False),
        ("ptrace", "allowed", "broken: it failed in a way of its own", False),
        ("ptrace", "broken: it failed in a way of its own", "blocked: EPERM", False),  # it tried nothing
        ("io_uring", "unclear: EIO", "blocked: EPERM", True),
    ],
)
def test_a_probe_that_fails_outside_or_for_another_reason_proves_nothing(
    name: str, outside: str, inside: str, passed: bool
) -> None:
    assert ProbeResult(name=name, role="program", outside=outside, inside=inside).passed is passed


def test_the_hash_covers_every_file_of_the_jail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "jail"
    shutil.copytree(selftest._HERE, copy)
    monkeypatch.setattr(selftest, "_HERE", copy)
    before = selftest.code_hash()
    with (copy / "linux" / "seccomp.py").open("a") as file:
        file.write("# one more call\n")
    assert selftest.code_hash() != before
