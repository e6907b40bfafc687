"""Landlock: which files, folders and TCP ports this process and its children can still reach.

    restrict(Reach(read=("/usr/lib",), write=("/data/run",)))   # everything else is gone, for good

Every right that the running kernel knows is handled, so what is not named is refused. Older kernels know
fewer (ABI 1: no REFER, 2: no TRUNCATE, 3: no TCP, 5: no scopes); the seccomp filter covers the difference.
https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
import stat
import struct
from dataclasses import dataclass

from sandbox.jail.linux.process import syscall

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG = 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

_FIRST_ABI_RIGHTS = (1 << 13) - 1
_LATER_RIGHTS = {2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_READ = READ_FILE | READ_DIR
# Neither sockets, pipes, links nor devices can be made anywhere.
_WRITE = _READ | WRITE_FILE | TRUNCATE | REMOVE_FILE | REMOVE_DIR | MAKE_DIR | MAKE_REG | REFER

_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_SCOPE_ABSTRACT_UNIX, _SCOPE_SIGNAL = 1 << 0, 1 << 1
# Linux 6.7 and 6.12.
FIRST_ABI_WITH_PORTS, _FIRST_ABI_WITH_SCOPES = 4, 6
_RULE_PATH, _RULE_PORT = 1, 2
_GET_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What stays reachable. Missing `read` and `execute` paths are skipped, a missing `write` path is an error."""

    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    execute: tuple[str, ...] = ()
    connect_ports: tuple[int, ...] = ()
    scope_unix: bool = True
    scope_signals: bool = True


def kernel_abi() -> int:
    """The Landlock version of the running kernel; raises OSError where there is none."""
    return syscall("landlock_create_ruleset", None, 0, _GET_VERSION)


def restrict(reach: Reach, *, abi: int | None = None) -> str:
    """Apply `reach` to the calling thread for ever. A smaller `abi` behaves as an older kernel (for tests)."""
    abi = min(kernel_abi(), abi or 99)
    handled = handled_rights(abi)
    ruleset = syscall("landlock_create_ruleset", *_attributes(reach, abi))
    try:
        for paths, rights, needed in (
            (reach.read, _READ, False),
            (reach.execute, EXECUTE | READ_FILE, False),
            (reach.write, _WRITE, True),
        ):
            for path in paths:
                _allow_path(ruleset, path, rights & handled, needed=needed)
        if abi >= FIRST_ABI_WITH_PORTS:
            for port in reach.connect_ports:
                _allow_port(ruleset, port)
        syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    unlimited = ", too old to limit ports" if reach.connect_ports and abi < FIRST_ABI_WITH_PORTS else ""
    return f"on: ABI {abi}{unlimited}"


def handled_rights(abi: int) -> int:
    """Every file right that a kernel of this version knows."""
    rights = _FIRST_ABI_RIGHTS
    for since, right in _LATER_RIGHTS.items():
        rights |= right if abi >= since else 0
    return rights


def _attributes(reach: Reach, abi: int) -> tuple[bytes, int, int]:
    scopes = (_SCOPE_ABSTRACT_UNIX if reach.scope_unix else 0) | (_SCOPE_SIGNAL if reach.scope_signals else 0)
    words = [handled_rights(abi)]
    if abi >= FIRST_ABI_WITH_PORTS:
        words.append(_BIND_TCP | _CONNECT_TCP)
    if abi >= _FIRST_ABI_WITH_SCOPES:
        words.append(scopes)
    attributes = struct.pack(f"={len(words)}Q", *words)
    return attributes, len(attributes), 0


def _allow_path(ruleset: int, path: str, rights: int, *, needed: bool) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        if needed:
            raise
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _FILE_RIGHTS
        syscall("landlock_add_rule", ruleset, _RULE_PATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _allow_port(ruleset: int, port: int) -> None:
    syscall("landlock_add_rule", ruleset, _RULE_PORT, struct.pack("=QQ", _CONNECT_TCP, port), 0)
