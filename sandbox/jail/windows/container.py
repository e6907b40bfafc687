"""The AppContainer: a SID for one process, and the folders that every container may read.

    sweep(windows)                           # profiles that a crash left behind
    for folder in code_folders(site):
        open_to_containers(windows, folder)  # once; later calls find it done
    container = create(windows, stack)       # deleted when the stack unwinds

One SID for all jails would let a program leave rows in the shared profile folder for the agent to find, and let the
two open each other's memory. So each process has its own, and code is opened not to one SID but to "ALL APPLICATION
PACKAGES": it is the same public code for everybody. The names say which process made them.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sandbox.jail.profile import ROOT
from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import CallFailed, Library
from sandbox.jail.windows.security import sid_text
from sandbox.jail.windows.structures import ACCESS_ALLOWED_ACE, ACL, EXPLICIT_ACCESS_W, TRUSTEE_W

READ_EXECUTE = c.FILE_GENERIC_READ | c.FILE_GENERIC_EXECUTE
_GENERIC = c.GENERIC_READ | c.GENERIC_EXECUTE
_SID_START = ACCESS_ALLOWED_ACE.SidStart.offset


@dataclass(frozen=True)
class Container:
    """A profile that exists. `sid` is an address, valid while the stack of `create` lives; `text` its SDDL form."""

    name: str
    sid: int
    text: str


def prefix() -> str:
    """How the profiles of this installation begin."""
    return f"Preceptor.{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}."


def create(windows: Library, stack: ExitStack) -> Container:
    """A new container without capabilities; the stack frees its SID, and then deletes its profile."""
    name, sid = f"{prefix()}{os.getpid()}.{secrets.token_hex(8)}", ctypes.c_void_p()
    windows.call("CreateAppContainerProfile", name, "Preceptor", "One jailed process", None, 0, ctypes.byref(sid))
    stack.callback(_forget, windows, name)
    stack.callback(windows.call, "FreeSid", sid.value)
    return Container(name, sid.value or 0, sid_text(windows, sid.value or 0))


def sweep(windows: Library) -> None:
    """Delete the profiles of processes of ours that ended without doing so."""
    packages = Path(os.environ.get("LOCALAPPDATA", ""), "Packages")
    ours = prefix().lower()
    if not packages.is_absolute() or not packages.is_dir():
        return
    for folder in packages.iterdir():
        rest = folder.name.lower().removeprefix(ours)
        pid = rest.partition(".")[0]
        if rest != folder.name.lower() and pid.isdecimal() and not runs(windows, int(pid)):
            _forget(windows, folder.name)


def code_folders(site: tuple[str, ...]) -> tuple[str, ...]:
    """What a jail must read: the interpreter with its library, the packages, our own code."""
    if getattr(sys, "frozen", False):
        return (os.path.dirname(sys.executable),)
    wanted = [sys.base_prefix, *site, str(ROOT / "sandbox"), str(ROOT / "resources")]
    roots = [Path(folder) for folder in dict.fromkeys(wanted)]
    return tuple(str(one) for one in roots if not any(other in one.parents for other in roots))


def open_to_containers(windows: Library, folder: str) -> bool:
    """Let every container read and execute below `folder`; False when that was so already."""
    sid, size = ctypes.create_string_buffer(c.SECURITY_MAX_SID_SIZE), ctypes.c_uint32(c.SECURITY_MAX_SID_SIZE)
    windows.call("CreateWellKnownSid", c.WinBuiltinAnyPackageSid, None, sid, ctypes.byref(size))
    old, held = ctypes.c_void_p(), ctypes.c_void_p()
    what = (folder, c.SE_FILE_OBJECT, c.DACL_SECURITY_INFORMATION)
    windows.call("GetNamedSecurityInfoW", *what, None, None, ctypes.byref(old), None, ctypes.byref(held))
    try:
        # No list at all means that everybody may do everything; one made from it would lock its owner out.
        if not old.value or _is_open(windows, old.value, ctypes.addressof(sid)):
            return False
        merged = ctypes.c_void_p()
        entry = _entry(ctypes.addressof(sid))
        windows.call("SetEntriesInAclW", 1, ctypes.byref(entry), old, ctypes.byref(merged))
        try:
            windows.call("SetNamedSecurityInfoW", *what, None, None, merged, None)
        finally:
            windows.call("LocalFree", merged.value)
    finally:
        windows.call("LocalFree", held.value)
    return True


def _entry(sid: int) -> EXPLICIT_ACCESS_W:
    return EXPLICIT_ACCESS_W(
        grfAccessPermissions=READ_EXECUTE,
        grfAccessMode=c.GRANT_ACCESS,
        grfInheritance=c.SUB_CONTAINERS_AND_OBJECTS_INHERIT,
        Trustee=TRUSTEE_W(
            MultipleTrusteeOperation=c.NO_MULTIPLE_TRUSTEE,
            TrusteeForm=c.TRUSTEE_IS_SID,
            TrusteeType=c.TRUSTEE_IS_WELL_KNOWN_GROUP,
            ptstrName=sid,
        ),
    )


def _is_open(windows: Library, acl: int, sid: int) -> bool:
    """Whether the list lets the SID read and execute the folder and what lies below it.

    Windows' own folders say it in two entries, one for the folder and one that is only inherited.
    """
    here = below = False
    for index in range(ACL.from_address(acl).AceCount):
        found = ctypes.c_void_p()
        windows.call("GetAce", acl, index, ctypes.byref(found))
        ace = ACCESS_ALLOWED_ACE.from_address(found.value or 0)
        flags = ace.Header.AceFlags
        enough = ace.Mask & READ_EXECUTE == READ_EXECUTE or ace.Mask & _GENERIC == _GENERIC
        if ace.Header.AceType != c.ACCESS_ALLOWED_ACE_TYPE or not enough:
            continue
        if windows.call("EqualSid", (found.value or 0) + _SID_START, sid):
            here = here or not flags & c.INHERIT_ONLY_ACE
            below = below or flags & c.SUB_CONTAINERS_AND_OBJECTS_INHERIT == c.SUB_CONTAINERS_AND_OBJECTS_INHERIT
    return here and below


def _forget(windows: Library, name: str) -> None:
    # A virus scanner may have a file of it open. The next sweep finds it again.
    with contextlib.suppress(CallFailed):
        windows.call("DeleteAppContainerProfile", name)


def runs(windows: Library, pid: int) -> bool:
    try:
        handle = windows.call("OpenProcess", c.PROCESS_QUERY_LIMITED_INFORMATION, 0, pid)
    except CallFailed as problem:
        return problem.code != c.ERROR_INVALID_PARAMETER
    windows.call("CloseHandle", handle)
    return True
