"""The self-test: every wall is tried on this very machine before any real run.

    ensure_self_test(workspace.self_test)      # tries once per boot, kernel and version; JailRefused when a wall leaks

A probe counts only when it works outside. It runs in a process that is not confined; call it from the desk or the
command line, never from inside a door (a door may read the kept result before it confines itself).
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from sandbox.errors import JailRefused
from sandbox.files import replace_file
from sandbox.jail.backend import backend
from sandbox.jail.probes import ALLOWED, BROKEN, MAY_BE_ABSENT, Targets, probes_here
from sandbox.jail.profile import Limits, Role
from sandbox.jail.proving_ground import (
    DOOR_OF_JAILS,
    PROVED_DOORS,
    ProvedDoor,
    proving_ground,
    try_in_jail,
    try_in_jail_behind,
    try_outside_or_behind,
)
from sandbox.jail.windows.probes import MAY_BE_ABSENT as WINDOWS_MAY_LACK

_HERE = Path(__file__).parent
STARTED_BEHIND_DOOR = (Role.AGENT, Role.CHECKS, Role.DRAFTING_WORKER)


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """One probe under one profile; `outside` and `inside` are as `probes.attempt` tells them."""

    name: str
    role: str
    outside: str
    inside: str

    @property
    def passed(self) -> bool:
        may_be_absent = self.name in MAY_BE_ABSENT | WINDOWS_MAY_LACK and not self.outside.startswith(BROKEN)
        return (self.outside == ALLOWED or may_be_absent) and self.inside.startswith("blocked: ")


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried, where, and what came of it. `key` says for which machine, boot and code it speaks."""

    passed: bool
    layers: dict[str, dict[str, str]]
    probes: tuple[ProbeResult, ...]
    kernel: str
    abi: int
    code_hash: str
    seconds: float
    key: str

    def failures(self) -> tuple[ProbeResult, ...]:
        return tuple(probe for probe in self.probes if not probe.passed)


def behind_its_door(role: Role) -> str:
    """What the profile of a jail is called that was started from behind a door."""
    return f"{role} behind its door"


Tell = Callable[[str, int, int], None]


def self_test(tell: Tell | None = None) -> SelfTest:
    """Try every probe outside, in every role's jail, and behind every kind of door, where there are doors.

    A drafting session starts its jails from behind its door, where Landlock lets nobody have a tree of files of their
    own: what such a tree would hide is then in sight, and is tried too.

    `tell` hears what is tried next, how many profiles are done, and of how many.
    """
    began = time.monotonic()
    names = tuple(probes_here())
    doors = tuple(door for door in PROVED_DOORS if backend().DOORS and door.is_there())
    abi = _landlock_abi()
    layers: dict[str, dict[str, str]] = {}
    results: list[ProbeResult] = []
    behind = STARTED_BEHIND_DOOR if sys.platform == "linux" else ()
    profiles = len(Role) + len(behind) + len(doors)
    tell = tell or _nobody
    with proving_ground() as targets:
        tell("Trying every way out without isolation", 0, profiles)
        _, outside = try_outside_or_behind(None, names, targets)
        for role in Role:
            tell(f"Trying every way out of the isolation: {role.replace('_', ' ')}", len(layers), profiles)
            layers[role], inside = try_in_jail(role, Limits(memory_mb=4096), names, targets)
            results += _results(role, outside, inside)
        for role in behind:
            profile = behind_its_door(role)
            tell(f"Trying every way out of the isolation: {profile.replace('_', ' ')}", len(layers), profiles)
            layers[profile], inside = try_in_jail_behind(DOOR_OF_JAILS, role, names, targets)
            results += _results(profile, outside, inside)
        for door in doors:
            tell(f"Trying every way past the {door.name}", len(layers), profiles)
            layers[door.name], inside = _behind(door, abi, targets)
            results += _results(door.name, outside, inside)
    return SelfTest(
        passed=all(result.passed for result in results),
        layers=layers,
        probes=tuple(results),
        kernel=platform.release(),
        abi=abi,
        code_hash=code_hash(),
        seconds=round(time.monotonic() - began, 3),
        key=_key(),
    )


def ensure_self_test(path: Path) -> SelfTest:
    """The kept result if it still speaks for this machine, else a new one, kept at `path`; raises when it fails."""
    kept = kept_self_test(path)
    test = kept if kept is not None and kept.passed else self_test()
    if test is not kept:
        keep_self_test(path, test)
    failures = test.failures()
    if failures or not test.passed:
        names = ", ".join(sorted({f"{probe.name} ({probe.role})" for probe in failures})[:5])
        raise JailRefused(f"The self-test of the jail failed: {names}.")
    return test


def kept_self_test(path: Path) -> SelfTest | None:
    """The result kept at `path`, if it still speaks for this machine, boot and code."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=SelfTest)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return kept if kept.key == _key() else None


def keep_self_test(path: Path, test: SelfTest) -> None:
    replace_file(path, msgspec.json.format(msgspec.json.encode(test), indent=1) + b"\n")


def code_hash() -> str:
    """SHA-256 over every file of this package, names included; of a frozen build, over the executable that holds it."""
    if getattr(sys, "frozen", False):
        return _hash_of_executable(sys.executable)
    digest = hashlib.sha256()
    for file in sorted(_HERE.rglob("*.py")):
        digest.update(f"{file.relative_to(_HERE)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _hash_of_executable(path: str) -> str:
    with Path(path).open("rb") as executable:
        return hashlib.file_digest(executable, "sha256").hexdigest()


def _results(profile: str, outside: dict[str, str], inside: dict[str, str]) -> list[ProbeResult]:
    return [
        ProbeResult(name=name, role=profile, outside=outside[name], inside=result) for name, result in inside.items()
    ]


def _behind(door: ProvedDoor, abi: int, targets: Targets) -> tuple[dict[str, str], dict[str, str]]:
    may = door.allows(abi)
    names = tuple(name for name in probes_here() if name not in may)
    return try_outside_or_behind(door.rules, names, targets)


def _landlock_abi() -> int:
    if sys.platform != "linux":
        return 0
    from sandbox.jail.linux.landlock import kernel_abi

    try:
        return kernel_abi()
    except OSError:
        return 0


def _key() -> str:
    """Boot, kernel, user, interpreter and code: a change of any of them asks for a new test."""
    user = str(os.getuid()) if hasattr(os, "getuid") else os.path.expanduser("~")
    versions = (platform.release(), platform.version(), sys.version, sys.executable, code_hash())
    parts = (backend().boot_id(), user, *versions)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _nobody(sentence: str, done: int, of: int) -> None:
    """Nobody listens."""
