"""Every function of Windows that the jail calls: where it is, what it takes and gives, and how it says no.

    windows = library()
    windows.call("CloseHandle", handle)          # CallFailed with the function, the code and Windows' own words

ctypes truncates pointers of functions that were not declared, so nothing can be called that is not in the table.
Importing this needs no Windows; `library()` does. A test compares the table with the mingw-w64 headers.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from sandbox.jail.windows.structures import BOOL, DWORD, ENUM, HANDLE, POINTER, SIZE_T, TEXT

_LOAD_LIBRARY_SEARCH_SYSTEM32 = 0x800
_INVALID_HANDLE = (1 << 64) - 1
_FROM_WIN32 = 0x8007  # the upper half of an HRESULT that wraps an error of Windows
_ERRNO = {2: errno.ENOENT, 3: errno.ENOENT, 5: errno.EACCES, 8: errno.ENOMEM, 87: errno.EINVAL, 183: errno.EEXIST}

LONG = ctypes.c_int32
HKEY = ctypes.c_void_p


class CallFailed(OSError):
    """A function of Windows said no. The text names it, the code and, on Windows, what the code means."""

    def __init__(self, function: str, code: int, meaning: str) -> None:
        shown = code if code <= 0xFFFF else f"{code:#x}"
        kind = _ERRNO.get(code & 0xFFFF if code >> 16 == _FROM_WIN32 else code, errno.EIO)
        super().__init__(kind, f"{function} failed with error {shown}{meaning}")
        self.function = function
        self.code = code


Failed = Callable[[int], bool]


def _zero(result: int) -> bool:
    return result == 0


def _nonzero(result: int) -> bool:
    return result != 0


def _negative(result: int) -> bool:
    return result < 0


def _all_ones(result: int) -> bool:
    return result == 0xFFFFFFFF


def _invalid_handle(result: int) -> bool:
    return result == _INVALID_HANDLE


def _never(result: int) -> bool:
    return False


# Where the result is the error itself there is no GetLastError.
RESULT_IS_ERROR = (_nonzero, _negative)


@dataclass(frozen=True)
class Signature:
    """One function. `result` None is void."""

    dll: str
    name: str
    result: Any
    parameters: tuple[Any, ...]
    failed: Failed = _zero


def _in(dll: str, *functions: tuple[Any, ...]) -> tuple[Signature, ...]:
    return tuple(Signature(dll, *function) for function in functions)


SIGNATURES: dict[str, Signature] = {
    signature.name: signature
    for signature in (
        *_in(
            "kernel32",
            ("AssignProcessToJobObject", BOOL, (HANDLE, HANDLE)),
            ("CloseHandle", BOOL, (HANDLE,)),
            ("CreateEventW", HANDLE, (POINTER, BOOL, BOOL, TEXT)),
            ("CreateFileMappingW", HANDLE, (HANDLE, POINTER, DWORD, DWORD, DWORD, TEXT)),
            ("CreateFileW", HANDLE, (TEXT, DWORD, DWORD, POINTER, DWORD, DWORD, HANDLE), _invalid_handle),
            ("CreateJobObjectW", HANDLE, (POINTER, TEXT)),
            ("CreateNamedPipeW", HANDLE, (TEXT, *(DWORD,) * 6, POINTER), _invalid_handle),
            ("CreatePipe", BOOL, (POINTER, POINTER, POINTER, DWORD)),
            (
                "CreateProcessW",
                BOOL,
                (TEXT, POINTER, POINTER, POINTER, BOOL, DWORD, POINTER, TEXT, POINTER, POINTER),
            ),
            ("DeleteProcThreadAttributeList", None, (POINTER,), _never),
            ("DuplicateHandle", BOOL, (HANDLE, HANDLE, HANDLE, POINTER, DWORD, BOOL, DWORD)),
            ("GetCurrentProcess", HANDLE, (), _never),
            ("GetCurrentThreadId", DWORD, (), _never),
            # No error: "unknown" is an answer.
            ("GetDriveTypeW", DWORD, (TEXT,), _never),
            ("GetExitCodeProcess", BOOL, (HANDLE, POINTER)),
            ("GetProcessMitigationPolicy", BOOL, (HANDLE, ENUM, POINTER, SIZE_T)),
            ("GetTickCount64", ctypes.c_uint64, (), _never),
            ("InitializeProcThreadAttributeList", BOOL, (POINTER, DWORD, DWORD, POINTER)),
            ("IsProcessInJob", BOOL, (HANDLE, HANDLE, POINTER)),
            # Returns its argument when it fails, NULL when it worked.
            ("LocalFree", HANDLE, (HANDLE,), _nonzero),
            ("MapViewOfFile", POINTER, (HANDLE, DWORD, DWORD, DWORD, SIZE_T)),
            ("OpenEventW", HANDLE, (DWORD, BOOL, TEXT)),
            ("OpenProcess", HANDLE, (DWORD, BOOL, DWORD)),
            ("PeekNamedPipe", BOOL, (HANDLE, POINTER, DWORD, POINTER, POINTER, POINTER)),
            ("QueryInformationJobObject", BOOL, (HANDLE, ENUM, POINTER, DWORD, POINTER)),
            ("ResumeThread", DWORD, (HANDLE,), _all_ones),
            ("SetInformationJobObject", BOOL, (HANDLE, ENUM, POINTER, DWORD)),
            ("SetNamedPipeHandleState", BOOL, (HANDLE, POINTER, POINTER, POINTER)),
            ("SetProcessMitigationPolicy", BOOL, (ENUM, POINTER, SIZE_T)),
            ("TerminateProcess", BOOL, (HANDLE, ctypes.c_uint32)),
            ("UnmapViewOfFile", BOOL, (POINTER,)),
            ("UpdateProcThreadAttribute", BOOL, (POINTER, DWORD, SIZE_T, POINTER, SIZE_T, POINTER, POINTER)),
            ("VirtualAlloc", POINTER, (POINTER, SIZE_T, DWORD, DWORD)),
            ("WaitForSingleObject", DWORD, (HANDLE, DWORD), _all_ones),
        ),
        *_in(
            "advapi32",
            ("ConvertSidToStringSidW", BOOL, (POINTER, POINTER)),
            ("ConvertStringSecurityDescriptorToSecurityDescriptorW", BOOL, (TEXT, DWORD, POINTER, POINTER)),
            ("ConvertStringSidToSidW", BOOL, (TEXT, POINTER)),
            ("CreateWellKnownSid", BOOL, (ENUM, POINTER, POINTER, POINTER)),
            # No error: "not equal" is an answer.
            ("EqualSid", BOOL, (POINTER, POINTER), _never),
            ("FreeSid", POINTER, (POINTER,), _nonzero),
            ("GetAce", BOOL, (POINTER, DWORD, POINTER)),
            ("GetNamedSecurityInfoW", DWORD, (TEXT, ENUM, DWORD, *(POINTER,) * 5), _nonzero),
            ("GetTokenInformation", BOOL, (HANDLE, ENUM, POINTER, DWORD, POINTER)),
            ("OpenProcessToken", BOOL, (HANDLE, DWORD, POINTER)),
            ("RegCloseKey", LONG, (HKEY,), _nonzero),
            ("RegCreateKeyExW", LONG, (HKEY, TEXT, DWORD, TEXT, DWORD, DWORD, *(POINTER,) * 3), _nonzero),
            ("RegDeleteKeyW", LONG, (HKEY, TEXT), _nonzero),
            ("RegOpenKeyExW", LONG, (HKEY, TEXT, DWORD, DWORD, POINTER), _nonzero),
            ("SetEntriesInAclW", DWORD, (DWORD, POINTER, POINTER, POINTER), _nonzero),
            ("SetNamedSecurityInfoW", DWORD, (TEXT, ENUM, DWORD, *(POINTER,) * 4), _nonzero),
        ),
        *_in(
            "userenv",
            ("CreateAppContainerProfile", LONG, (TEXT, TEXT, TEXT, POINTER, DWORD, POINTER), _negative),
            ("DeleteAppContainerProfile", LONG, (TEXT,), _negative),
        ),
        *_in(
            "user32",
            ("CloseClipboard", BOOL, ()),
            ("CloseDesktop", BOOL, (HANDLE,)),
            ("EnumClipboardFormats", DWORD, (DWORD,)),
            ("GetClipboardData", HANDLE, (DWORD,)),
            ("CreateDesktopW", HANDLE, (TEXT, TEXT, POINTER, DWORD, DWORD, POINTER)),
            ("GetThreadDesktop", HANDLE, (DWORD,)),
            ("GetUserObjectInformationW", BOOL, (HANDLE, ctypes.c_int32, POINTER, DWORD, POINTER)),
            ("OpenClipboard", BOOL, (HANDLE,)),
            ("OpenInputDesktop", HANDLE, (DWORD, BOOL, DWORD)),
        ),
    )
}


class Library:
    """The functions of the table, each with its declared types, called by name and checked."""

    def __init__(
        self,
        load: Callable[[str], Any],
        last_error: Callable[[], int],
        meaning: Callable[[int], str],
        descriptor: Callable[[int, int], int],
        handle: Callable[[int], int],
    ) -> None:
        self._load = load
        self._last_error = last_error
        self._meaning = meaning
        # A handle as a descriptor that owns it from then on; msvcrt's `open_osfhandle`.
        self.descriptor = descriptor
        # The handle that a descriptor owns, and goes on owning; msvcrt's `get_osfhandle`.
        self.handle = handle
        self._functions: dict[str, Any] = {}

    def call(self, name: str, *arguments: Any) -> int:
        """What the function returned (0 for void and NULL), or `CallFailed`."""
        signature = SIGNATURES[name]
        returned = self._function(signature)(*arguments)
        result = 0 if returned is None else int(returned)
        if signature.failed(result):
            code = result & 0xFFFFFFFF if signature.failed in RESULT_IS_ERROR else self._last_error()
            raise CallFailed(name, code, self._meaning(code))
        return result

    def _function(self, signature: Signature) -> Any:
        if signature.name not in self._functions:
            function = getattr(self._load(signature.dll), signature.name)
            function.restype, function.argtypes = signature.result, list(signature.parameters)
            self._functions[signature.name] = function
        return self._functions[signature.name]


@cache
def library() -> Library:
    """The functions of the running Windows, from its system folder only."""
    if os.name != "nt":
        raise OSError(errno.ENOSYS, "There are no Windows functions on this system")
    loader = getattr(ctypes, "WinDLL")  # noqa: B009 (absent on other systems, also for the type checker)
    get_last_error, format_error = getattr(ctypes, "get_last_error"), getattr(ctypes, "FormatError")  # noqa: B009

    @cache
    def load(dll: str) -> Any:
        return loader(f"{dll}.dll", use_last_error=True, winmode=_LOAD_LIBRARY_SEARCH_SYSTEM32)

    runtime = import_module("msvcrt")
    return Library(
        load,
        get_last_error,
        lambda code: f" ({format_error(code).strip()})",
        runtime.open_osfhandle,
        runtime.get_osfhandle,
    )
