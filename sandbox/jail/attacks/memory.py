"""Files in memory, programs in memory, and the memory of processes."""

from __future__ import annotations

import ctypes
import errno
import os

from sandbox.jail.attacks.aim import Probe, Targets, asks, call, reaches

_EMPTY_PATH = 0x1000


def _memory_of(pid: int, name: str = "process_vm_readv") -> None:
    """A word from or to our own memory, or none from that of another process: the kernel judges before it looks."""
    word = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(word), 8)
    at = ctypes.addressof(vector)
    reaches(name, pid, at, 1, at, 1, 0, but=() if pid == os.getpid() else (errno.EFAULT,))


def _run_from_memory(targets: Targets) -> None:
    file = os.memfd_create("program", 0)
    with open("/bin/true", "rb") as program:
        os.write(file, program.read())
    _execute(file, b"", _EMPTY_PATH)


def _execute(folder: int, path: bytes, flags: int) -> None:
    word = ctypes.create_string_buffer(b"true")
    arguments = (ctypes.c_size_t * 2)(ctypes.addressof(word), 0)
    nothing = (ctypes.c_size_t * 1)(0)
    call("execveat", folder, path, ctypes.addressof(arguments), ctypes.addressof(nothing), flags)


PROBES: dict[str, Probe] = {
    "memory_file": lambda t: os.close(os.memfd_create("probe")),
    "secret_memory": lambda t: os.close(call("memfd_secret", 0)),
    "run_from_memory": _run_from_memory,
    "replace_process_newer": lambda t: _execute(-100, b"/bin/true", 0),
    "page_faults": asks("userfaultfd", 1),
    "read_memory": lambda t: _memory_of(os.getpid()),
    "write_memory": lambda t: _memory_of(os.getpid(), "process_vm_writev"),
    "read_memory_of_other": lambda t: _memory_of(t.pid),
    "write_memory_of_other": lambda t: _memory_of(t.pid, "process_vm_writev"),
    "memory_keys": asks("pkey_alloc", 0, 0, but=(errno.ENOSPC, errno.EINVAL)),  # let in, but the processor has none
    "lock_memory": asks("mlock", 0, 0),
    "remap_pages": asks("remap_file_pages", 0, 0, 1, 0, 0, but=(errno.EINVAL,)),
}
