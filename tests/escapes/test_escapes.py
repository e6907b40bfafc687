"""Attacks that know how the jail is made: native code, the kernel's side entrances, the way back through the parent.

Each text answers "escaped" or how it was stopped. The language policy is assumed lost: this is plain Python.
"""

from __future__ import annotations

import os
import platform
import signal
from pathlib import Path

import pytest
from jailed_code import answer_of, heard, memory_file, run_in_jail

from sandbox.messages.frames import ChannelClosed

PRELUDE = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *wide)
    return "escaped" if result >= 0 else errno.errorcode[ctypes.get_errno()]

def stopped(action, *arguments):
    try:
        action(*arguments)
    except OSError as problem:
        return errno.errorcode[problem.errno]
    return "escaped"

def machine_code(code):
    import mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex(code))
    at = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_long)(at)()
"""

_X86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86-64")
GETPID_64 = "b827000000 0f05 c3"  # mov eax, 39; syscall; ret
GETPID_INT80 = "b814000000 cd80 c3"  # mov eax, 20; int 0x80; ret
GETPID_X32 = "b827000040 0f05 c3"  # mov eax, 39 | 0x40000000; syscall; ret


@_X86_64
def test_injected_machine_code_runs_but_gains_nothing(tmp_path: Path) -> None:
    """The control for the two below: native code itself works in the jail, as it does in numpy."""
    with run_in_jail(PRELUDE + f"answer(machine_code({GETPID_64!r}))", tmp_path) as child:
        assert heard(child) == child.pid


@_X86_64
@pytest.mark.parametrize("code", [GETPID_INT80, GETPID_X32], ids=["int 0x80", "x32"])
def test_another_processor_mode_is_death(code: str, tmp_path: Path) -> None:
    with run_in_jail(PRELUDE + f"answer(machine_code({code!r}))", tmp_path) as child:
        with pytest.raises(ChannelClosed):
            heard(child)
        assert child.wait(30) == -signal.SIGSYS
        assert child.how_it_ended() == "was stopped because it made a forbidden system call"


@_X86_64
def test_without_the_filter_machine_code_of_the_old_mode_works(tmp_path: Path) -> None:
    code = PRELUDE + f"answer(machine_code({GETPID_INT80!r}))"
    with run_in_jail(code, tmp_path, "seccomp") as child:
        try:
            assert heard(child) == child.pid
        except ChannelClosed:
            pytest.skip("this kernel was built without the 32-bit mode")


# One line each: what is tried, as an expression that gives "escaped" or the error.
ATTEMPTS = {
    "another filter over ours": "call(317, 1, 0, None)",
    "a process with pointers as flags (clone3)": "call(435, ctypes.byref((ctypes.c_ulong * 11)()), 88)",
    "an open with pointers as flags (openat2)": "call(437, -100, b'/etc/passwd', bytes(24), 24)",
    "a file handle instead of a path": "call(304, -100, None, 0)",
    "a nameless file": "stopped(os.open, '/tmp', os.O_TMPFILE | os.O_RDWR)",
    "truncation by opening for reading": "stopped(os.open, SECRET, os.O_RDONLY | os.O_TRUNC)",
    "own memory by file": "stopped(os.open, '/proc/self/mem', os.O_RDONLY)",
    "the rows, opened again to be written": "stopped(os.open, f'/proc/self/fd/{inherited[0]}', os.O_RDWR)",
    "descriptors of the parent": "stopped(os.open, f'/proc/{os.getppid()}/fd/0', os.O_RDONLY)",
    "devices": "stopped(os.open, '/dev/tty', os.O_RDONLY)",
    "the clipboard of terminals": "stopped(os.open, '/dev/pts/0', os.O_RDONLY)",
    "shared memory by name": "stopped(os.listdir, '/dev/shm')",
    "kernel settings": "stopped(os.open, '/sys/kernel/mm/transparent_hugepage/enabled', os.O_RDONLY)",
    "an unlisted folder by way of an allowed one": "stopped(os.open, '/usr/lib/../../etc/passwd', os.O_RDONLY)",
    "an O_PATH handle made readable": "stopped(lambda: os.listdir(f'/proc/self/fd/{os.open(SECRET, os.O_PATH)}'))",
    "setuid": "stopped(os.setuid, 0)",
    "chroot": "stopped(os.chroot, '/')",
    "mount": "call(165, b'none', b'/tmp', b'tmpfs', 0, None)",
    "killing everything": "stopped(os.kill, -1, 0)",
    "killing the parent": "stopped(os.kill, os.getppid(), 0)",
    "killing by thread id": "call(200, os.getppid(), 0)",
    "queueing a signal": "call(129, os.getppid(), 0, None)",
    "a handle on the parent": "stopped(os.pidfd_open, os.getppid())",
    "outliving the parent": "'escaped' if libc.prctl(1, 0) == 0 else 'EPERM'",
    "being dumpable": "'escaped' if libc.prctl(4, 1) == 0 else 'EPERM'",
    "gaining capabilities": "call(126, ctypes.byref((ctypes.c_uint32 * 2)(0x20080522)), b'\\xff' * 24)",
    "a raw capability use": "stopped(os.sethostname, 'x') if hasattr(os, 'sethostname') else call(170, b'x', 1)",
    "message by async signal": "stopped(__import__('fcntl').fcntl, 0, 8, os.getppid())",
    "a bigger pipe": "stopped(__import__('fcntl').fcntl, inherited[0], 1031, 1 << 20)",
    "watching folders": "call(294, 0)",
    "fault handling for races": "call(323, 0)",
    "secret memory": "call(447, 0)",
    "other tables of libraries": "stopped(os.open, '/etc/ld.so.preload', os.O_RDONLY)",
    "priority": "stopped(os.nice, -5)",
    "time": "call(227, 0, ctypes.byref((ctypes.c_long * 2)()))",
    "the kernel's log": "call(103, 3, None, 0)",
}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86-64; the filters test has both processors")
def test_known_ways_out_are_closed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("MRN 4711")
    fd = memory_file(b"rows")
    lines = "".join(f"found[{name!r}] = {attempt}\n" for name, attempt in ATTEMPTS.items())
    code = f"{PRELUDE}SECRET = {str(secret)!r}\nfound = {{}}\n{lines}answer(found)"
    try:
        found = answer_of(code, tmp_path, inherit=(fd,))
    finally:
        os.close(fd)
    assert [name for name, outcome in found.items() if outcome == "escaped"] == []
    assert len(found) == len(ATTEMPTS)
    assert secret.read_text() == "MRN 4711"


def test_inherited_rows_can_not_be_written(tmp_path: Path) -> None:
    fd = memory_file(b"rows of the source")
    code = """
import mmap, os
outcomes = []
for access in (mmap.ACCESS_WRITE,):
    try:
        mmap.mmap(inherited[0], 0, access=access)
        outcomes.append("escaped")
    except OSError:
        outcomes.append("refused")
for attempt in (lambda: os.write(inherited[0], b"x"), lambda: os.ftruncate(inherited[0], 0)):
    try:
        attempt()
        outcomes.append("escaped")
    except OSError:
        outcomes.append("refused")
copy = mmap.mmap(inherited[0], 0, access=mmap.ACCESS_COPY)
copy[0:4] = b"ROWS"
answer(outcomes)
"""
    try:
        assert answer_of(code, tmp_path, inherit=(fd,)) == ["refused"] * 3
        assert os.pread(fd, 100, 0) == b"rows of the source"
    finally:
        os.close(fd)


def test_two_jails_can_not_meet(tmp_path: Path) -> None:
    """No name that one can make can be found by the other: not a file, a socket, shared memory or a signal."""
    code = """
import os, socket
found = []
for name, attempt in {
    "abstract": lambda: socket.socket(socket.AF_UNIX).bind(chr(0) + "meeting"),
    "file": lambda: os.open("/tmp/meeting", os.O_CREAT | os.O_RDWR),
    "lock": lambda: os.open("/dev/shm/meeting", os.O_CREAT | os.O_RDWR),
    "pipe": lambda: os.mkfifo("/tmp/meeting"),
}.items():
    try:
        attempt()
        found.append(name)
    except OSError:
        pass
answer(found)
import time
time.sleep(60)
"""
    with run_in_jail(code, tmp_path) as first:
        assert heard(first) == []
        look = (
            f"import os\ntry:\n    os.kill({first.pid}, 0)\n    answer('found')\nexcept OSError:\n    answer('nobody')"
        )
        assert answer_of(look, tmp_path) == "nobody"


def test_standard_streams_lead_nowhere(tmp_path: Path) -> None:
    code = "import os, sys\nprint('x' * 100, flush=True)\nanswer([os.read(0, 10).decode(), os.isatty(1), os.isatty(2)])"
    assert answer_of(code, tmp_path) == ["", False, False]


def test_what_the_jail_can_still_see_is_known_and_written_down(tmp_path: Path) -> None:
    """A limit that we state: without namespaces, names and sizes of files can be asked for, never their contents."""
    secret = tmp_path / "secret"
    secret.write_text("MRN 4711")
    code = f"{PRELUDE}answer(stopped(lambda: answer(os.stat({str(secret)!r}).st_size)))"
    assert answer_of(code, tmp_path, "namespaces") == 8
    assert answer_of(code, tmp_path) in (8, "ENOENT")
