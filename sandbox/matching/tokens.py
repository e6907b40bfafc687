"""Random stand-ins for the keys of patients and events, the same ones in every run of a workspace."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.errors import QueryRefused

from ._pairs import Ints, Pairs
from ._token_file import Segment, TokenFile

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,15})?")

WHOLE_NUMBER = r"^(0|-?[1-9][0-9]{0,17}|-?[1-8][0-9]{18})$"  # how an int64 is written, and nothing else
SEGMENT_PAIRS = 1_000_000


class Tokens:
    """The tokens of one workspace. For one thread at a time; several processes may have them open."""

    def __init__(self, file: TokenFile) -> None:
        self._file = file
        self._unread: dict[str, list[Segment]] = {}
        self._pairs: dict[str, Pairs] = {}

    @classmethod
    def open(cls, path: Path, key: bytes, workspace: str) -> Tokens:
        """Open or begin the file at `path`, or raise `WorkspaceRefused` when it is damaged or another's."""
        file = TokenFile(path, key, workspace)
        file.make()
        tokens = cls(file)
        tokens._take(file.read_new())
        return tokens

    @property
    def files(self) -> tuple[Path, Path]:
        """The files that a confined process must be able to write."""
        return self._file.files

    def hide(self, domain: str, column: pa.Array | pa.ChunkedArray) -> pa.Array:
        """An int64 token for every key of `column`; null stays null.

        Tokens of keys never seen before are on the disk before this returns. Raises `QueryRefused` for a
        column of a type that can't be a key.
        """
        ints, texts = _ints_and_texts(column)
        self._learn(domain, _distinct(ints).to_numpy(), _distinct(texts).to_pylist())
        pairs = self._of(domain)
        hidden = _through_distinct(ints, lambda keys: pairs.of_ints.find(keys.to_numpy())[0])
        if texts.null_count == len(texts):
            return hidden
        return pc.coalesce(
            hidden, _through_distinct(texts, lambda keys: [pairs.of_texts[key] for key in keys.to_pylist()])
        )

    def reveal(self, domain: str, tokens: pa.Array | pa.ChunkedArray, type: pa.DataType) -> pa.Array:
        """The distinct keys behind `tokens` as `type`; null is left out.

        Raises `QueryRefused` when one of them is no token of this domain. A key that can't be of `type`
        can't occur in the column it is compared with either, and is left out.
        """
        self._take(self._file.read_new())
        wanted = _distinct(_as_ints(tokens)).to_numpy()
        pairs = self._of(domain)
        values, known = pairs.to_ints.find(wanted)
        rest = wanted[~known].tolist()
        if any(token not in pairs.to_texts for token in rest):
            raise QueryRefused(
                "The cohort holds numbers that are no tokens of that key.",
                "Pass the key column as a query returned it, not something computed from it.",
            )
        return _as_type(pa.array(values[known], pa.int64()), [pairs.to_texts[token] for token in rest], type)

    def _learn(self, domain: str, ints: Ints, texts: list[str]) -> None:
        """Make and keep tokens for what is new. Another process's tokens win."""
        if not self._new_ints(domain, ints).size and not self._new_texts(domain, texts):
            return
        with self._file.appending():
            self._take(self._file.read_new())
            new_ints, new_texts = self._new_ints(domain, ints), self._new_texts(domain, texts)
            for start in range(0, len(new_ints), SEGMENT_PAIRS):
                self._keep(domain, new_ints[start : start + SEGMENT_PAIRS])
            for start in range(0, len(new_texts), SEGMENT_PAIRS):
                self._keep(domain, new_texts[start : start + SEGMENT_PAIRS])

    def _keep(self, domain: str, values: Ints | list[str]) -> None:
        tokens = self._of(domain).new_tokens(len(values))
        texts = isinstance(values, list)
        data = msgspec.msgpack.encode(values) if isinstance(values, list) else values.astype("<i8").tobytes()
        segment = Segment(domain=domain, texts=texts, values=data, tokens=tokens.astype("<i8").tobytes())
        self._file.append(segment)
        _add(self._of(domain), segment)

    def _new_ints(self, domain: str, ints: Ints) -> Ints:
        return ints[~self._of(domain).of_ints.find(ints)[1]]

    def _new_texts(self, domain: str, texts: list[str]) -> list[str]:
        known = self._of(domain).of_texts
        return [text for text in texts if text not in known]

    def _of(self, domain: str) -> Pairs:
        pairs = self._pairs.setdefault(domain, Pairs())
        for segment in self._unread.pop(domain, ()):
            _add(pairs, segment)
        return pairs

    def _take(self, segments: list[Segment]) -> None:
        for segment in segments:
            self._unread.setdefault(segment.domain, []).append(segment)


def _add(pairs: Pairs, segment: Segment) -> None:
    tokens = np.frombuffer(segment.tokens, "<i8").astype(np.int64)
    if segment.texts:
        pairs.add_texts(msgspec.msgpack.decode(segment.values, type=list[str]), tokens)
    else:
        pairs.add_ints(np.frombuffer(segment.values, "<i8").astype(np.int64), tokens)


def _ints_and_texts(column: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """The column as int64 where a key is a whole number and as text where it is not; null in the other."""
    values = _one_array(column)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if _is_text(values.type):
        return _split(values)
    try:
        return values.cast(pa.int64()), pa.nulls(len(values), pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _split(_as_text(values))


def _split(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    texts = texts.cast(pa.large_string())
    whole = pc.match_substring_regex(texts, WHOLE_NUMBER)
    ints = pc.if_else(whole, texts, None).cast(pa.int64())
    return ints, pc.if_else(whole, None, texts)


def _as_text(values: pa.Array) -> pa.Array:
    if pa.types.is_nested(values.type) or pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        raise QueryRefused("A key can't be a list, a structure or bytes.", "Select the key column itself.")
    return values.cast(pa.large_string())


def _as_ints(tokens: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Tokens as a program gives them back: pandas may have made floats of them, and NaN of what was absent."""
    values = _one_array(tokens)
    try:
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), None, values)
        return values.cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise QueryRefused(
            "A cohort must be a column of keys.", "Pass the key column as a query returned it."
        ) from problem


def _through_distinct(keys: pa.Array, tokens_of: Callable[[pa.Array], Ints | list[int]]) -> pa.Array:
    """Tokens by way of the distinct keys: one search for each, however often it occurs."""
    encoded = keys.dictionary_encode()
    return pa.array(tokens_of(encoded.dictionary), pa.int64()).take(encoded.indices)


def _as_type(ints: pa.Array, texts: list[str], type: pa.DataType) -> pa.Array:
    if _is_text(type):
        return pa.concat_arrays([ints.cast(type), pa.array(texts, type)])
    if texts and not len(ints) and _is_number(type) and not any(map(_NUMBER.fullmatch, texts)):
        raise QueryRefused(
            "The cohort's keys are texts, and the key column that they are looked for in holds numbers.",
            "Pass a key column that a query of the same source returned.",
        )
    if pa.types.is_integer(type):
        return ints.filter(_fits(ints, type)).cast(type)
    if _is_number(type):  # engines do not compare numbers with texts
        parts = [number for text in texts if _NUMBER.fullmatch(text) and _holds(type, number := Decimal(text))]
        return (
            pa.array([*map(Decimal, ints.to_pylist()), *parts], pa.decimal128(38, max(_scale(parts), 0)))
            if parts
            else ints
        )
    return pa.concat_arrays([ints.cast(pa.string()), pa.array(texts, pa.string())])  # the engine converts


def _is_number(type: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type) or pa.types.is_decimal(type) or pa.types.is_floating(type))


def _holds(type: pa.DataType, number: Decimal) -> bool:
    """Whether a column of the type can hold it, as to its places behind the point."""
    return not pa.types.is_decimal(type) or _scale([number.normalize()]) <= type.scale


def _scale(numbers: list[Decimal]) -> int:
    return max(-int(number.as_tuple().exponent) for number in numbers)


def _fits(ints: pa.Array, type: pa.DataType) -> pa.Array:
    limits = np.iinfo(type.to_pandas_dtype())
    low, high = max(int(limits.min), -(2**63)), min(int(limits.max), 2**63 - 1)
    return pc.and_(pc.greater_equal(ints, low), pc.less_equal(ints, high))


def _distinct(values: pa.Array) -> Any:
    return values.drop_null().unique()


def _one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # no chunk at all, or too much text for one
            column = pa.concat_arrays(list(column.chunks) or [pa.array([], column.type)])
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def _is_text(type: pa.DataType) -> bool:
    return bool(pa.types.is_string(type) or pa.types.is_large_string(type) or pa.types.is_string_view(type))
