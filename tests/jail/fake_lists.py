"""A disk of the fake Windows whose files have lists of who may do what, changed as Windows changes them.

    disk = FakeDisk(tmp_path)
    disk.lists["…/hospital.duckdb"]        # [(SID, access, inheritance), …]; None is a file without a list

The lists of a call are real memory: what was not freed, or is used after it was freed, fails.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from pathlib import Path
from typing import Any

from fake_windows import CONTAINER_SID, FakeWindows

from sandbox.jail.profile import site_packages
from sandbox.jail.windows import constants as c
from sandbox.jail.windows import container

Entry = tuple[str, int, int]
SOMEBODY: Entry = ("S-1-5-21-7", 0x1F01FF, 0)


class FakeDisk(FakeWindows):
    def __init__(self, *, fail_at: int = -1) -> None:
        super().__init__(fail_at=fail_at)
        self.lists: dict[str, list[Entry] | None] = defaultdict(lambda: [SOMEBODY])
        self.lists.update(dict.fromkeys(container.code_folders(site_packages())))  # not what is looked at here
        self.drive, self.refuse_change = 3, 0
        self.history: list[tuple[str, list[Entry]]] = []
        self.listed: dict[int, list[Entry]] = {}

    def named(self, sid: str = CONTAINER_SID) -> dict[str, tuple[int, int]]:
        """What each list gives this SID, by the name of the file."""
        found = ((Path(path).name, entry) for path, entries in self.lists.items() for entry in entries or ())
        return {name: entry[1:] for name, entry in found if entry[0] == sid}

    def _on_GetDriveTypeW(self, root: str) -> int:
        return self.drive

    def _on_GetNamedSecurityInfoW(self, path: str, *rest: Any) -> int:
        if path.endswith("gone"):
            return c.ERROR_FILE_NOT_FOUND
        rest[6].value = self._address("descriptor", ctypes.create_string_buffer(8))
        entries = self.lists[path]
        if entries is not None:
            rest[4].value = rest[6].value
            self.listed[rest[6].value] = list(entries)
        return 0

    def _on_SetEntriesInAclW(self, number: int, entry: Any, old: Any, into: Any) -> int:
        assert (number, entry.Trustee.TrusteeForm) == (1, c.TRUSTEE_IS_SID)
        sid = ctypes.wstring_at(entry.Trustee.ptstrName)
        others = [one for one in self.listed[old.value] if one[0] != sid]
        granted = [(sid, entry.grfAccessPermissions, entry.grfInheritance)]
        assert entry.grfAccessMode in (c.GRANT_ACCESS, c.REVOKE_ACCESS)
        into.value = self._address("list", ctypes.create_string_buffer(8))
        self.listed[into.value] = others + (granted if entry.grfAccessMode == c.GRANT_ACCESS else [])
        return 0

    def _on_SetNamedSecurityInfoW(self, path: str, kind: int, what: int, owner: None, group: None, *rest: Any) -> int:
        assert (kind, what) == (c.SE_FILE_OBJECT, c.DACL_SECURITY_INFORMATION)
        if self.refuse_change:
            return self.refuse_change
        self.lists[path] = self.listed[rest[0].value]
        self.history.append((path, self.listed[rest[0].value]))
        return 0

    def _on_ConvertStringSidToSidW(self, text: str, into: Any) -> int:
        into.value = self._address("sid of a text", ctypes.create_unicode_buffer(text))
        return 1
