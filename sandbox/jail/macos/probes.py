"""What an attacker in a macOS jail would try beside the common probes, through the C library.

    MORE_PROBES["keychain"](targets)      # returns where it works, OSError where it is refused

Nothing is imported up here but the standard library: the launcher reads the back end before it is confined.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.jail.probes import Targets

# Those of `sandbox.jail.probes` that mean the same here. The rest is Linux's, or stands below.
PROBES: tuple[str, ...] | None = (
    *("read_home", "read_file", "read_accounts", "write_file", "truncate_file", "truncate_by_reading"),
    *("make_file", "make_folder", "make_link", "rename_file", "change_mode", "change_times"),
    *("signal_process", "fork", "start_process", "tcp", "udp", "unix_socket"),
)

_CTL_KERN, _KERN_PROCARGS2 = 1, 49


def _library() -> Any:
    from sandbox.jail.macos.system import library

    return library()


def _check(result: int, name: str) -> int:
    import ctypes

    if result < 0:
        code = ctypes.get_errno() or errno.EPERM
        raise OSError(code, os.strerror(code), name)
    return result


def _list_processes(targets: Targets) -> None:
    if _library().proc_listallpids(None, 0) <= 0:
        raise PermissionError(errno.EPERM, "no process is shown")


def _read_command_line(targets: Targets) -> None:
    """The arguments of a process, and the environment behind them."""
    import ctypes

    call = _library().sysctl
    pointer = ctypes.c_void_p
    call.argtypes = (pointer, ctypes.c_uint, pointer, pointer, pointer, ctypes.c_size_t)
    asked = (ctypes.c_int * 3)(_CTL_KERN, _KERN_PROCARGS2, targets.pid)
    text, size = ctypes.create_string_buffer(1 << 16), ctypes.c_size_t(1 << 16)
    _check(call(asked, 3, text, ctypes.addressof(size), None, 0), "sysctl")


def _read_host_name(targets: Targets) -> None:
    import socket

    if not socket.gethostname():
        raise PermissionError(errno.EPERM, "no name is shown")


def _shared_memory(targets: Targets) -> None:
    library = _library()
    made = _check(library.shmget(0, 4096, 0o1600), "shmget")
    _check(library.shmctl(made, 0, None), "shmctl")  # IPC_RMID


def _message_queue(targets: Targets) -> None:
    library = _library()
    made = _check(library.msgget(0, 0o1600), "msgget")
    _check(library.msgctl(made, 0, None), "msgctl")


def _memory_by_name(targets: Targets) -> None:
    """The mode is a variable argument: ctypes passes what is not declared as such on every processor."""
    import ctypes

    call = _library().shm_open
    call.argtypes = (ctypes.c_char_p, ctypes.c_int)
    name = f"/preceptor-{os.getpid()}".encode()
    os.close(_check(call(name, os.O_RDWR | os.O_CREAT, ctypes.c_int(0o600)), "shm_open"))
    _check(_library().shm_unlink(name), "shm_unlink")


def _semaphore_by_name(targets: Targets) -> None:
    import ctypes

    call = _library().sem_open
    call.argtypes, call.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    name = f"/preceptor-{os.getpid()}".encode()
    made = call(name, os.O_CREAT, ctypes.c_int(0o600), ctypes.c_uint(1))
    if made in (None, ctypes.c_void_p(-1).value):  # SEM_FAILED
        _check(-1, "sem_open")
    _check(_library().sem_unlink(name), "sem_unlink")


def _service(name: str) -> Callable[[Targets], None]:
    """Looking a Mach service up by its name, as everything does that talks to a daemon."""

    def probe(targets: Targets) -> None:
        import ctypes

        library, port = _library(), ctypes.c_uint()
        call = library.bootstrap_look_up
        call.argtypes = (ctypes.c_uint, ctypes.c_char_p, ctypes.c_void_p)
        here = ctypes.c_uint.in_dll(library, "bootstrap_port")
        if call(here, name.encode(), ctypes.addressof(port)) != 0:
            raise PermissionError(errno.EPERM, f"{name} is not shown")

    return probe


MORE_PROBES: dict[str, Callable[[Targets], object]] = {
    "replace_process": lambda t: os.execv("/usr/bin/true", ["true"]),
    "list_processes": _list_processes,
    "read_command_line": _read_command_line,
    "read_host_name": _read_host_name,
    "shared_memory": _shared_memory,
    "message_queue": _message_queue,
    "memory_by_name": _memory_by_name,
    "semaphore_by_name": _semaphore_by_name,
    "keychain": _service("com.apple.SecurityServer"),
    "accounts_service": _service("com.apple.system.opendirectoryd.libinfo"),
}
