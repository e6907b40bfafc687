"""Files of the user that one container may use for as long as its process lives: entries for its SID in their lists.

    forget_left(windows)                                     # entries of processes that ended without doing so
    grant(windows, stack, container, read=(database,), write=(run_folder,))     # until the stack unwinds

An AppContainer reaches a file only when the file's list names its SID. So a door's files get an entry each: reading,
or reading and writing; a folder's entry is inherited by what lies in it. To change a list takes the right to (its
owner has it, and who was given Full control); where Windows says no, the door does not open and a sentence says why.
Neither an integrity label nor entries for the folders above are needed: Chromium opens the folder of its network
process, which is in an AppContainer too, by the same entries alone (content/browser/network_sandbox.cc). Whether it
is so on this machine the door finds out by using its files before anything rests on them.

What was granted is written down, durably, before the first list is changed, in a file that is named for the process.
It is removed with the last entry; the file of a process that was killed is worked off by the next that grants. An
entry that stays for a while opens nothing: a container's SID belongs to one process and is never used again.

Lists are read, changed and written back under a lock of ours, so that two doors never lose each other's entries.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from sandbox.errors import JailRefused
from sandbox.files import locked, replace_file
from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import CallFailed, Library
from sandbox.jail.windows.container import Container, runs
from sandbox.jail.windows.structures import EXPLICIT_ACCESS_W, TRUSTEE_W

_READ = c.FILE_GENERIC_READ | c.FILE_GENERIC_EXECUTE
_WRITE_FILE = c.FILE_GENERIC_READ | c.FILE_GENERIC_WRITE
_WRITE_FOLDER = _READ | c.FILE_GENERIC_WRITE | c.DELETE
_GONE = (c.ERROR_FILE_NOT_FOUND, c.ERROR_PATH_NOT_FOUND)
_WHAT = (c.SE_FILE_OBJECT, c.DACL_SECURITY_INFORMATION)


class Granted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which paths may name which SID in their lists."""

    sid: str
    paths: tuple[str, ...]


def grant(
    windows: Library, stack: ExitStack, container: Container, *, read: tuple[Path, ...], write: tuple[Path, ...]
) -> None:
    """Open these files and folders to the container, or `JailRefused`; the stack closes them again.

    1. None of them is where a container can't get, whatever the lists say.
    2. What will be granted is written down.
    3. Each list gets its entry.
    """
    wanted = {str(path): _READ if path.is_dir() else c.FILE_GENERIC_READ for path in read}
    wanted |= {str(path): _WRITE_FOLDER if path.is_dir() else _WRITE_FILE for path in write}
    for path in wanted:  # (1)
        _check_local(windows, path)
    note = _folder() / f"{container.name}.json"
    granted = Granted(container.text, tuple(wanted))
    replace_file(note, msgspec.json.encode(granted))  # (2)
    stack.callback(_take_back, windows, note, granted, container.sid)
    for path, access in wanted.items():  # (3)
        entry = _entry(container.sid, c.GRANT_ACCESS, access, folder=Path(path).is_dir())
        try:
            has_list = _change(windows, path, entry)
        except CallFailed as problem:
            raise _not_ours(path, problem) from problem
        if not has_list:
            raise _without_list(path)


def forget_left(windows: Library) -> None:
    """Take back what was granted to processes that have ended."""
    for note in sorted(_folder().glob("*.json")):
        *_, pid, _, _ = ("", *note.name.split("."))
        if pid.isdecimal() and not runs(windows, int(pid)):
            granted = _read(note)
            with _sid(windows, granted.sid) as sid:
                _take_back(windows, note, granted, sid)


def _take_back(windows: Library, note: Path, granted: Granted, sid: int) -> None:
    """Remove every entry for the SID; the note stays as long as one could not be removed."""
    left = False
    for path in granted.paths:
        try:
            _change(windows, path, _entry(sid, c.REVOKE_ACCESS, 0, folder=False))
        except CallFailed as problem:
            # Another program may have it open in a way that keeps us out. The next door tries again.
            left = left or problem.code not in _GONE
    if not left:
        with suppress(OSError):  # the next door finds it, and no entry any more
            note.unlink()


def _change(windows: Library, path: str, entry: EXPLICIT_ACCESS_W) -> bool:
    """Merge the entry into the list of `path`, alone; False where there is none, and everybody may do everything."""
    old, held, merged = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    with locked(_folder() / "lock"), ExitStack() as stack:
        into = (None, None, ctypes.byref(old), None, ctypes.byref(held))
        windows.call("GetNamedSecurityInfoW", path, *_WHAT, *into)
        stack.callback(windows.call, "LocalFree", held.value)
        if not old.value:
            return False
        windows.call("SetEntriesInAclW", 1, ctypes.byref(entry), old, ctypes.byref(merged))
        stack.callback(windows.call, "LocalFree", merged.value)
        windows.call("SetNamedSecurityInfoW", path, *_WHAT, None, None, merged, None)
    return True


def _entry(sid: int, mode: int, access: int, *, folder: bool) -> EXPLICIT_ACCESS_W:
    return EXPLICIT_ACCESS_W(
        grfAccessPermissions=access,
        grfAccessMode=mode,
        grfInheritance=c.SUB_CONTAINERS_AND_OBJECTS_INHERIT if folder else c.NO_INHERITANCE,
        Trustee=TRUSTEE_W(
            MultipleTrusteeOperation=c.NO_MULTIPLE_TRUSTEE,
            TrusteeForm=c.TRUSTEE_IS_SID,
            TrusteeType=c.TRUSTEE_IS_UNKNOWN,
            ptstrName=sid,
        ),
    )


@contextmanager
def _sid(windows: Library, text: str) -> Iterator[int]:
    made = ctypes.c_void_p()
    windows.call("ConvertStringSidToSidW", text, ctypes.byref(made))
    try:
        yield made.value or 0
    finally:
        windows.call("LocalFree", made.value)


def _folder() -> Path:
    """The user's own, where no container can read or write."""
    folder = Path(os.environ.get("LOCALAPPDATA") or Path.home(), "Preceptor", "granted")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read(note: Path) -> Granted:
    try:
        return msgspec.json.decode(note.read_bytes(), type=Granted)
    except msgspec.MsgspecError as problem:
        raise JailRefused(
            f"The note of what was opened to an earlier process is damaged: {note}.",
            "Delete this file. What it named stays open to a container that never exists again.",
        ) from problem


def _check_local(windows: Library, path: str) -> None:
    root = os.path.splitdrive(path)[0]
    if path.startswith("\\\\") or windows.call("GetDriveTypeW", f"{root}\\") == c.DRIVE_REMOTE:
        raise JailRefused(
            f"{Path(path).name} lies on a network drive, and the confined part of Preceptor has no network.",
            "Copy it to a disk of this computer, and connect the copy. Nothing was run, and no run is used up.",
        )


def _without_list(path: str) -> JailRefused:
    return JailRefused(
        f"{Path(path).name} lies on a disk that keeps no permissions, so it can't be opened to one process alone.",
        "Move it to a disk formatted with NTFS. Nothing was run, and no run is used up.",
    )


def _not_ours(path: str, problem: CallFailed) -> JailRefused:
    return JailRefused(
        f"Windows does not let you change who may read {Path(path).name}, so it can't be opened to the confined part "
        f"of Preceptor ({problem.strerror}).",
        "Ask its owner to give your account Full control of it, or connect a copy that is yours. "
        "Nothing was run, and no run is used up.",
    )
