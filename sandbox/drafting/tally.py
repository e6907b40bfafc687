"""How often something of the agent's was withheld in one question, and when that closes the question for it.

    tally = Tally.open(folder / "withheld.json")
    tally.check_open()          # GateRefused after the third time
    tally.add()                 # on the disk when it returns

A withheld text tells whoever wrote it that somebody is known here. The reviewer may write a patient's name by
mistake as often as they like; the agent, and the model behind it, gets three answers at most, and each ends its turn.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sandbox.errors import GateRefused, WorkspaceRefused
from sandbox.files import replace_file

MOST_WITHHELD = 3


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    withheld: int


class Tally:
    """The count of one question."""

    def __init__(self, path: Path, count: int) -> None:
        self._path = path
        self.count = count

    @classmethod
    def open(cls, path: Path) -> Tally:
        """The kept count, or a new one."""
        try:
            return cls(path, msgspec.json.decode(path.read_bytes(), type=_Kept).withheld)
        except FileNotFoundError:
            return cls(path, 0)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise WorkspaceRefused(f"{path.name} of this question can't be read.", "Ask a new question.") from problem

    def check_open(self) -> None:
        """Return while the agent may work on this question."""
        if self.count >= MOST_WITHHELD:
            raise GateRefused(
                f"This question is closed for the agent: {MOST_WITHHELD} times, what it was about to say or to read "
                "looked like, or was known to be, a patient's.",
                "Read the audit log, then ask a new question. The drafts of this one can still be reviewed.",
            )

    def add(self) -> None:
        """Count one more, durably."""
        replace_file(self._path, msgspec.json.encode(_Kept(withheld=self.count + 1)))
        self.count += 1
