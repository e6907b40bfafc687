"""Every attack works outside and fails in every jail, behind every door, and on machines that offer less."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from attack_matrix import DoorSetting, allowed, door_leaks, door_settings, leaks, settings, tried, tried_behind
from jailed_code import launcher_without

from sandbox.jail import Limits, Role, probes
from sandbox.jail.child import start
from sandbox.jail.linux.landlock import kernel_abi
from sandbox.jail.probes import ALLOWED, BROKEN, MAY_BE_ABSENT, NAMES_ONLY, PROBES, Targets, Tried, Try
from sandbox.jail.proving_ground import (
    DOOR_OF_JAILS,
    PROVED_DOORS,
    try_in_jail,
    try_in_jail_behind,
    try_outside_or_behind,
)
from sandbox.jail.selftest import STARTED_BEHIND_DOOR
from sandbox.jail.windows import probes as windows

_SEEN_ONLY_BY_SECCOMP = """
fork clone_process signal_everybody signal_group limit_process new_session ask_group ask_session ask_priority
ask_scheduler ask_processors ask_disk_priority socket_pair any_socket memory_file type_into_terminal
signals_of_descriptor lease notify pipe_size lock_file lock_range mode_by_descriptor splice tee splice_memory
send_file copy_range become_dumpable outlive_parent adopt_children seccomp_ask set_own_user timer interval_timer
alarm_descriptor signal_descriptor clock_of_kernel own_table_of_files new_pipe new_pipe_newer wake_shared wait_shared
wait_shared_for_many whether_page_in_memory whether_file_in_memory push_file_out_of_memory load_by_call
"""
# Paths that the tree of files has and that seccomp alone lets be changed; the tree must be off for these to show.
_SEEN_BY_SECCOMP_AND_NAMESPACES = """
udp unix_socket change_mode change_owner change_times set_attribute read_attribute list_attributes
remove_attribute watch_folder open_path_only enter_folder
"""
_SEEN_BY_LANDLOCK_AND_NAMESPACES = """
read_home read_file read_accounts list_processes read_command_line read_state_of_process own_map own_environment
own_files own_root own_state own_mounts memory_in_use processor_times processor_kind load time_since_start
kernel_version kernel_settings start_of_machine devices list_everything list_settings list_shared_folder
read_host_names
"""
SEEN_ONLY_BY_SECCOMP = frozenset(_SEEN_ONLY_BY_SECCOMP.split())
SEEN_BY_SECCOMP_AND_NAMESPACES = frozenset(_SEEN_BY_SECCOMP_AND_NAMESPACES.split())
SEEN_BY_LANDLOCK_AND_NAMESPACES = frozenset(_SEEN_BY_LANDLOCK_AND_NAMESPACES.split())


@cache
def _in_jail_of(role: Role, targets: Targets) -> dict[str, str]:
    return try_in_jail(role, Limits(memory_mb=4096), tuple(PROBES), targets)[1]


@pytest.mark.parametrize("probe", PROBES)
def test_probe_works_outside_and_is_blocked_in_every_jail(
    probe: str, targets: Targets, outside: dict[str, str]
) -> None:
    assert outside[probe] == ALLOWED or probe in MAY_BE_ABSENT
    for role in Role:
        outcome = _in_jail_of(role, targets).get(probe, "")
        assert outcome.startswith("blocked: E") or (not outcome and probe in NAMES_ONLY), role


@pytest.mark.parametrize("role", STARTED_BEHIND_DOOR)
def test_every_probe_is_blocked_in_a_jail_as_a_drafting_session_starts_it(role: Role, targets: Targets) -> None:
    """Behind the door there is no tree of files of one's own: what is missing from it elsewhere is refused here."""
    layers, outcomes = try_in_jail_behind(DOOR_OF_JAILS, role, tuple(PROBES), targets)
    assert layers["namespaces"].startswith("not here")
    assert set(outcomes) == set(PROBES) - NAMES_ONLY
    assert {name: said for name, said in outcomes.items() if not said.startswith("blocked: E")} == {}
    missing = {name for name, said in outcomes.items() if said == "blocked: ENOENT"}
    assert missing <= MAY_BE_ABSENT and len(missing) < 10


@pytest.mark.parametrize("door", PROVED_DOORS, ids=lambda door: door.name)
def test_a_door_allows_what_it_is_for_and_nothing_else(door, targets: Targets, outside: dict[str, str]) -> None:
    layers, outcomes = try_outside_or_behind(door.rules, tuple(PROBES), targets)
    assert layers["landlock"].startswith("on")
    assert allowed(outcomes) == door.allows(kernel_abi()) - {n for n in MAY_BE_ABSENT if outside[n] != ALLOWED}


@pytest.mark.parametrize("role", Role)
def test_it_holds_with_every_landlock_and_namespaces_on_off_and_impossible(
    role: Role, targets: Targets, tmp_path: Path
) -> None:
    rows = tuple(settings((role,)))
    assert len(rows) == 4 * kernel_abi()
    assert {row: wrong for row in rows if (wrong := leaks(row, targets, tmp_path))} == {}


@pytest.mark.parametrize("abi", range(1, kernel_abi() + 1))
def test_every_door_holds_with_every_landlock(
    abi: int, targets: Targets, outside: dict[str, str], tmp_path: Path
) -> None:
    absent = frozenset(name for name in MAY_BE_ABSENT if outside[name] != ALLOWED)
    rows = tuple(door_settings((abi,)))
    assert len(rows) == len(PROVED_DOORS)
    assert {row: wrong for row in rows if (wrong := door_leaks(row, targets, tmp_path, absent))} == {}


@pytest.mark.parametrize("door", PROVED_DOORS, ids=lambda door: door.name)
def test_without_landlock_a_door_shows_the_files_of_everybody(door, targets: Targets, tmp_path: Path) -> None:
    """The control: what the oldest Landlock blocks behind a door is blocked by it, and the rest by seccomp."""
    opened = allowed(tried_behind(DoorSetting(door, 1), targets, tmp_path, "landlock")[1])
    assert opened >= {"read_home", "read_file", "read_accounts", "write_file", "list_processes"}
    opened = allowed(tried_behind(DoorSetting(door, 1), targets, tmp_path, "seccomp")[1])
    assert opened >= {"unix_socket", "change_mode", "change_owner", "signal_everybody", "key_ring"}
    assert "read_home" not in opened


def test_without_namespaces_names_can_be_seen_and_nothing_more(targets: Targets, tmp_path: Path) -> None:
    outcomes = tried(Role.PROGRAM, launcher_without(tmp_path, "namespaces"), targets)[1]
    assert allowed(outcomes) == NAMES_ONLY


def test_with_every_wall_but_namespaces_the_machine_tells_its_name(targets: Targets, tmp_path: Path) -> None:
    """And in them it tells another one, with no other wall in the way."""
    outcomes = tried(Role.PROGRAM, launcher_without(tmp_path, "namespaces"), targets)[1]
    assert outcomes["see_name_of_machine"] == ALLOWED
    others = ("landlock", "seccomp", "capabilities", "limits", "not_dumpable")
    layers, outcomes = tried(Role.PROGRAM, launcher_without(tmp_path, *others), targets)
    assert outcomes["see_name_of_machine"] == ("blocked: ENOENT" if layers["namespaces"].startswith("on") else ALLOWED)


def test_without_seccomp_its_part_of_the_table_opens(targets: Targets, tmp_path: Path) -> None:
    opened = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, "seccomp"), targets)[1])
    assert opened >= SEEN_ONLY_BY_SECCOMP
    assert not opened & SEEN_BY_LANDLOCK_AND_NAMESPACES
    opened = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, "seccomp", "namespaces"), targets)[1])
    assert opened >= SEEN_ONLY_BY_SECCOMP | SEEN_BY_SECCOMP_AND_NAMESPACES


def test_what_is_done_with_pipes_is_tried_also_where_none_can_be_made(targets: Targets, tmp_path: Path) -> None:
    """Else a refused `pipe2` would make every one of these look blocked, whatever the walls are."""
    launcher = launcher_without(tmp_path, "seccomp", "namespaces", forbid="pipe2")
    outcomes = tried(Role.PROGRAM, launcher, targets)[1]
    assert outcomes["new_pipe_newer"] == "blocked: EPERM"
    assert allowed(outcomes) >= {
        *("type_into_terminal", "signals_of_descriptor", "signal_of_descriptor", "pipe_size"),
        *("splice", "tee", "splice_memory", "send_file", "copy_range"),
    }


def test_without_landlock_its_part_of_the_table_opens(targets: Targets, tmp_path: Path) -> None:
    opened = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, "landlock", "namespaces"), targets)[1])
    assert opened >= SEEN_BY_LANDLOCK_AND_NAMESPACES
    assert not opened & (SEEN_ONLY_BY_SECCOMP | SEEN_BY_SECCOMP_AND_NAMESPACES)


def test_with_namespaces_alone_no_file_of_anybody_is_found(targets: Targets, tmp_path: Path) -> None:
    """The tree of files stands in for Landlock where files are concerned: what is left are folders without content."""
    opened = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, "landlock"), targets)[1])
    folders = {"read_home", "devices", "list_everything", "list_settings", "list_shared_folder"}
    assert opened & SEEN_BY_LANDLOCK_AND_NAMESPACES <= folders


def test_without_limits_they_can_be_raised(targets: Targets, outside: dict[str, str], tmp_path: Path) -> None:
    opened = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, "limits"), targets)[1])
    assert "raise_limit" in opened or outside["raise_limit"] != ALLOWED
    assert opened <= {"raise_limit"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to give up")
def test_without_the_others_only_capabilities_are_in_the_way_of_root(targets: Targets, tmp_path: Path) -> None:
    walls = ("landlock", "seccomp", "namespaces", "limits")
    held = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, *walls), targets)[1])
    with_capabilities = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, *walls, "capabilities"), targets)[1])
    assert with_capabilities - held >= {"mount", "change_root", "set_clock", "become_other_user", "raw_socket"}


def test_without_walls_everything_opens(targets: Targets, outside: dict[str, str], tmp_path: Path) -> None:
    """The control: what the table blocks is blocked by these layers and not by chance."""
    walls = ("landlock", "seccomp", "capabilities", "namespaces", "limits", "not_dumpable")
    opened = allowed(tried(Role.PROGRAM, launcher_without(tmp_path, *walls), targets)[1])
    assert allowed(outside) - opened == {"leaked_descriptor"}  # closed by the launcher itself, see below


_LEAK = """
os.dup2(os.open({file!r}, os.O_RDONLY), {number})
from sandbox.jail.linux import backend
if {keep}:
    backend.close_others = lambda keep: None
"""


@pytest.mark.parametrize(("keep", "outcome"), [(True, ALLOWED), (False, "blocked: EBADF")])
def test_a_forgotten_descriptor_is_closed_by_the_launcher(
    keep: bool, outcome: str, targets: Targets, tmp_path: Path
) -> None:
    first = _LEAK.format(file=targets.file, number=targets.leaked, keep=keep)
    launcher = launcher_without(tmp_path, first=first)
    with start(Role.PROBE, Limits(), launcher=launcher, entry="sandbox.jail.probes") as child:
        child.channel.send(Try(names=("leaked_descriptor",), targets=targets))
        assert child.channel.receive(Tried, timeout=60)[0].outcomes == {"leaked_descriptor": outcome}


@pytest.fixture
def session_bus(tmp_path: Path) -> Iterator[str]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("there is no dbus-daemon")
    address = str(tmp_path / "bus")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:path={address}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None and daemon.stdout.readline()
        yield address
        daemon.kill()


def test_a_real_session_bus_answers_outside_and_is_out_of_reach_inside(session_bus: str, targets: Targets) -> None:
    targets = msgspec.structs.replace(targets, session_bus=session_bus)
    assert try_outside_or_behind(None, ("session_bus",), targets)[1] == {"session_bus": ALLOWED}
    for role in Role:
        assert try_in_jail(role, Limits(), ("session_bus",), targets)[1]["session_bus"].startswith("blocked: E")
    for door in PROVED_DOORS:
        assert try_outside_or_behind(door.rules, ("session_bus",), targets)[1]["session_bus"].startswith("blocked: E")


def test_no_probe_is_excused_without_a_reason(outside: dict[str, str]) -> None:
    """The list of what a machine may forbid names probes that exist, and is the smaller part of the table."""
    assert not MAY_BE_ABSENT - set(PROBES)
    assert 2 * len(allowed(outside) - MAY_BE_ABSENT) > len(PROBES)


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (PermissionError(errno.EPERM, ""), "blocked: EPERM"),
        (OSError(errno.EMFILE, ""), "unclear: EMFILE"),
        (OSError(errno.ENOMEM, ""), "unclear: ENOMEM"),
        (OSError(errno.EINVAL, ""), "unclear: EINVAL"),
        (ValueError("a bug in the probe, nothing was tried"), BROKEN),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else one,
)
def test_what_a_probe_in_a_process_of_its_own_comes_to_is_told_as_what_it_is(
    raised: Exception, outcome: str, targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(targets: Targets) -> None:
        raise raised

    monkeypatch.setitem(probes.PROBES, "ptrace", probe)
    assert "ptrace" in probes.CHANGE_PROCESS
    assert probes.attempt("ptrace", targets).startswith(outcome)


@pytest.mark.parametrize(
    ("ends_with", "outcome"),
    [
        (signal.SIGSYS, "blocked: signal 31"),
        (signal.SIGTERM, "unclear: signal 15"),
        (signal.SIGKILL, "unclear: signal 9"),
    ],
)
def test_only_a_filter_blocks_by_killing(
    ends_with: int, outcome: str, targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(probes.PROBES, "ptrace", lambda targets: os.kill(os.getpid(), ends_with))
    assert probes.attempt("ptrace", targets) == outcome


def test_every_error_that_counts_for_one_probe_alone_is_of_a_probe_that_there_is() -> None:
    assert set(probes._ALSO_REFUSED) <= set(PROBES) | set(windows.PROBES)
    assert not any(errors & probes._REFUSALS for errors in probes._ALSO_REFUSED.values())
