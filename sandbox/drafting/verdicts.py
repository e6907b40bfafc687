"""Which texts have passed, by hash: only new text is inspected, and a conversation can't lock itself up.

    verdicts.check(text)          # PatientRecognised when the checker finds something in a new text
    verdicts.came_from_model(text)

What the model itself wrote tells it nothing when it goes back, so it counts as passed. The hashes are kept with
the question: after a restart, the same conversation still passes although the known values may have grown.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from sandbox.drafting.inspection import Checker, Hit
from sandbox.errors import PatientRecognised, WorkspaceRefused
from sandbox.files import replace_file

# Shorter than this, a text can hold no identifier in company ("MRN 1234" has eight characters).
_TOO_SHORT = 4


class Verdicts:
    """Passed texts of one question. Only passing is remembered; a withheld text is looked at again."""

    def __init__(self, checker: Checker, path: Path) -> None:
        self._checker = checker
        self._path = path
        self._passed = _read(path)
        self._saved = len(self._passed)

    def hits(self, text: str) -> tuple[Hit, ...]:
        """What the checker finds in `text`, nothing for a text that has passed before."""
        mark = _mark(text)
        if len(text) < _TOO_SHORT or mark in self._passed:
            return ()
        hits = self._checker.inspect(text)
        if not hits:
            self._passed.add(mark)
        return hits

    def check(self, text: str) -> None:
        """Return when nothing was recognised in `text`."""
        hits = self.hits(text)
        if hits:
            raise PatientRecognised(withheld_sentence(hits))

    def came_from_model(self, text: str) -> None:
        self._passed.add(_mark(text))

    def save(self) -> None:
        """Keep what has passed beside the conversation."""
        if len(self._passed) != self._saved:
            replace_file(self._path, msgspec.json.encode(sorted(self._passed)))
            self._saved = len(self._passed)


def withheld_sentence(hits: tuple[Hit, ...]) -> str:
    """What was found, by kind and number, without the words themselves."""
    kinds = sorted({hit.kind for hit in hits})
    places = "place" if len(hits) == 1 else "places"
    return f"Withheld: {len(hits)} {places} look like, or are known to be, a patient's ({', '.join(kinds)})."


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> set[str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=set[str])
    except FileNotFoundError:
        return set()
    except (OSError, msgspec.MsgspecError) as problem:
        raise WorkspaceRefused(
            f"{path.name} can't be read.", "Delete it; every text of this question is then inspected again."
        ) from problem
