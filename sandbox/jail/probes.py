"""What an attacker in a jail would try, as small functions that either work or fail with an OSError.

    attempt("read_home", targets)      # "allowed", or "blocked: EACCES"

Each is tried outside first: a probe that fails there proves nothing. Runs as the entry of `Role.PROBE`, or of
any other role's profile; `targets` are made for it by the self-test.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import socket
from collections.abc import Callable

import msgspec

from sandbox.jail.linux.process import prctl, syscall
from sandbox.messages.frames import Channel

ALLOWED = "allowed"


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """What the probes aim at: real files, a real process, real listeners."""

    home: str
    file: str
    folder: str
    pid: int
    port: int
    unix: str
    abstract: str


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """Try these probes, in order."""

    names: tuple[str, ...]
    targets: Targets


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each."""

    outcomes: dict[str, str]


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """Try what is asked until the other side ends."""
    while True:
        wish, _ = channel.receive(Try)
        channel.send(Tried(outcomes={name: attempt(name, wish.targets) for name in wish.names}))


def attempt(name: str, targets: Targets) -> str:
    """Try one probe, in a process of its own where one can be made: some change the process for good."""
    try:
        child = os.fork()
    except OSError:
        return _outcome(_try(name, targets))
    if child == 0:
        os._exit(_try(name, targets))
    return _outcome(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _try(name: str, targets: Targets) -> int:
    try:
        PROBES[name](targets)
    except OSError as refused:
        return refused.errno or errno.EIO
    return 0


def _outcome(code: int) -> str:
    if code == 0:
        return ALLOWED
    return f"blocked: {errno.errorcode.get(code, code)}" if code > 0 else f"blocked: signal {-code}"


def _open(path: str, flags: int = os.O_RDONLY) -> None:
    os.close(os.open(path, flags, 0o600))


def _connect(family: int, kind: int, address: tuple[str, int] | str) -> None:
    with socket.socket(family, kind) as end:
        end.settimeout(5)
        end.connect(address)


def _close_all(ends: tuple[socket.socket, ...]) -> None:
    for end in ends:
        end.close()


def _fork(targets: Targets) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _start(targets: Targets) -> None:
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {})
    if os.waitpid(child, 0)[1]:
        raise PermissionError(errno.EACCES, "the shell did not run")


def _ptrace(targets: Targets) -> None:
    syscall("ptrace", 0, 0, 0, 0)  # PTRACE_TRACEME: allowed to everybody where it is allowed at all


def _read_own_memory(targets: Targets) -> None:
    word = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(word), 8)
    at = ctypes.addressof(vector)
    syscall("process_vm_readv", os.getpid(), at, 1, at, 1, 0)


def _machine_calls(name: str, *arguments: int | bytes | None) -> Callable[[Targets], None]:
    def probe(targets: Targets) -> None:
        syscall(name, *arguments)

    return probe


_NEW_USER = 0x10000000
_NEW_NETWORK = 0x40000000

PROBES: dict[str, Callable[[Targets], object]] = {
    # Files.
    "read_home": lambda t: os.listdir(t.home),
    "read_file": lambda t: _open(t.file),
    "read_accounts": lambda t: _open("/etc/passwd"),
    "write_file": lambda t: _open(t.file, os.O_WRONLY),
    "truncate_file": lambda t: os.truncate(t.file, 0),
    "truncate_by_reading": lambda t: _open(t.file, os.O_RDONLY | os.O_TRUNC),
    "make_file": lambda t: _open(os.path.join(t.folder, "made"), os.O_WRONLY | os.O_CREAT),
    "make_folder": lambda t: os.mkdir(os.path.join(t.folder, f"folder{os.getpid()}")),
    "make_link": lambda t: os.symlink("/etc", os.path.join(t.folder, f"link{os.getpid()}")),
    "rename_file": lambda t: os.rename(t.file, t.file),
    "change_mode": lambda t: os.chmod(t.file, 0o600),
    "change_times": lambda t: os.utime(t.file),
    # Other processes.
    "list_processes": lambda t: os.listdir("/proc"),
    "read_environment": lambda t: _open(f"/proc/{t.pid}/environ"),
    "read_command_line": lambda t: _open(f"/proc/{t.pid}/cmdline"),
    "signal_process": lambda t: os.kill(t.pid, 0),
    "limit_process": lambda t: resource.prlimit(t.pid, resource.RLIMIT_NOFILE),
    "fork": _fork,
    "start_process": _start,
    "replace_process": lambda t: os.execv("/bin/true", ["true"]),
    "ptrace": _ptrace,
    "read_memory": _read_own_memory,
    # Talking.
    "tcp": lambda t: _connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", t.port)),
    "udp": lambda t: _connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", t.port)),
    "tcp6": lambda t: socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close(),
    "unix_socket": lambda t: _connect(socket.AF_UNIX, socket.SOCK_STREAM, t.unix),
    "abstract_socket": lambda t: _connect(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{t.abstract}"),
    "netlink": lambda t: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close(),
    "socket_pair": lambda t: _close_all(socket.socketpair()),
    "shared_memory": _machine_calls("shmget", 0, 4096, 0o1600),
    "message_queue": _machine_calls("msgget", 0, 0o1600),
    # Kernel doors.
    "memory_file": lambda t: os.close(os.memfd_create("probe")),
    "key_ring": _machine_calls("keyctl", 0, -3, 0),
    "io_uring": _machine_calls("io_uring_setup", 1, bytes(120)),
    "perf_event": _machine_calls("perf_event_open", bytes(128), 0, -1, -1, 0),
    "new_user_namespace": _machine_calls("unshare", _NEW_USER),
    "new_network_namespace": _machine_calls("unshare", _NEW_USER | _NEW_NETWORK),
    "become_dumpable": lambda t: prctl(4, 1),  # PR_SET_DUMPABLE: who can, lets others read it again
}

# Where the machine itself forbids one of these to everybody (containers do), that is no failure of the test.
MAY_BE_ABSENT = frozenset(
    {
        "key_ring",
        "io_uring",
        "perf_event",
        "new_user_namespace",
        "new_network_namespace",
        "ptrace",
        "read_memory",
        "netlink",
        "tcp6",
        "shared_memory",
        "message_queue",
    }
)
