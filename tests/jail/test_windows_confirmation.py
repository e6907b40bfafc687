"""A Windows jail believes only what the kernel says of it; any other answer is a layer that does not hold."""

from __future__ import annotations

import ctypes
import os
from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from fake_windows import CONTAINER_SID, FakeWindows

from sandbox.errors import LimitReached
from sandbox.jail.attacks import ATTACKS
from sandbox.jail.profile import Limits, Role
from sandbox.jail.windows import backend, bystanders, constants, job, probes, section, token
from sandbox.jail.windows.api import SIGNATURES, CallFailed, library
from sandbox.running import handing_over
from sandbox.running.handing_over import SectionSlot
from sandbox.running.memory import MemoryFiles

C = constants
LIMITS = Limits(memory_mb=512, cpu_seconds=3)


class Inside(FakeWindows):
    """What a process sees that stands behind every wall; a test takes one away."""

    def __init__(self) -> None:
        super().__init__()
        self.in_container, self.capabilities, self.in_job = 1, 0, 1
        self.desktop, self.policy = "preceptor-0123", 0b111
        self.job[C.JobObjectExtendedLimitInformation] = bytes(job.wanted(LIMITS))
        self.job[C.JobObjectBasicUIRestrictions] = b"\xff\0\0\0"
        self._sid = ctypes.create_unicode_buffer(CONTAINER_SID)

    def _on_GetTokenInformation(self, token: int, kind: int, buffer: Any, *rest: Any) -> int:
        into, word = ctypes.addressof(buffer), {C.TokenIsAppContainer: self.in_container}
        value = ctypes.c_uint64(word.get(kind, self.capabilities))
        if kind == C.TokenAppContainerSid:
            value = ctypes.c_uint64(ctypes.addressof(self._sid))
        ctypes.memmove(into, ctypes.byref(value), 8)
        return 1

    def _on_IsProcessInJob(self, process: int, job: None, into: Any) -> int:
        into.value = self.in_job
        return 1

    def _on_GetUserObjectInformationW(self, desktop: int, what: int, buffer: Any, *rest: Any) -> int:
        buffer.value = f"{self.desktop}\0".encode("utf-16-le")
        return 1

    def _on_GetProcessMitigationPolicy(self, process: int, policy: int, into: Any, size: int) -> int:
        assert size == 4
        into.value = self.policy
        return 1


def confirm(windows: FakeWindows) -> tuple[dict[str, str], dict[str, Any]]:
    pipes = (windows._new("pipe"), windows._new("pipe"))
    order = {
        "read": pipes[0],
        "write": pipes[1],
        "inherited": [0x9990],
        "limits": {"memory_mb": 512, "cpu_seconds": 3, "files": 256, "file_size": 0},
    }
    return backend.confirm(windows.library, order), order


@pytest.fixture
def inside() -> Iterator[Inside]:
    windows = Inside()
    yield windows
    for _, fd in windows._descriptors.values():
        os.close(fd)


def test_behind_every_wall_every_mandatory_layer_holds(inside: Inside) -> None:
    layers, order = confirm(inside)
    assert set(layers) == set(backend.FIXES)
    assert all(state.startswith(("on", "none held")) for state in layers.values()), layers
    assert layers["appcontainer"] == f"on: {CONTAINER_SID}"
    assert "512 MB" in layers["job"] and "3 s" in layers["job"]
    assert order["inherited"] == [0x9990]
    assert {order["read"], order["write"]} == {fd for _, fd in inside._descriptors.values()}


TAKEN_AWAY = {
    "appcontainer": ("in_container", 0, "no AppContainer"),
    "capabilities": ("capabilities", 2, "2 capabilities"),
    "desktop": ("desktop", "Default", "desktop of the user"),
    "mitigations": ("policy", 0b110, "does not hold"),
    "job": ("in_job", 0, "no job"),
}


@pytest.mark.parametrize("layer", sorted(TAKEN_AWAY))
def test_a_wall_that_is_not_there_is_seen(layer: str, inside: Inside) -> None:
    name, value, cause = TAKEN_AWAY[layer]
    setattr(inside, name, value)
    layers, _ = confirm(inside)
    assert cause in layers[layer]
    assert not layers[layer].startswith(("on", "none held"))


@pytest.mark.parametrize(
    "other", [Limits(memory_mb=1024, cpu_seconds=3), Limits(memory_mb=512), Limits(memory_mb=512, cpu_seconds=4)]
)
def test_a_job_with_other_limits_is_not_ours(other: Limits, inside: Inside) -> None:
    inside.job[C.JobObjectExtendedLimitInformation] = bytes(job.wanted(other))
    assert "other limits" in confirm(inside)[0]["job"]


@pytest.mark.parametrize("bit", range(8))
def test_a_job_that_leaves_a_part_of_the_screen_open_is_seen(bit: int, inside: Inside) -> None:
    inside.job[C.JobObjectBasicUIRestrictions] = bytes([0xFF & ~(1 << bit), 0, 0, 0])
    assert "leaves parts of the screen open" in confirm(inside)[0]["screen"]


def test_the_agent_loses_new_code_for_good(inside: Inside) -> None:
    assert token.no_new_code(inside.library).startswith("on")
    policies = [arguments[0] for name, arguments in inside.calls if name == "SetProcessMitigationPolicy"]
    assert policies == [C.ProcessDynamicCodePolicy, C.ProcessSignaturePolicy]
    refusing = FakeWindows(fail_at=1)
    with pytest.raises(CallFailed, match="SetProcessMitigationPolicy failed with error 5"):
        token.no_new_code(refusing.library)


def test_a_section_is_written_here_and_can_only_be_read_there() -> None:
    fake = FakeWindows()
    with section.Section(fake.library, 5 * 1024) as made:
        made.append(memoryview(b"rows"))
        made.append(memoryview(b"more"))
        (view,) = fake.committed
        assert ctypes.string_at(view, 9) == b"rowsmore\0"
        assert fake.arguments("DuplicateHandle")[4:] == (C.FILE_MAP_READ, 1, 0)  # read only, inheritable
        assert [arguments[0] for name, arguments in fake.calls if name.startswith("ConvertString")] == ["D:P"]
        assert fake.arguments("CreateFileMappingW")[5] is None
        view = section.mapped(fake.library, made.handle, 16)
        assert fake.arguments("MapViewOfFile")[1] == C.FILE_MAP_READ
        assert view.readonly and len(view) == 16
        with pytest.raises(TypeError):
            view[0] = 1
    assert fake.leaked() == ["view"]  # the child's, for its life


def test_a_section_over_four_gigabytes_says_so_in_two_words() -> None:
    fake = FakeWindows(fail_at=1)
    with pytest.raises(CallFailed, match="CreateFileMappingW"):
        section.Section(fake.library, (3 << 32) + 7)
    assert fake.arguments("CreateFileMappingW")[3:5] == (3, 7)
    with pytest.raises(ValueError, match="at least one"):
        section.Section(fake.library, 0)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 5])  # the fifth only names this process
def test_a_section_that_can_not_be_made_leaves_nothing(number: int) -> None:
    fake = FakeWindows(fail_at=number)
    with pytest.raises(CallFailed):
        section.Section(fake.library, 4096)
    assert fake.leaked() == []


def test_a_section_is_reserved_and_memory_comes_only_with_what_is_written() -> None:
    fake, step = FakeWindows(), 1024 * 1024
    with section.Section(fake.library, 3 * step + 5) as made:
        assert fake.arguments("CreateFileMappingW")[2] == C.PAGE_READWRITE | C.SEC_RESERVE
        assert "VirtualAlloc" not in fake.names
        committed = []
        for size in (1, step - 1, 1, step, step + 4):
            made.append(memoryview(b"x" * size))
            committed += fake.committed.values()
        assert committed == [step, step, 2 * step, 3 * step, 3 * step + 5]
        assert fake.names.count("VirtualAlloc") == 4
        assert made.room == 0
        with pytest.raises(ValueError, match="than it can hold"):
            made.append(memoryview(b"x"))
    assert fake.leaked() == []


def test_a_section_is_lent_to_one_child_that_writes_it_in_our_place() -> None:
    fake = FakeWindows()
    with section.Section(fake.library, 4096) as made:
        lent = made.lend()
        assert fake.arguments("DuplicateHandle")[4:] == (C.FILE_MAP_READ | C.FILE_MAP_WRITE, 1, 0)
        assert lent != made.handle
    assert fake.leaked() == []
    child = FakeWindows()
    handle = child._new("section")
    with section.Section.taken_over(child.library, handle, 4096) as taken:
        assert child.arguments("MapViewOfFile") == (handle, C.FILE_MAP_WRITE, 0, 0, 4096)
        taken.append(memoryview(b"rows"))
        assert ctypes.string_at(next(iter(child.committed)), 5) == b"rows\0"
        assert taken.room == 4092
    assert child.leaked() == []


def test_a_lent_section_that_can_not_be_mapped_is_closed() -> None:
    child = FakeWindows(fail_at=0)
    with pytest.raises(CallFailed, match="MapViewOfFile"):
        section.Section.taken_over(child.library, child._new("section"), 4096)
    assert child.leaked() == []


def test_a_slot_is_lent_and_taken_over_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeWindows()
    monkeypatch.setattr("sandbox.jail.windows.api.library", lambda: fake.library)
    monkeypatch.setattr(handing_over, "SECTION_BYTES", 4096)
    lent = MemoryFiles.make(2, handing_over.Sections(4096))
    handles = lent.lend()
    assert set(handles).isdisjoint(lent.readable) and len(set(handles)) == 2
    taken = MemoryFiles.taken_over("section", (fake._new("section"), fake._new("section")))
    sink = taken.sink(8192)
    sink.write(bytes(4000))
    assert (
        taken.way == "section" and taken.readable == () and sink.finish().size == 0
    )  # so little goes through the pipe
    taken.close()
    lent.close()
    assert fake.leaked() == []


def test_bytes_of_wider_elements_are_all_written() -> None:
    fake = FakeWindows()
    with section.Section(fake.library, 64) as made:
        made.append(memoryview(array("Q", [1, 2])))
        assert made.room == 64 - 16


@pytest.fixture
def slot(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeWindows, SectionSlot]]:
    fake = FakeWindows()
    monkeypatch.setattr("sandbox.jail.windows.api.library", lambda: fake.library)
    made = SectionSlot(4096)
    yield fake, made
    made.close()
    assert fake.leaked() == []


@pytest.mark.parametrize("code", C.MEMORY_IS_SHORT)
def test_a_computer_that_has_no_memory_left_ends_the_query_with_a_sentence(
    code: int, slot: tuple[FakeWindows, SectionSlot]
) -> None:
    fake, made = slot
    fake.fail_next(code)
    with pytest.raises(LimitReached, match="no room left for the rows"):
        made.write(memoryview(b"rows"))
    made.write(memoryview(b"rows"))
    assert ctypes.string_at(next(iter(fake.committed)), 5) == b"rows\0"


def test_another_failure_of_windows_is_no_want_of_memory(slot: tuple[FakeWindows, SectionSlot]) -> None:
    fake, made = slot
    fake.fail_next(C.ERROR_ACCESS_DENIED)
    with pytest.raises(CallFailed, match="VirtualAlloc failed with error 5"):
        made.write(memoryview(b"rows"))


def test_what_is_finished_or_full_is_not_written(slot: tuple[FakeWindows, SectionSlot]) -> None:
    _, made = slot
    with pytest.raises(LimitReached):
        made.write(memoryview(bytes(4097)))
    made.write(memoryview(bytes(4095)))
    made.finish()
    with pytest.raises(LimitReached):
        made.write(memoryview(b"x"))


class Targets:
    abstract, pid = "preceptor-name", os.getpid()


@pytest.mark.parametrize("name", sorted(set(probes.PROBES) - {"start_shell"}))
def test_a_probe_works_where_windows_allows_and_fails_where_it_refuses(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowing = FakeWindows()
    monkeypatch.setattr(probes, "library", lambda: allowing.library)
    probes.PROBES[name](Targets)  # type: ignore[arg-type]
    assert allowing.leaked() == []
    decisive = next(
        number
        for number, (called, _) in enumerate(allowing.calls)
        if called in ("OpenEventW", "CreateFileW", "RegOpenKeyExW", "OpenProcess", "GetClipboardData")
        or called in ("OpenInputDesktop", "CreateDesktopW")
    )
    refusing = FakeWindows(fail_at=decisive)
    monkeypatch.setattr(probes, "library", lambda: refusing.library)
    with pytest.raises(CallFailed, match="failed with error 5"):
        probes.PROBES[name](Targets)  # type: ignore[arg-type]
    assert refusing.leaked() == []


def test_the_things_that_probes_reach_for_are_made_and_gone() -> None:
    fake = FakeWindows()
    with bystanders.bystanders(fake.library, "preceptor-name"):
        named = [arguments[-1] if called == "CreateEventW" else arguments[0] for called, arguments in fake.calls[:2]]
        assert named == ["preceptor-name", "\\\\.\\pipe\\preceptor-name"]
        assert fake.arguments("RegCreateKeyExW")[1] == "Software\\preceptor-name"
    assert fake.names.count("CreateNamedPipeW") > len(Role) + 1  # one for each try
    assert fake.leaked() == []
    assert fake.names[-19:-16] == ["RegCloseKey", "RegDeleteKeyW", "CloseHandle"]


def test_no_real_function_is_called_on_another_system() -> None:
    with pytest.raises(OSError, match="no Windows functions"):
        library()


def test_only_declared_functions_can_be_called() -> None:
    assert "VirtualProtect" not in SIGNATURES
    with pytest.raises(KeyError):
        FakeWindows().library.call("VirtualProtect")


def test_the_back_end_says_that_it_was_never_tried() -> None:
    assert backend.VERIFIED is False
    assert all(backend.FIXES.values())
    assert not set(backend.MORE_PROBES) & set(ATTACKS)
    assert set(backend.PROBES or ()) <= set(ATTACKS)
    assert set(backend.MORE_PROBES) > probes.MAY_BE_ABSENT
