"""SIDs and security descriptors, as addresses that are freed when their block ends.

with descriptor(windows, "D:P(A;;GA;;;SY)") as address: ...
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library
from sandbox.jail.windows.structures import SECURITY_ATTRIBUTES, TOKEN_USER

_TOKEN_USER_SIZE = ctypes.sizeof(TOKEN_USER) + c.SECURITY_MAX_SID_SIZE


@contextmanager
def descriptor(windows: Library, sddl: str) -> Iterator[int]:
    """The security descriptor that the text describes."""
    made = ctypes.c_void_p()
    windows.call(
        "ConvertStringSecurityDescriptorToSecurityDescriptorW", sddl, c.SDDL_REVISION_1, ctypes.byref(made), None
    )
    address = made.value or 0
    try:
        yield address
    finally:
        windows.call("LocalFree", address)


def attributes(descriptor_address: int) -> SECURITY_ATTRIBUTES:
    """For an object with this descriptor whose handle is not inherited."""
    return SECURITY_ATTRIBUTES(
        nLength=ctypes.sizeof(SECURITY_ATTRIBUTES), lpSecurityDescriptor=descriptor_address, bInheritHandle=0
    )


def sid_text(windows: Library, sid: int) -> str:
    """`S-1-15-2-…`"""
    text = ctypes.c_void_p()
    windows.call("ConvertSidToStringSidW", sid, ctypes.byref(text))
    try:
        return ctypes.cast(text, ctypes.c_wchar_p).value or ""
    finally:
        windows.call("LocalFree", text.value)


@contextmanager
def own_token(windows: Library) -> Iterator[int]:
    """This process's token, to be asked."""
    token = ctypes.c_void_p()
    windows.call("OpenProcessToken", windows.call("GetCurrentProcess"), c.TOKEN_QUERY, ctypes.byref(token))
    try:
        yield token.value or 0
    finally:
        windows.call("CloseHandle", token.value)


def own_user(windows: Library) -> str:
    """The SID of the user as whom this process runs."""
    buffer, size = ctypes.create_string_buffer(_TOKEN_USER_SIZE), ctypes.c_uint32()
    with own_token(windows) as token:
        windows.call("GetTokenInformation", token, c.TokenUser, buffer, len(buffer), ctypes.byref(size))
    return sid_text(windows, TOKEN_USER.from_buffer(buffer).User.Sid)
