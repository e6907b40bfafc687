"""What macOS is asked through its C library: structures, signatures, and the probes of its own."""

from __future__ import annotations

import ctypes
import errno
from pathlib import Path
from types import SimpleNamespace

import pytest
from jailed_code import answer_of

from sandbox.jail.macos import backend as macos
from sandbox.jail.macos import system


def test_structures_lie_as_in_the_headers_of_apple() -> None:
    """sys/resource.h: `uint8_t ri_uuid[16]`, then ten `uint64_t`, the eighth of them `ri_phys_footprint`."""
    assert ctypes.sizeof(system._Rusage) == 96
    assert system._Rusage.user_time.offset == 16
    assert system._Rusage.phys_footprint.offset == 16 + 7 * 8
    assert ctypes.sizeof(system._Timebase) == 8


def fake_library(result: int = 0, code: int = 0) -> SimpleNamespace:
    """Writes where libSystem would write: a footprint of 7 MB, and 48 million ticks of 125/3 nanoseconds."""

    def rusage(pid: int, flavor: int, at: int) -> int:
        assert (pid, flavor) == (42, 0)
        info = system._Rusage.from_address(at)
        info.phys_footprint, info.resident_size = 7 << 20, 1
        info.user_time, info.system_time = 24_000_000, 24_000_000
        ctypes.set_errno(code)
        return result

    def timebase(at: int) -> int:
        base = system._Timebase.from_address(at)
        base.numer, base.denom = 125, 3
        return 0

    return SimpleNamespace(proc_pid_rusage=rusage, mach_timebase_info=timebase)


def test_memory_and_processor_time_of_a_process_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "library", fake_library)
    assert system.usage(42) == system.Usage(7 << 20, 2.0)


def test_a_process_that_is_gone_uses_nothing_and_another_error_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "library", lambda: fake_library(-1, errno.ESRCH))
    assert system.usage(42) is None
    monkeypatch.setattr(system, "library", lambda: fake_library(-1, errno.EPERM))
    with pytest.raises(PermissionError):
        system.usage(42)


def test_the_boot_has_a_word_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def sysctl(name: bytes, at: int, size: int, new: None, length: int) -> int:
        word = b"A1-B2\0"
        ctypes.memmove(at, word, len(word))
        return 0 if name == b"kern.bootsessionuuid" and ctypes.c_size_t.from_address(size).value == 256 else -1

    monkeypatch.setattr(system, "library", lambda: SimpleNamespace(sysctlbyname=sysctl))
    assert macos.boot_id() == "A1-B2"
    with pytest.raises(OSError, match="kern.other"):
        system.text_of("kern.other")


SHARED_WITH_LINUX = ("shared_memory", "message_queue", "memory_by_name", "semaphore_by_name")


@pytest.mark.parametrize("probe", SHARED_WITH_LINUX)
def test_probes_that_linux_has_too_work_outside_and_fail_in_a_jail(
    probe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same functions of the C library stand in both systems, so these can be tried here."""
    monkeypatch.setattr(system, "library", lambda: ctypes.CDLL(None, use_errno=True))
    macos.MORE_PROBES[probe](SimpleNamespace())  # raises where it does not work
    code = f"""
import ctypes
from sandbox.jail.macos import probes, system
system.library = lambda: ctypes.CDLL(None, use_errno=True)
try:
    probes.MORE_PROBES[{probe!r}](None)
    answer("works")
except OSError as refused:
    answer(type(refused).__name__)
"""
    assert answer_of(code, tmp_path) in {"PermissionError", "FileNotFoundError"}


def test_a_service_that_is_not_shown_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for found in (0, 1100):  # BOOTSTRAP_NOT_PRIVILEGED
        library = SimpleNamespace(bootstrap_look_up=lambda port, name, at, found=found: found)
        monkeypatch.setattr(system, "library", lambda library=library: library)
        monkeypatch.setattr(ctypes.c_uint, "in_dll", lambda library, name: ctypes.c_uint(7), raising=False)
        if found:
            with pytest.raises(PermissionError, match="SecurityServer"):
                macos.MORE_PROBES["keychain"](SimpleNamespace())
        else:
            macos.MORE_PROBES["keychain"](SimpleNamespace())
