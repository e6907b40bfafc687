"""With the language layer lost and code injected as bytes, the walls stand: they are the kernel's, not Python's."""

from __future__ import annotations

import platform
import signal
from pathlib import Path
from typing import Any

import pytest
from jailed_code import answer_of, heard, run_in_jail
from machine_code import RUN, behind, outside

from sandbox.jail import Role
from sandbox.jail.probes import ALLOWED, MAY_BE_ABSENT, NAMES_ONLY, PROBES, Targets
from sandbox.messages.frames import ChannelClosed

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the injected code is for x86-64")

# By number, each with arguments that work outside, and the errors that show that the kernel let us in.
_TRIED = """
PID, FILE, FOLDER = %r, %r, %r
vector = bytes(16)
RAW = {
    "open": (("open", FILE, 0),),
    "open_at": (("openat", -100, FILE, 0),),
    "open_for_writing": (("openat", -100, FILE, 1),),
    "open_path_only": (("openat", -100, FILE, 0x200000),),
    "open_newer": (("openat2", -100, FILE, bytes(24), 24),),
    "create": (("creat", FOLDER + b"/machine", 0o600),),
    "list": (("open", FOLDER, 0x10000),),
    "stat": (("stat", FILE, b""),),
    "statx": (("statx", -100, FILE, 0, 0x7FF, b""),),
    "access": (("access", FILE, 4),),
    "chdir": (("chdir", FOLDER),),
    "chmod": (("chmod", FILE, 0o600),),
    "utimensat": (("utimensat", -100, FILE, 0, 0),),
    "truncate": (("truncate", FILE, 0),),
    "rename": (("rename", FILE, FILE),),
    "unlink": (("unlink", FOLDER), "EISDIR"),
    "mkdir": (("mkdir", FOLDER + b"/" + str(os.getpid()).encode(), 0o700),),
    "getxattr": (("getxattr", FILE, b"user.none", b"", 8), "ENODATA", "EOPNOTSUPP"),
    "inotify": (("inotify_init1", 0),),
    "socket_inet": (("socket", 2, 1, 0),),
    "socket_inet6": (("socket", 10, 2, 0), "EAFNOSUPPORT"),
    "socket_unix": (("socket", 1, 1, 0),),
    "socket_netlink": (("socket", 16, 3, 0),),
    "socket_pair": (("socketpair", 1, 1, 0, b""),),
    "connect": (("connect", -1, b"", 16), "EBADF"),
    "send": (("sendto", -1, b"", 1, 0, 0, 0), "EBADF"),
    "fork": (("clone", 17, 0, 0, 0, 0),),
    "clone3": (("clone3", b"", 0), "EINVAL"),
    "execve": (("execve", b"/nonexistent", vector, vector), "ENOENT"),
    "execveat": (("execveat", -1, b"x", vector, vector, 0), "EBADF"),
    "kill": (("kill", PID, 0),),
    "kill_everybody": (("kill", -1, 0),),
    "tgkill": (("tgkill", PID, PID, 0),),
    "tkill": (("tkill", PID, 0),),
    "pidfd_open": (("pidfd_open", PID, 0),),
    "prlimit": (("prlimit64", PID, 7, 0, b""),),
    "priority": (("getpriority", 0, PID),),
    "ptrace": (("ptrace", 0, 0, 0, 0),),
    "memory_file": (("memfd_create", b"x", 0),),
    "shared_memory": (("shmget", 0x70726563, 4096, 0), "ENOENT"),
    "queue": (("mq_open", b"x-none", 0, 0, 0), "ENOENT"),
    "key_ring": (("keyctl", 0, -3, 0),),
    "io_uring": (("io_uring_setup", 1, bytes(120)),),
    "perf": (("perf_event_open", bytes(128), 0, -1, -1, 0), "ENOENT"),
    "bpf": (("bpf", 9999, 0, 0), "EINVAL"),
    "user_namespace": (("unshare", 0x10000000),),
    "setns": (("setns", -1, 0), "EBADF"),
    "dumpable": (("prctl", 4, 1, 0, 0, 0),),
    "outlive": (("prctl", 1, 0, 0, 0, 0),),
    "seccomp": (("seccomp", 2, 0, b""),),
    "landlock": (("landlock_create_ruleset", 0, 0, 1),),
    "personality": (("personality", 0xFFFFFFFF),),
    "terminal": (("ioctl", 0, 0x5412, b"x"), "ENOTTY", "EIO"),
    "owner": (("fcntl", 0, 8, PID), "EBADF"),
    "timer": (("timerfd_create", 1, 0),),
    "segments": (("arch_prctl", 0x1003, b""),),
    "alarm": (("alarm", 0),),
    "setuid": (("setuid", os.getuid()),),
}

def judged(call, but, junk=0):
    number, *arguments = call
    def action():
        halves = [word & 0xFFFFFFFF | junk if isinstance(word, int) and word else word for word in arguments]
        words = halves if junk else arguments
        result = enter(NUMBERS[number] | junk, *words)
        if number == "clone" and result == 0:
            os._exit(0)
        return result
    said = apart(action)
    return "allowed" if said.removeprefix("blocked: ") in but else said
"""

_TABLE = "answer({name: judged(call, but) for name, (call, *but) in RAW.items()})"
# The kernel takes its lower half where it wants a number of 32 bits; a filter that looked at all of it would miss.
_JUNK_TABLE = """
HALVES = "open_for_writing open_path_only socket_inet socket_unix socket_pair kill tgkill tkill pidfd_open prlimit " \\
    "priority fork memory_file terminal personality timer key_ring".split()
answer({name: judged(RAW[name][0], RAW[name][1:], 0xDEADBEEF << 32) for name in HALVES})
"""
# What a machine may forbid to everybody, or not be built with.
_OFTEN_FORBIDDEN = {
    "io_uring",
    "perf",
    "bpf",
    "user_namespace",
    "key_ring",
    "queue",
    "ptrace",
    "shared_memory",
    "segments",
}
# Without namespaces these work, as SECURITY.md says; this is the layer that hides names.
_NAMES = {"stat", "statx", "access"}
_FILES_OF_DOORS = {"open_path_only", "stat", "statx", "access", "chdir", "memory_file"}


@pytest.fixture
def raw(targets: Targets) -> str:
    return RUN + _TRIED % (targets.pid, targets.file.encode(), targets.folder.encode())


def _allowed(outcomes: dict[str, str]) -> set[str]:
    return {name for name, said in outcomes.items() if said == ALLOWED}


def test_injected_code_runs_in_a_jail_by_design(tmp_path: Path) -> None:
    assert answer_of(RUN + "answer(injected(RETURN_42)(None))", tmp_path) == 42
    code = "answer(enter(NUMBERS['getpid']) == os.getpid())"
    assert answer_of(RUN + code, tmp_path) is True


@pytest.mark.parametrize("role", Role)
def test_calls_by_number_work_outside_and_are_blocked_in_every_jail(role: Role, raw: str, tmp_path: Path) -> None:
    works = outside(raw + _TABLE)
    assert set(works) - _allowed(works) <= _OFTEN_FORBIDDEN, works
    inside = answer_of(raw + _TABLE, tmp_path, role=role)
    assert len(inside) == len(works) > 50
    assert _allowed(inside) <= _names_seen(tmp_path), inside
    assert all(said.startswith(("blocked: E", ALLOWED)) for said in inside.values())
    assert _allowed(answer_of(raw + _TABLE, tmp_path, "namespaces", role=role)) == _NAMES


def test_junk_in_the_upper_halves_of_registers_changes_nothing(raw: str, tmp_path: Path) -> None:
    works = outside(raw + _JUNK_TABLE)
    assert set(works) - _allowed(works) <= _OFTEN_FORBIDDEN, works
    inside = answer_of(raw + _JUNK_TABLE, tmp_path)
    assert set(inside) == set(works) and not _allowed(inside), inside


@pytest.mark.parametrize(
    ("rules", "may"),
    [
        ("", _FILES_OF_DOORS),
        (
            "inet=True, connect_ports=(443,), start_processes=True",
            _FILES_OF_DOORS
            | {"socket_inet", "socket_inet6", "connect", "send", "fork", "execve", "kill", "dumpable", "outlive"}
            | {"landlock", "segments"},
        ),
    ],
    ids=["door without network", "door with network"],
)
def test_a_door_keeps_injected_code_to_what_the_door_is_for(rules: str, may: set[str], raw: str) -> None:
    works = _allowed(outside(raw + _TABLE))
    assert _allowed(behind(rules, raw + _TABLE)) == may & works


# The whole table again, with the one function by which it enters the kernel replaced by injected code.
_PROBES_BY_MACHINE_CODE = """
import msgspec
from sandbox.jail import probes
from sandbox.jail.linux import process
code = injected(SYSCALL)
entered = []
def by_machine_code(number, *arguments):
    entered.append(1)
    words = [getattr(a, "value", a) for a in (number, *arguments)]
    result = code(registers(*(0 if word is None else word for word in words)))
    if result < 0:
        ctypes.set_errno(-result)
        return -1
    return result
class Library:
    syscall = staticmethod(by_machine_code)
    prctl = process._libc.prctl
process._libc = Library()
targets = msgspec.convert(%r, probes.Targets)
said = {name: probes.attempt(name, targets) for name in probes.PROBES}
answer([said, len(entered)])
"""


def _asked_by_machine_code(targets: Targets) -> str:
    from msgspec import to_builtins

    return RUN + _PROBES_BY_MACHINE_CODE % (to_builtins(targets),)


def test_the_whole_table_by_injected_code(targets: Targets, tmp_path: Path) -> None:
    code = _asked_by_machine_code(targets)
    works, entered = outside(code)
    assert entered > 60
    assert set(works) - _allowed(works) <= MAY_BE_ABSENT | {"leaked_descriptor"}, works
    inside, entered = answer_of(code, tmp_path)
    assert entered > 100 and set(inside) == set(PROBES)
    assert _allowed(inside) <= (NAMES_ONLY if _names_seen(tmp_path) else set())


def _names_seen(folder: Path) -> set[str]:
    with run_in_jail("answer(1)", folder) as child:
        return set() if child.report.layers["namespaces"].startswith("on") else _NAMES


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param("enter_old(20)", id="int 0x80 getpid"),
        pytest.param("enter_old(102, 1, 0)", id="int 0x80 socketcall"),
        pytest.param("enter_old(2)", id="int 0x80 fork"),
        pytest.param("enter(0x40000000 | 39)", id="x32 getpid"),
        pytest.param("enter(0x40000000 | 41, 2, 1, 0)", id="x32 socket"),
        pytest.param("enter(0x40000000 | 520)", id="x32 execve"),
        pytest.param("enter(0x80000000 | 39)", id="a negative number"),
    ],
)
def test_the_processors_other_ways_into_the_kernel_end_the_process(entry: str, tmp_path: Path) -> None:
    """Outside they return, if only to say that this kernel was built without them."""
    code = f"result = {entry}\nif result == 0 and 'old(2)' in {entry!r}:\n    os._exit(0)\nanswer('it came back')"
    assert outside(RUN + code) == "it came back"
    with run_in_jail(RUN + code, tmp_path) as child:
        with pytest.raises(ChannelClosed):
            heard(child)
        assert child.wait(30) == -signal.SIGSYS


def test_the_ways_in_are_open_when_the_filter_is_off(tmp_path: Path) -> None:
    code: Any = "answer([enter_old(20) != 0, enter(0x40000000 | 39) != 0])"
    assert answer_of(RUN + code, tmp_path, "seccomp") == [True, True]
