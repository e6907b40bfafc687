"""Every attack works outside and fails in every jail, behind every door, and on kernels with an older Landlock."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from jailed_code import launcher_without

from sandbox.jail import Limits, Role
from sandbox.jail.child import start
from sandbox.jail.linux.landlock import kernel_abi
from sandbox.jail.probes import ALLOWED, MAY_BE_ABSENT, PROBES, Targets, Tried, Try
from sandbox.jail.proving_ground import PROVED_DOORS, try_in_jail, try_outside_or_behind

SEEN_ONLY_BY_SECCOMP = {"udp", "fork", "start_process", "change_mode", "change_times", "memory_file", "limit_process"}
SEEN_ONLY_BY_LANDLOCK = {"read_home", "read_file", "read_accounts", "list_processes", "read_command_line"}


def _inside(launcher: Path, targets: Targets) -> dict[str, str]:
    with start(Role.PROGRAM, Limits(), launcher=launcher, entry="sandbox.jail.probes") as child:
        child.channel.send(Try(names=tuple(PROBES), targets=targets))
        outcomes: dict[str, str] = child.channel.receive(Tried, timeout=60)[0].outcomes
        return outcomes


def _allowed(outcomes: dict[str, str]) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome == ALLOWED}


@cache
def _in_jail_of(role: Role, targets: Targets) -> dict[str, str]:
    return try_in_jail(role, Limits(memory_mb=4096), tuple(PROBES), targets)[1]


@pytest.mark.parametrize("probe", PROBES)
def test_probe_works_outside_and_is_blocked_in_every_jail(
    probe: str, targets: Targets, outside: dict[str, str]
) -> None:
    assert outside[probe] == ALLOWED or probe in MAY_BE_ABSENT
    for role in Role:
        assert _in_jail_of(role, targets)[probe].startswith("blocked: E"), role


@pytest.mark.parametrize("door", PROVED_DOORS, ids=lambda door: door.name)
def test_probe_is_blocked_behind_a_door_unless_it_is_what_the_door_is_for(door, targets: Targets) -> None:
    layers, outcomes = try_outside_or_behind(door.rules, tuple(PROBES), targets)
    assert layers["landlock"].startswith("on")
    assert _allowed(outcomes) == door.allows(kernel_abi())


@pytest.mark.parametrize("abi", [1, 2, 3, 4, 5, 6])
def test_kernels_with_an_older_landlock_block_the_same(abi: int, targets: Targets, tmp_path: Path) -> None:
    assert _allowed(_inside(launcher_without(tmp_path, abi=abi), targets)) == set()


def test_without_seccomp_its_part_of_the_table_opens(targets: Targets, tmp_path: Path) -> None:
    allowed = _allowed(_inside(launcher_without(tmp_path, "seccomp"), targets))
    assert allowed >= SEEN_ONLY_BY_SECCOMP - {"start_process"}  # Landlock keeps the shell from being executed
    assert not allowed & SEEN_ONLY_BY_LANDLOCK


def test_without_landlock_its_part_of_the_table_opens(targets: Targets, tmp_path: Path) -> None:
    allowed = _allowed(_inside(launcher_without(tmp_path, "landlock"), targets))
    assert allowed >= SEEN_ONLY_BY_LANDLOCK
    assert not allowed & SEEN_ONLY_BY_SECCOMP


def test_without_walls_everything_opens(targets: Targets, outside: dict[str, str], tmp_path: Path) -> None:
    """The control: what the table blocks is blocked by these layers and not by chance."""
    allowed = _allowed(_inside(launcher_without(tmp_path, "landlock", "seccomp", "capabilities"), targets))
    assert allowed >= _allowed(outside) - MAY_BE_ABSENT
