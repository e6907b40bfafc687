"""The Windows back end calls in the only order that is safe, and leaves nothing open whichever call fails."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
from pathlib import Path

import pytest
from fake_windows import ANY_PACKAGE, CONTAINER_SID, USER_SID, FakeWindows

from sandbox.errors import JailRefused
from sandbox.jail.backend import Order, Started
from sandbox.jail.profile import STDERR_LIMIT, Limits, Role
from sandbox.jail.windows import constants as c
from sandbox.jail.windows import container, creation, starting
from sandbox.jail.windows.api import SIGNATURES, _never
from sandbox.jail.windows.fixes import FIXES, STARTING
from sandbox.jail.windows.structures import JOBOBJECT_EXTENDED_LIMIT_INFORMATION

ORDER = Order(
    role=Role.PROGRAM, entry="sandbox.program.runner", limits=Limits(memory_mb=512, cpu_seconds=3), site=("C:\\site",)
)
LAUNCHER = Path("launcher.py")


@pytest.fixture(autouse=True)
def _a_windows_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USERPROFILE", "LOCALAPPDATA", "APPDATA", "windir", "SystemDrive"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SystemRoot", "C:\\Windows")
    monkeypatch.setenv("LOGIN", "hidden")


def start(fake: FakeWindows, inherit: tuple[int, ...] = ()) -> Started:
    return starting.start(fake.library, ORDER, LAUNCHER, inherit)


def finish(fake: FakeWindows, started: Started, code: int = 0) -> int:
    fake.exit_code = code
    ending = started.process.wait(1)
    started.channel.close()
    os.close(started.stderr)
    return ending


def test_nothing_runs_before_it_is_in_its_job() -> None:
    fake = FakeWindows()
    finish(fake, start(fake))
    steps = [
        "CreateAppContainerProfile",
        "CreateDesktopW",
        "CreateJobObjectW",
        "SetInformationJobObject",
        "CreateProcessW",
        "AssignProcessToJobObject",
        "ResumeThread",
    ]
    assert [fake.names.index(step) for step in steps] == sorted(fake.names.index(step) for step in steps)
    assert fake.arguments("CreateProcessW")[5] == creation.FLAGS
    assert creation.FLAGS & c.CREATE_SUSPENDED and creation.FLAGS & c.EXTENDED_STARTUPINFO_PRESENT
    job, process = fake.arguments("AssignProcessToJobObject")
    made = fake.arguments("CreateProcessW")[-1]
    assert process == made.hProcess and fake.arguments("ResumeThread") == (made.hThread,)
    assert job == fake.arguments("SetInformationJobObject")[0]


def test_the_child_gets_the_handles_of_the_list_and_no_others() -> None:
    fake = FakeWindows()
    started = start(fake, inherit=(0x9990,))
    listed = fake.attributes[c.PROC_THREAD_ATTRIBUTE_HANDLE_LIST]
    handles = struct.unpack(f"{len(listed) // 8}Q", listed)
    line = fake.arguments("CreateProcessW")[1].raw.decode("utf-16-le").rstrip("\0")
    order = json.loads(line[line.index("{") :].rstrip('"').replace('\\"', '"'))
    information = fake.arguments("CreateProcessW")[8].StartupInfo
    assert set(handles) == {
        order["read"],
        order["write"],
        0x9990,
        information.hStdInput,
        information.hStdOutput,
        information.hStdError,
    }
    assert len(handles) == len(set(handles)) == 5
    assert order["inherited"] == [0x9990]
    duplicated = [arguments for name, arguments in fake.calls if name == "DuplicateHandle"]
    assert {arguments[3].value for arguments in duplicated} == set(handles) - {0x9990}
    assert all(arguments[5] == 1 for arguments in duplicated)  # inheritable
    finish(fake, started)


def test_the_container_has_no_capability_and_may_start_nothing() -> None:
    fake = FakeWindows()
    finish(fake, start(fake))
    sid, capabilities, number, _ = struct.unpack(
        "=QQII", fake.attributes[c.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES]
    )
    assert sid and not capabilities and number == 0
    assert fake.arguments("CreateAppContainerProfile")[3:5] == (None, 0)
    assert fake.attributes[c.PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY] == struct.pack("=I", 1)
    policy = struct.unpack("=Q", fake.attributes[c.PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY])[0]
    assert policy & c.PROCESS_CREATION_MITIGATION_POLICY_EXTENSION_POINT_DISABLE_ALWAYS_ON
    assert policy & c.PROCESS_CREATION_MITIGATION_POLICY_IMAGE_LOAD_NO_REMOTE_ALWAYS_ON


def test_the_job_ends_with_its_parent_and_keeps_the_limits() -> None:
    fake = FakeWindows()
    finish(fake, start(fake))
    limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION.from_buffer_copy(fake.job[c.JobObjectExtendedLimitInformation])
    basic = limits.BasicLimitInformation
    assert basic.LimitFlags == 0x2000 | 0x400 | 0x100 | 0x8 | 0x2
    assert (basic.ActiveProcessLimit, limits.ProcessMemoryLimit) == (1, 512 * 1024 * 1024)
    assert basic.PerProcessUserTimeLimit == 30_000_000
    assert struct.unpack("=I", fake.job[c.JobObjectBasicUIRestrictions]) == (0xFF,)


def test_the_desktop_is_for_this_container_alone() -> None:
    fake = FakeWindows()
    finish(fake, start(fake))
    texts = [arguments[0] for name, arguments in fake.calls if name.startswith("ConvertStringSecurity")]
    assert texts == [f"D:P(A;;GA;;;{USER_SID})(A;;GA;;;SY)(A;;GRGWGX;;;{CONTAINER_SID})S:(ML;;NW;;;LW)"]
    assert fake.arguments("CreateProcessW")[8].StartupInfo.lpDesktop == fake.arguments("CreateDesktopW")[0]


def test_nothing_of_our_environment_reaches_the_child() -> None:
    fake = FakeWindows()
    finish(fake, start(fake))
    block = fake.arguments("CreateProcessW")[6].raw.decode("utf-16-le", "replace")
    assert "hidden" not in block and block.startswith("SystemRoot=C:\\Windows\0\0")


def test_every_jail_has_a_container_of_its_own() -> None:
    fake = FakeWindows()
    first, second = start(fake), start(fake)
    names = {arguments[0] for name, arguments in fake.calls if name == "CreateAppContainerProfile"}
    assert len(names) == 2 and all(len(name) <= 64 and str(os.getpid()) in name for name in names)
    finish(fake, first)
    finish(fake, second)
    assert fake.leaked() == []


def test_an_ended_process_leaves_nothing_open() -> None:
    fake = FakeWindows()
    started = start(fake)
    assert "profile" in fake.leaked() and "job" in fake.leaked() and "thread" not in fake.leaked()
    with pytest.raises(subprocess.TimeoutExpired):
        started.process.wait(0.01)
    assert started.process.poll() is None
    assert finish(fake, started, 7) == 7
    started.process.kill()  # ended already: no error, no call
    assert "TerminateProcess" not in fake.names
    assert fake.leaked() == []


@pytest.mark.parametrize(("code", "status"), [(0xC0000005, -11), (1816, -24), (0xC0000409, -6), (81, 81)])
def test_endings_are_told_as_elsewhere(code: int, status: int) -> None:
    fake = FakeWindows()
    assert finish(fake, start(fake), code) == status


def _calls_of_a_start() -> list[str]:
    fake = FakeWindows()
    started = start(fake)
    names = list(fake.names)
    finish(fake, started)
    return names


CALLS = _calls_of_a_start()
CAN_FAIL = [number for number, name in enumerate(CALLS) if SIGNATURES[name].failed is not _never]


@pytest.mark.parametrize("number", CAN_FAIL, ids=lambda number: f"{number}-{CALLS[number]}")
def test_whichever_call_fails_nothing_stays_open_and_the_refusal_says_why(number: int) -> None:
    fake, before = FakeWindows(fail_at=number), len(os.listdir("/proc/self/fd"))
    with pytest.raises(JailRefused) as refused:
        start(fake)
    assert fake.failed == CALLS[number]
    assert any(repr(layer) in refused.value.sentence for layer in (*FIXES, STARTING))
    assert re.search(rf"{fake.failed} failed with error (5|0x80070005)\b", refused.value.sentence)
    assert refused.value.advice
    assert fake.leaked() == []
    assert len(os.listdir("/proc/self/fd")) == before
    if "CreateProcessW" in fake.names and fake.failed != "CreateProcessW":
        made = fake.arguments("CreateProcessW")[-1]
        assert ("TerminateProcess", (made.hProcess, 1)) in fake.calls


def test_the_attribute_list_is_freed_also_when_the_process_can_not_be_made() -> None:
    fake = FakeWindows(fail_at=CALLS.index("CreateProcessW"))
    with pytest.raises(JailRefused, match="'process'"):
        start(fake)
    assert "DeleteProcThreadAttributeList" in fake.names and "ResumeThread" not in fake.names


def test_standard_error_is_kept_and_never_more_than_the_limit() -> None:
    fake = FakeWindows()
    started = start(fake)
    # The fake's descriptors are files: what the child "wrote" is put where the parent reads.
    pipe = started.process._collect.__self__.pipe  # type: ignore[attr-defined]
    os.write(pipe.descriptor, b"x" * (STDERR_LIMIT + 1000))
    os.lseek(pipe.descriptor, 0, os.SEEK_SET)
    fake.waiting = STDERR_LIMIT + 1000
    for _ in range(3):
        started.process.poll()
    assert os.fstat(started.stderr).st_size == STDERR_LIMIT
    finish(fake, started)


def test_a_folder_is_opened_once_and_never_without_a_list() -> None:
    fake, inherited = FakeWindows(), c.SUB_CONTAINERS_AND_OBJECTS_INHERIT
    assert container.open_to_containers(fake.library, "C:\\Python")
    entry = fake.arguments("SetEntriesInAclW")[1]
    assert (entry.grfAccessPermissions, entry.grfInheritance) == (0x1200A9, 3)
    for enough in (
        [(inherited, 0x1200A9, ANY_PACKAGE)],
        [(0, 0x1200A9, ANY_PACKAGE), (inherited | c.INHERIT_ONLY_ACE, 0xA0000000, ANY_PACKAGE)],
        None,
    ):
        fake.acl = enough
        assert not container.open_to_containers(fake.library, "C:\\Python")
    for too_little in (
        [(inherited, 0x1200A9, b"S-somebody")],
        [(inherited, 0x120089, ANY_PACKAGE)],
        [(0, 0x1200A9, ANY_PACKAGE)],
        [(inherited | c.INHERIT_ONLY_ACE, 0x1200A9, ANY_PACKAGE)],
    ):
        fake.acl = too_little
        assert container.open_to_containers(fake.library, "C:\\Python")
    assert fake.leaked() == []


def test_profiles_of_dead_processes_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    dead, living = f"{container.prefix()}999999.ab".lower(), f"{container.prefix()}{os.getpid()}.ab".lower()
    for name in (dead, living, "Microsoft.Somebody.12.x", "preceptor.other.999999.ab"):
        (tmp_path / "Packages" / name).mkdir(parents=True)
    fake = FakeWindows()
    container.sweep(fake.library)
    assert [arguments for name, arguments in fake.calls if name == "DeleteAppContainerProfile"] == [(dead,)]
    assert fake.leaked() == []


def test_a_store_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys._base_executable", "C:\\Program Files\\WindowsApps\\python.exe")
    fake = FakeWindows()
    with pytest.raises(JailRefused, match="Store") as refused:
        start(fake)
    assert refused.value.advice
    assert fake.leaked() == []
