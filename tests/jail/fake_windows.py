"""A Windows of our own under the real table of functions: it records calls, hands out handles and counts them.

    fake = FakeWindows()
    starting.start(fake.library, order, launcher, ())
    fake.names                      # the calls in their order
    fake.leaked()                   # what was opened and not closed

`fail_at` makes the n-th call fail in the way that its signature declares. A second close, a close of something
unknown, and arguments that ctypes would not take are failures of the test.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from itertools import count
from typing import Any

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import RESULT_IS_ERROR, SIGNATURES, Library
from sandbox.jail.windows.structures import ACCESS_ALLOWED_ACE, ACL, TOKEN_USER

ACCESS_DENIED = 5
ANY_PACKAGE = b"S-any-package"
CONTAINER_SID, USER_SID = "S-1-15-2-1-2-3", "S-1-5-21-7"
_CLOSES = {"CloseHandle", "CloseDesktop", "LocalFree", "FreeSid", "DeleteProcThreadAttributeList", "UnmapViewOfFile"}


class FakeFunction:
    """One function of a DLL, as ctypes gives it: it takes its declaration and checks arguments against it."""

    def __init__(self, windows: FakeWindows, name: str) -> None:
        self.restype: Any = None
        self.argtypes: list[Any] = []
        self._windows, self._name = windows, name

    def __call__(self, *arguments: Any) -> int | None:
        assert len(arguments) == len(self.argtypes), self._name
        for kind, argument in zip(self.argtypes, arguments, strict=True):
            assert isinstance(argument, kind) or kind.from_param(argument) is not None or argument is None
        return self._windows.called(self._name, tuple(getattr(one, "_obj", one) for one in arguments))


class FakeWindows:
    def __init__(self, *, fail_at: int = -1) -> None:
        self.names: list[str] = []
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.attributes: dict[int, bytes] = {}
        self.acl: list[tuple[int, int, bytes]] | None = []
        self.exit_code: int | None = None
        self.waiting = 0
        self.failed = ""
        self.job: dict[int, bytes] = {}
        self.committed: dict[int, int] = {}  # how much of the view at an address has memory
        self._fail_at, self._refused_with = fail_at, ACCESS_DENIED
        self._error = 0
        self._numbers = count(0x100, 4)
        self._open: dict[int, str] = {}
        self._memory: dict[int, Any] = {}
        self._descriptors: dict[int, tuple[int, int]] = {}
        self.library = Library(lambda dll: self, lambda: self._error, lambda code: "", self._descriptor, self._handle)

    def __getattr__(self, name: str) -> FakeFunction:
        return FakeFunction(self, name)

    def arguments(self, name: str) -> tuple[Any, ...]:
        """Of the last call of that name."""
        return next(arguments for called, arguments in reversed(self.calls) if called == name)

    def fail_next(self, error: int) -> None:
        """The next call fails, with this error."""
        self._fail_at, self._refused_with = len(self.names), error

    def leaked(self) -> list[str]:
        """Kinds of what is open; a handle that a descriptor owns is open as long as the descriptor is."""
        owned = {handle for handle, fd in self._descriptors.values() if not _is(fd, self._descriptors)}
        return sorted(kind for value, kind in self._open.items() if value not in owned)

    def called(self, name: str, arguments: tuple[Any, ...]) -> int | None:
        number = len(self.names)
        self.names.append(name)
        self.calls.append((name, arguments))
        if name in _CLOSES:
            self._close(_number(arguments[0]), name)
        if number == self._fail_at:
            self.failed = name
            return self._refusal(name)
        behaviour: Callable[..., int | None] | None = getattr(type(self), f"_on_{name}", None)
        if behaviour is not None:
            return behaviour(self, *arguments)
        return 0 if SIGNATURES[name].failed in RESULT_IS_ERROR else 1

    def _refusal(self, name: str) -> int:
        """A value that the signature takes for a failure."""
        self._error = self._refused_with
        failed = SIGNATURES[name].failed
        return next(value for value in (0, ACCESS_DENIED, -0x7FF8FFFB, 0xFFFFFFFF, (1 << 64) - 1) if failed(value))

    def _new(self, kind: str, into: Any = None) -> int:
        value = next(self._numbers)
        self._open[value] = kind
        if into is not None:
            into.value = value
        return value

    def _address(self, kind: str, memory: Any) -> int:
        address = ctypes.addressof(memory)
        self._open[address], self._memory[address] = kind, memory
        return address

    def _close(self, value: int, how: str) -> None:
        assert value in self._open, f"{how} of {value:#x}, which is not open"
        assert value not in {h for h, _ in self._descriptors.values()}, f"{how} of what a descriptor owns"
        del self._open[value]

    def _descriptor(self, handle: int, flags: int) -> int:
        assert handle in self._open
        fd = os.memfd_create("handle")
        self._descriptors[os.fstat(fd).st_ino] = (handle, fd)
        return fd

    def _handle(self, fd: int) -> int:
        """A handle that the descriptor owns."""
        handle = next(self._numbers)
        self._open[handle] = "file"
        self._descriptors[os.fstat(fd).st_ino] = (handle, fd)
        return handle

    # What the functions do that do more than succeed.
    def _on_CreateAppContainerProfile(self, name: str, *rest: Any) -> int:
        self._open[hash(name)] = "profile"
        rest[-1].value = self._address("sid", ctypes.create_unicode_buffer(CONTAINER_SID))
        return 0

    def _on_DeleteAppContainerProfile(self, name: str) -> int:
        self._open.pop(hash(name), None)
        return 0

    def _on_FreeSid(self, sid: Any) -> int:
        return 0

    def _on_CreateDesktopW(self, *rest: Any) -> int:
        return self._new("desktop")

    def _on_CreateJobObjectW(self, *rest: Any) -> int:
        return self._new("job")

    def _on_CreateFileW(self, *rest: Any) -> int:
        return self._new("file")

    def _on_CreateEventW(self, *rest: Any) -> int:
        return self._new("event")

    def _on_OpenEventW(self, *rest: Any) -> int:
        return self._new("event")

    def _on_CreateNamedPipeW(self, *rest: Any) -> int:
        return self._new("pipe")

    def _on_OpenInputDesktop(self, *rest: Any) -> int:
        return self._new("desktop")

    def _on_CreateFileMappingW(self, *rest: Any) -> int:
        return self._new("section")

    def _on_OpenProcess(self, access: int, inherit: int, pid: int) -> int:
        if pid != os.getpid():
            self._error = c.ERROR_INVALID_PARAMETER
            return 0
        return self._new("process")

    def _on_CreatePipe(self, read: Any, write: Any, *rest: Any) -> int:
        self._new("pipe", read)
        self._new("pipe", write)
        return 1

    def _on_DuplicateHandle(self, source: int, handle: int, target: int, into: Any, *rest: Any) -> int:
        assert handle in self._open
        self._new(f"duplicate of {self._open[handle]}", into)
        return 1

    def _on_OpenProcessToken(self, process: int, access: int, into: Any) -> int:
        self._new("token", into)
        return 1

    def _on_GetTokenInformation(self, token: int, kind: int, buffer: Any, *rest: Any) -> int:
        if kind == c.TokenUser:
            self._memory[0] = ctypes.create_unicode_buffer(USER_SID)
            TOKEN_USER.from_buffer(buffer).User.Sid = ctypes.addressof(self._memory[0])
        return 1

    def _on_ConvertSidToStringSidW(self, sid: int, into: Any) -> int:
        into.value = self._address("text", ctypes.create_unicode_buffer(ctypes.wstring_at(sid)))
        return 1

    def _on_ConvertStringSecurityDescriptorToSecurityDescriptorW(self, text: str, *rest: Any) -> int:
        rest[1].value = self._address("descriptor", ctypes.create_unicode_buffer(text))
        return 1

    def _on_CreateWellKnownSid(self, kind: int, domain: None, sid: Any, size: Any) -> int:
        sid.value = ANY_PACKAGE
        return 1

    def _on_GetNamedSecurityInfoW(self, *rest: Any) -> int:
        rest[7].value = self._address("descriptor", ctypes.create_string_buffer(64))
        if self.acl is not None:
            self._memory[1] = ACL(AceCount=len(self.acl))
            rest[5].value = ctypes.addressof(self._memory[1])
        return 0

    def _on_GetAce(self, acl: int, index: int, into: Any) -> int:
        flags, mask, sid = (self.acl or [])[index]
        self._memory[2] = ctypes.create_string_buffer(128)
        ace = ACCESS_ALLOWED_ACE.from_buffer(self._memory[2])
        ace.Header.AceFlags, ace.Mask = flags, mask
        ctypes.memmove(ctypes.addressof(ace) + ACCESS_ALLOWED_ACE.SidStart.offset, sid, len(sid))
        into.value = ctypes.addressof(ace)
        return 1

    def _on_EqualSid(self, one: int, other: int) -> int:
        return int(ctypes.string_at(one) == ctypes.string_at(other))

    def _on_SetEntriesInAclW(self, number: int, entries: Any, old: Any, into: Any) -> int:
        into.value = self._address("list", ctypes.create_string_buffer(64))
        return 0

    def _on_InitializeProcThreadAttributeList(self, room: Any, number: int, flags: int, size: Any) -> int:
        if room is None:
            self._error, size.value = c.ERROR_INSUFFICIENT_BUFFER, 96
            return 0
        self._open[ctypes.addressof(room)] = "attributes"
        return 1

    def _on_UpdateProcThreadAttribute(self, room: Any, flags: int, which: int, value: Any, *rest: Any) -> int:
        assert rest[0] == ctypes.sizeof(value)
        self.attributes[which] = bytes(value)
        return 1

    def _on_CreateProcessW(self, *rest: Any) -> int:
        made = rest[-1]
        made.hProcess, made.hThread, made.dwProcessId = self._new("process"), self._new("thread"), 4321
        return 1

    def _on_SetInformationJobObject(self, job: int, kind: int, value: Any, size: int) -> int:
        self.job[kind] = bytes(value)
        return 1

    def _on_QueryInformationJobObject(self, job: None, kind: int, into: Any, *rest: Any) -> int:
        ctypes.memmove(ctypes.addressof(into), self.job[kind], len(self.job[kind]))
        return 1

    def _on_IsProcessInJob(self, process: int, job: None, into: Any) -> int:
        into.value = bool(self.job)
        return 1

    def _on_MapViewOfFile(self, handle: int, access: int, high: int, low: int, size: int) -> int:
        return self._address("view", ctypes.create_string_buffer(size))

    def _on_VirtualAlloc(self, start: int, size: int, kind: int, protection: int) -> int:
        """Commits part of a view, which nobody may have written to before; where it ends goes into `committed`."""
        assert (kind, protection) == (c.MEM_COMMIT, c.PAGE_READWRITE)
        views = [at for at, of in self._open.items() if of == "view" and at <= start]
        view = max(views)
        assert start + size <= view + len(self._memory[view])
        assert not any(ctypes.string_at(start, size)), "written to before there was memory"
        assert start == view + self.committed.get(view, 0), "a gap is left"
        self.committed[view] = start + size - view
        return start

    def _on_PeekNamedPipe(self, handle: int, *rest: Any) -> int:
        rest[3].value = self.waiting
        return 1

    def _on_WaitForSingleObject(self, handle: int, milliseconds: int) -> int:
        return c.WAIT_TIMEOUT if self.exit_code is None else c.WAIT_OBJECT_0

    def _on_GetExitCodeProcess(self, handle: int, into: Any) -> int:
        into.value = self.exit_code
        return 1


def _number(value: Any) -> int:
    if isinstance(value, int):
        return value
    return int(value.value) if isinstance(value, ctypes.c_void_p) else ctypes.addressof(value)


def _is(fd: int, inodes: dict[int, tuple[int, int]]) -> bool:
    """Whether the descriptor is still the one that was handed out: its number may be another file's by now."""
    try:
        inode = os.fstat(fd).st_ino
    except OSError:
        return False
    return inode in inodes and inodes[inode][1] == fd
