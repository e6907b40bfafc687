"""How a jailed process looks at itself: the container, its capabilities, and the policies of the process.

appcontainer(windows)     # "on: S-1-15-2-…", or OSError with the cause
"""

from __future__ import annotations

import ctypes

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library
from sandbox.jail.windows.security import own_token, sid_text
from sandbox.jail.windows.structures import DWORD, TOKEN_APPCONTAINER_INFORMATION, TOKEN_GROUPS

_BUFFER = 4096
# The bits of each policy that must be set: winnt.h, PROCESS_MITIGATION_*_POLICY.
_POLICIES = {
    "no child process": (c.ProcessChildProcessPolicy, 0b1),
    "no extension points": (c.ProcessExtensionPointDisablePolicy, 0b1),
    "system fonts only": (c.ProcessFontDisablePolicy, 0b1),
    "no remote or low images": (c.ProcessImageLoadPolicy, 0b111),
}
_NO_NEW_CODE = {c.ProcessDynamicCodePolicy: 0b1, c.ProcessSignaturePolicy: 0b1}


def appcontainer(windows: Library) -> str:
    """Whether this process is in an AppContainer, and in which."""
    if not DWORD.from_buffer(_ask(windows, c.TokenIsAppContainer)).value:
        raise OSError("the process is in no AppContainer")
    found = _ask(windows, c.TokenAppContainerSid)
    sid = TOKEN_APPCONTAINER_INFORMATION.from_buffer(found).TokenAppContainer
    if not sid:
        raise OSError("the AppContainer has no SID")
    return f"on: {sid_text(windows, sid)}"


def capabilities(windows: Library) -> str:
    """Whether the container was given nothing at all."""
    count = TOKEN_GROUPS.from_buffer(_ask(windows, c.TokenCapabilities)).GroupCount
    if count:
        raise OSError(f"{count} capabilities are held")
    return "none held"


def mitigations(windows: Library) -> str:
    """Whether the policies that the parent ordered are those that the kernel keeps."""
    for words, (policy, bits) in _POLICIES.items():
        found = DWORD()
        windows.call(
            "GetProcessMitigationPolicy",
            windows.call("GetCurrentProcess"),
            policy,
            ctypes.byref(found),
            ctypes.sizeof(found),
        )
        if found.value & bits != bits:
            raise OSError(f'the policy "{words}" does not hold')
    return "on: " + ", ".join(_POLICIES)


def no_new_code(windows: Library) -> str:
    """From now on no memory becomes code and only libraries of Windows itself can be loaded; for ever."""
    for policy, bits in _NO_NEW_CODE.items():
        flags = DWORD(bits)
        windows.call("SetProcessMitigationPolicy", policy, ctypes.byref(flags), ctypes.sizeof(flags))
    return "on: no new machine code"


def _ask(windows: Library, kind: int) -> ctypes.Array[ctypes.c_char]:
    """Longer answers than the buffer are errors; no answer that passes is."""
    buffer, size = ctypes.create_string_buffer(_BUFFER), DWORD()
    with own_token(windows) as token:
        windows.call("GetTokenInformation", token, kind, buffer, _BUFFER, ctypes.byref(size))
    return buffer
