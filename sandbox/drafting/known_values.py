"""Known values: a keyed, encrypted index over the identifier columns of the reviewer's own databases.

    data = build([{"last_name": ["Kowalczyk"], "first_name": ["Ada"], "mrn": ["MRN-0042117"]}], key)
    known = KnownValues.load(data, key)
    known.find("Was KOWALCZYK, ADA readmitted?")          # [Hit(start=4, end=18, kind="known name")]

Each item given to `build` is a set of aligned columns of one table (a mapping of column name to values; a
pyarrow Table or RecordBatch does too), so that first and last names of a row can be kept as a pair. Values are
kept as 64-bit keyed BLAKE2b digests of their normal forms, sorted, in a file under AES-256-GCM: a person-level
identifier like the values themselves, so it never leaves the machine. With them stand their shapes (`mrn0042117`
is `aaa0000000`): most of what is in a text has the shape of nothing known, and is not digested at all.
"""

from __future__ import annotations

import re
import secrets
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from sandbox.drafting.inspection import Hit
from sandbox.drafting.normal import Word, compact, significant, words
from sandbox.drafting.wordlists import company_near, is_common_word
from sandbox.errors import RecordRefused

MAGIC = b"PRECEPTOR-KNOWN-2\n"
_NONCE = 12
_WINDOW_WORDS = 9
_LONGEST = 60
# Short values ("A1", "42") would be found everywhere; the recognisers see them when a label stands beside them.
_SHORTEST_ALONE = 7
_SHORTEST = 5
_SHAPES = str.maketrans("abcdefghijklmnopqrstuvwxyz0123456789", "a" * 26 + "0" * 10)
# In these a shorter number may be hidden, behind a prefix or behind zeros (see `significant`).
_PREFIXED = frozenset("a" * letters + "0" * digits for letters in range(1, 5) for digits in range(5, _LONGEST + 1))
_NUMBERS = frozenset("0" * digits for digits in range(5, _LONGEST + 1))
_NAME_COLUMN = re.compile(r"name|(?:^|_)nm(?:$|_)|surname|first|last|given|family|middle|maiden|alias", re.IGNORECASE)
_SURNAME_COLUMN = re.compile(r"last|sur|family|maiden|sname|lname", re.IGNORECASE)
_NOT_A_PERSON = re.compile(r"employer|company|facility|hospital|plan|payer|org|clinic|dept|department", re.IGNORECASE)

Columns = Mapping[str, Sequence[Any]]


class _Index(msgspec.Struct, frozen=True, kw_only=True):
    """What is inside the encryption: three sorted lists of 64-bit digests, and how many values they hold.

    `shapes` are those of `exact`, each once.
    """

    values: int
    exact: bytes
    shapes: tuple[str, ...]
    pairs: bytes
    surnames: bytes


def build(tables: Iterable[Any], key: bytes) -> bytes:
    """The encrypted index over every value of `tables`, under the 32-byte `key`."""
    digest_key, cipher = _keys(key)
    exact: set[int] = set()
    shapes: set[str] = set()
    pairs: set[int] = set()
    surnames: set[int] = set()
    count = 0
    for table in tables:
        columns = _columns(table)
        count += sum(value is not None for values in columns.values() for value in values)
        _add_values(columns, digest_key, exact, shapes)
        _add_names(columns, digest_key, pairs, surnames)
    index = _Index(
        values=count,
        exact=_packed(exact),
        shapes=tuple(sorted(shapes)),
        pairs=_packed(pairs),
        surnames=_packed(surnames),
    )
    nonce = secrets.token_bytes(_NONCE)
    sealed: bytes = cipher.encrypt(nonce, msgspec.msgpack.encode(index), MAGIC)
    return MAGIC + nonce + sealed


class KnownValues:
    """Finds known values in a text. `exempt` are compact forms that are public (codes of reference tables)."""

    def __init__(self, key: bytes, indexes: Sequence[_Index], exempt: frozenset[str] = frozenset()) -> None:
        self._key = key
        self._exact = [_unpacked(index.exact) for index in indexes]
        self._shapes = frozenset(shape for index in indexes for shape in index.shapes)
        self._worth = frozenset(shape for shape in self._shapes if "0" in shape) | _PREFIXED
        self._worth_from_zero = self._worth | _NUMBERS
        self._pairs = [_unpacked(index.pairs) for index in indexes]
        self._surnames = [_unpacked(index.surnames) for index in indexes]
        self._exempt = exempt
        self.count = sum(index.values for index in indexes)

    @classmethod
    def load(cls, data: bytes | Sequence[bytes], key: bytes, exempt: frozenset[str] = frozenset()) -> KnownValues:
        """Open one encrypted index or several; `RecordRefused` when one is damaged or under another key."""
        parts = [data] if isinstance(data, bytes) else list(data)
        return cls(_keys(key)[0], [_opened(part, key) for part in parts], exempt)

    def find(self, text: str) -> list[Hit]:
        """Every place in `text` that is a known value in some plain variant."""
        if not self.count:
            return []
        found = words(text)
        return [*self._find_values(text, found), *self._find_pairs(found), *self._find_surnames(text, found)]

    def _find_values(self, text: str, found: list[Word]) -> Iterable[Hit]:
        """Runs of words, joined: letters alone only as one word (names are pairs), else up to nine words."""
        shapes = [shape(word.plain) for word in found]
        for first, word in enumerate(found):
            if (
                len(word.plain) >= _SHORTEST_ALONE
                and word.plain.isalpha()
                and self._is_known(word.plain, shapes[first])
            ):
                yield Hit(start=word.start, end=word.end, kind="known value")
            worth = self._worth_from_zero if word.plain[:1] == "0" else self._worth
            joined = form = ""
            for last in range(first, min(first + _WINDOW_WORDS, len(found))):
                form += shapes[last]
                joined += found[last].plain
                if form in worth and self._is_known(joined, form) and self._counts(joined, text, word.start):
                    yield Hit(start=word.start, end=found[last].end, kind="known value")

    def _counts(self, joined: str, text: str, at: int) -> bool:
        """Long enough to be nobody's chance; a short number counts only in company."""
        return len(joined) >= _SHORTEST_ALONE or (len(joined) >= _SHORTEST and company_near(text, at))

    def _is_known(self, joined: str, form: str) -> bool:
        """Whether it, or the number in it, is a known value. `form` is its shape: where no value has it, none is."""
        if joined in self._exempt:
            return False
        if form in self._shapes and self._holds_value(joined):
            return True
        number = significant(joined)
        return number != joined and shape(number) in self._shapes and self._holds_value(number)

    def _holds_value(self, form: str) -> bool:
        return _holds(self._exact, digest(self._key, "v", form))

    def _find_pairs(self, found: list[Word]) -> Iterable[Hit]:
        for index, left in enumerate(found):
            if not left.is_name_like:
                continue
            for right in found[index + 1 : index + 4]:
                if right.is_name_like and _holds(self._pairs, _pair(self._key, left.plain, right.plain)):
                    yield Hit(start=left.start, end=right.end, kind="known name")

    def _find_surnames(self, text: str, found: list[Word]) -> Iterable[Hit]:
        for word in found:
            if len(word.plain) < 4 or not text[word.start].isupper() or is_common_word(word.plain):
                continue
            if _holds(self._surnames, digest(self._key, "s", word.plain)):
                yield Hit(start=word.start, end=word.end, kind="known name")


def shape(form: str) -> str:
    """A compact form with every letter as `a` and every other character as `0`."""
    if form.isascii():
        return form.translate(_SHAPES)
    return "".join("a" if character.isalpha() else "0" for character in form)


def digest(key: bytes, sort: str, form: str) -> int:
    """The 64-bit keyed digest of a normal form; `sort` keeps values, pairs and surnames apart."""
    return int.from_bytes(blake2b(form.encode(), digest_size=8, key=key, person=sort.encode()).digest(), "big")


def _pair(key: bytes, one: str, other: str) -> int:
    return digest(key, "p", "\0".join(sorted((one, other))))


def _add_values(columns: Columns, key: bytes, exact: set[int], shapes: set[str]) -> None:
    for name, values in columns.items():
        part_of_name = _names_people(name)
        for value in values:
            form = compact(_text(value))
            if part_of_name and form.isalpha():
                continue  # a first name alone is no identifier; see the pairs
            for variant in {form, significant(form)}:
                if _SHORTEST <= len(variant) <= _LONGEST:
                    exact.add(digest(key, "v", variant))
                    shapes.add(shape(variant))


def _add_names(columns: Columns, key: bytes, pairs: set[int], surnames: set[int]) -> None:
    """The words of a row's names as pairs; each long word also alone, where it is no common word (see `find`)."""
    names = {name: values for name, values in columns.items() if _names_people(name)}
    for row in zip(*names.values(), strict=True):
        parts: list[str] = []
        for name, value in zip(names, row, strict=True):
            plain = [word.plain for word in words(_text(value)) if word.plain.isalpha()]
            shortest = 4 if _SURNAME_COLUMN.search(name) else 5
            surnames.update(digest(key, "s", part) for part in plain if len(part) >= shortest)
            parts += plain
        pairs.update(_pair(key, a, b) for i, a in enumerate(parts) for b in parts[i + 1 :] if a != b and len(a + b) > 4)


def _names_people(column: str) -> bool:
    return bool(_NAME_COLUMN.search(column)) and not _NOT_A_PERSON.search(column)


def _columns(table: Any) -> Columns:
    return table if isinstance(table, Mapping) else table.to_pydict()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _keys(key: bytes) -> tuple[bytes, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(key) != 32:
        raise RecordRefused("The key of the known-values index has the wrong length.")
    digest_key = blake2b(b"digest", key=key, digest_size=32).digest()
    return digest_key, AESGCM(blake2b(b"file", key=key, digest_size=32).digest())


def _opened(data: bytes, key: bytes) -> _Index:
    from cryptography.exceptions import InvalidTag

    if not data.startswith(MAGIC):
        raise RecordRefused("The known-values index is not one of ours.", "Build it again from its source.")
    nonce, sealed = data[len(MAGIC) : len(MAGIC) + _NONCE], data[len(MAGIC) + _NONCE :]
    try:
        return msgspec.msgpack.decode(_keys(key)[1].decrypt(nonce, sealed, MAGIC), type=_Index)
    except (InvalidTag, ValueError, msgspec.MsgspecError) as problem:
        raise RecordRefused(
            "The known-values index is damaged or under another key.", "Build it again from its source."
        ) from problem


def _packed(digests: set[int]) -> bytes:
    return array("Q", sorted(digests)).tobytes()


def _unpacked(data: bytes) -> array[int]:
    digests = array("Q")
    digests.frombytes(data)
    return digests


def _holds(lists: list[array[int]], value: int) -> bool:
    for digests in lists:
        at = bisect_left(digests, value)
        if at < len(digests) and digests[at] == value:
            return True
    return False
