"""Which texts have passed, by hash: only new text is inspected, and a conversation can't lock itself up.

    verdicts.check(text)          # PatientRecognised when the checker finds something in a new text
    verdicts.came_from_model(text)

What the model itself wrote tells it nothing when it goes back, so it counts as passed. The hashes are kept with
the question: after a restart, the same conversation still passes although the known values may have grown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from sandbox.drafting.inspection import Checker, Hit
from sandbox.drafting.shape import Message, opaque
from sandbox.errors import GateRefused, PatientRecognised, WorkspaceRefused
from sandbox.files import replace_file

# Keeps the marks of opaque parts apart from those of texts.
_OPAQUE = "\0opaque\0"
# Shorter than this, a text can hold no identifier in company ("MRN 1234" has eight characters).
_TOO_SHORT = 4


class Withholding(PatientRecognised):
    """The checker found something in a text that was about to leave."""

    def __init__(self, hits: tuple[Hit, ...]) -> None:
        super().__init__(withheld_sentence(hits))
        self.hits = hits


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
        """Return when nothing was recognised in `text`, or raise `Withholding`."""
        hits = self.hits(text)
        if hits:
            raise Withholding(hits)

    def came_from_model(self, text: str) -> None:
        self._passed.add(_mark(text))

    def opaque_from_model(self, opaque: str) -> None:
        """Remember what the model sent that nobody can read (see `shape.opaque`)."""
        self._passed.add(_mark(_OPAQUE + opaque))

    def check_heard(self, messages: Iterable[Message]) -> None:
        """Return when everything opaque in `messages` is what the model sent, or raise `GateRefused`."""
        if any(_mark(_OPAQUE + one) not in self._passed for message in messages for one in opaque(message)):
            raise GateRefused("The conversation holds what the model never sent.", "Ask a new question.")

    def save(self) -> None:
        """Keep what has passed beside the conversation."""
        if len(self._passed) != self._saved:
            replace_file(self._path, msgspec.json.encode(sorted(self._passed)))
            self._saved = len(self._passed)


def withheld_sentence(hits: tuple[Hit, ...]) -> str:
    """What was found, by kind and number, without the words themselves."""
    kinds = sorted({hit.kind for hit in hits})
    places = "1 place looks like, or is" if len(hits) == 1 else f"{len(hits)} places look like, or are"
    return f"Withheld: {places} known to be, a patient's ({', '.join(kinds)})."


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> set[str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=set[str])
    except FileNotFoundError:
        return set()
    except (OSError, msgspec.MsgspecError) as problem:
        raise WorkspaceRefused(
            f"{path.name} can't be read.", "Restore it from a backup, or ask a new question."
        ) from problem
