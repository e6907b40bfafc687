"""Structures of the Windows headers, under their own names and with their own fields.

Every field has a type of fixed size: `ctypes.wintypes` follows the C compiler of the system that runs, so there
the same tests on Linux would check something else. A test compiles each size and offset against mingw-w64.
"""

from __future__ import annotations

from ctypes import Structure, c_int32, c_int64, c_size_t, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p, c_wchar_p

BOOL = c_int32
BYTE = c_uint8
DWORD = c_uint32
ENUM = c_int32
HANDLE = c_void_p
LARGE_INTEGER = c_int64
POINTER = c_void_p
SIZE_T = c_size_t
TEXT = c_wchar_p
ULONGLONG = c_uint64
WORD = c_uint16


class SECURITY_ATTRIBUTES(Structure):
    """Whether a new handle is inherited, and who may open the object."""

    _fields_ = (("nLength", DWORD), ("lpSecurityDescriptor", POINTER), ("bInheritHandle", BOOL))


class STARTUPINFOW(Structure):
    """How a process starts: its desktop and its standard handles."""

    _fields_ = (
        ("cb", DWORD),
        ("lpReserved", TEXT),
        ("lpDesktop", TEXT),
        ("lpTitle", TEXT),
        ("dwX", DWORD),
        ("dwY", DWORD),
        ("dwXSize", DWORD),
        ("dwYSize", DWORD),
        ("dwXCountChars", DWORD),
        ("dwYCountChars", DWORD),
        ("dwFillAttribute", DWORD),
        ("dwFlags", DWORD),
        ("wShowWindow", WORD),
        ("cbReserved2", WORD),
        ("lpReserved2", POINTER),
        ("hStdInput", HANDLE),
        ("hStdOutput", HANDLE),
        ("hStdError", HANDLE),
    )


class STARTUPINFOEXW(Structure):
    """The same with a list of attributes."""

    _fields_ = (("StartupInfo", STARTUPINFOW), ("lpAttributeList", POINTER))


class PROCESS_INFORMATION(Structure):
    """What CreateProcessW made."""

    _fields_ = (("hProcess", HANDLE), ("hThread", HANDLE), ("dwProcessId", DWORD), ("dwThreadId", DWORD))


class SID_AND_ATTRIBUTES(Structure):
    """A group or a capability."""

    _fields_ = (("Sid", POINTER), ("Attributes", DWORD))


class SECURITY_CAPABILITIES(Structure):
    """The container of a new process."""

    _fields_ = (
        ("AppContainerSid", POINTER),
        ("Capabilities", POINTER),
        ("CapabilityCount", DWORD),
        ("Reserved", DWORD),
    )


class TOKEN_GROUPS(Structure):
    """A count and that many groups, of which the first is declared."""

    _fields_ = (("GroupCount", DWORD), ("Groups", SID_AND_ATTRIBUTES * 1))


class TOKEN_USER(Structure):
    """The user of a token."""

    _fields_ = (("User", SID_AND_ATTRIBUTES),)


class TOKEN_APPCONTAINER_INFORMATION(Structure):
    """The container of a token."""

    _fields_ = (("TokenAppContainer", POINTER),)


class IO_COUNTERS(Structure):
    """Not used; a part of the job's limits."""

    _fields_ = tuple(
        (f"{what}{kind}Count", ULONGLONG) for kind in ("Operation", "Transfer") for what in ("Read", "Write", "Other")
    )


class JOBOBJECT_BASIC_LIMIT_INFORMATION(Structure):
    """Limits by flags; times in units of 100 ns."""

    _fields_ = (
        ("PerProcessUserTimeLimit", LARGE_INTEGER),
        ("PerJobUserTimeLimit", LARGE_INTEGER),
        ("LimitFlags", DWORD),
        ("MinimumWorkingSetSize", SIZE_T),
        ("MaximumWorkingSetSize", SIZE_T),
        ("ActiveProcessLimit", DWORD),
        ("Affinity", SIZE_T),
        ("PriorityClass", DWORD),
        ("SchedulingClass", DWORD),
    )


class JOBOBJECT_EXTENDED_LIMIT_INFORMATION(Structure):
    """The same with memory, in bytes of committed pages."""

    _fields_ = (
        ("BasicLimitInformation", JOBOBJECT_BASIC_LIMIT_INFORMATION),
        ("IoInfo", IO_COUNTERS),
        ("ProcessMemoryLimit", SIZE_T),
        ("JobMemoryLimit", SIZE_T),
        ("PeakProcessMemoryUsed", SIZE_T),
        ("PeakJobMemoryUsed", SIZE_T),
    )


class JOBOBJECT_BASIC_UI_RESTRICTIONS(Structure):
    """What a job may not do to the user's screen."""

    _fields_ = (("UIRestrictionsClass", DWORD),)


class ACL(Structure):
    """The head of an access control list."""

    _fields_ = (("AclRevision", BYTE), ("Sbz1", BYTE), ("AclSize", WORD), ("AceCount", WORD), ("Sbz2", WORD))


class ACE_HEADER(Structure):
    """The head of an entry."""

    _fields_ = (("AceType", BYTE), ("AceFlags", BYTE), ("AceSize", WORD))


class ACCESS_ALLOWED_ACE(Structure):
    """An entry that allows; the SID begins where `SidStart` is."""

    _fields_ = (("Header", ACE_HEADER), ("Mask", DWORD), ("SidStart", DWORD))


class TRUSTEE_W(Structure):
    """Who an entry is for. With TRUSTEE_IS_SID the "name" is the address of a SID."""

    _fields_ = (
        ("pMultipleTrustee", POINTER),
        ("MultipleTrusteeOperation", ENUM),
        ("TrusteeForm", ENUM),
        ("TrusteeType", ENUM),
        ("ptstrName", POINTER),
    )


class EXPLICIT_ACCESS_W(Structure):
    """An entry to be merged into a list."""

    _fields_ = (
        ("grfAccessPermissions", DWORD),
        ("grfAccessMode", ENUM),
        ("grfInheritance", DWORD),
        ("Trustee", TRUSTEE_W),
    )
