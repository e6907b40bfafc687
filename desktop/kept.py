"""The desk's own small file: which workspace was open, how the window lay. Nothing of a patient, nothing secret.

    kept = Kept.read(path)
    replace(kept, last_root=…).write(path)

It is written on the GUI thread, and only there: a few hundred bytes in the user's own configuration folder.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept between two starts. A damaged file is as good as none."""

    last_root: str = ""
    geometry: str = ""
    scheme: str = "system"
    folded: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Kept:
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return cls()

    def write(self, path: Path) -> None:
        """Keep it; where that is not possible, the next start looks like the first."""
        from sandbox.errors import StorageFault
        from sandbox.files import replace_file  # not needed to start

        with contextlib.suppress(OSError, StorageFault):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, msgspec.json.encode(self))


def keep_place(geometry: str, root: str) -> None:
    """How the window lay and which workspace it showed, for the next start."""
    msgspec.structs.replace(Kept.read(kept_path()), geometry=geometry, last_root=root).write(kept_path())


def kept_path() -> Path:
    """The file of whoever is logged in."""
    if "APPDATA" in os.environ:
        return Path(os.environ["APPDATA"]) / "Preceptor" / "desk.json"
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "preceptor" / "desk.json"
