"""Lists of patients' identifiers that the reviewer brings: encrypted in the workspace, opened by a broker alone.

    keys = keep_list(workspace, key, read_identifiers(Path("opt-outs.txt")))      # a `KeyList` to be signed
    identifiers = open_list(workspace, key, keys)                                 # exactly those, or a refusal
    k = as_keys(identifiers, column_type)                                         # as they stand in the source

What is signed is the list's name, how many there are, and a salted hash: nobody without the file and its key can tell
from it who is on the list.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import os
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.checks.facts import KeyList
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file
from sandbox.visible import visible
from sandbox.workspace import Workspace

LISTS_KEY = "key/lists"
LONGEST = 200  # characters of one identifier
MOST = 1_000_000  # identifiers of one list
_NONCE = 12
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE]\+?[0-9]{1,2})?")
_INT64 = range(-(2**63), 2**63)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    salt: bytes
    identifiers: tuple[str, ...]


def read_identifiers(path: Path) -> tuple[str, ...]:
    """The identifiers of a text or CSV file, one a line: the first field of each, without empty lines and repeats.

    Raises `BadInput` that names the line, never what stands in it.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise BadInput(f"The list can't be read ({type(problem).__name__}).") from problem
    except UnicodeDecodeError as problem:
        raise BadInput("The list is no text in UTF-8.", "Save it as UTF-8, one identifier a line.") from problem
    found = tuple(dict.fromkeys(_fields(text)))
    if not found:
        raise BadInput("The list is empty.", "Write one identifier a line.")
    if len(found) > MOST:
        raise BadInput(f"A list has at most {MOST:,} identifiers.", "Split it into several.")
    return found


def _fields(text: str) -> Iterator[str]:
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
            field = row[0].strip() if row else ""
            if any(other.strip() for other in row[1:]):
                raise BadInput(f"Line {number} of the list holds more than one field.", "Keep one identifier a line.")
            if len(field) > LONGEST or visible(field) != field:
                raise BadInput(f"Line {number} of the list holds no identifier.", "Keep one identifier a line.")
            if field:
                yield field
    except csv.Error as problem:
        raise BadInput("The list can't be read as lines of text.", "Keep one identifier a line.") from problem


def keep_list(workspace: Workspace, key: bytes, identifiers: Sequence[str]) -> KeyList:
    """Encrypt the identifiers into a new file of the workspace; what to sign of them."""
    name = f"l-{os.urandom(8).hex()}"
    kept = _Kept(os.urandom(32), tuple(identifiers))
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, msgspec.msgpack.encode(kept), _bound(workspace, name))
    replace_file(workspace.key_list(name), sealed)
    return KeyList(name=name, count=len(kept.identifiers), commitment=_commitment(kept))


def open_list(workspace: Workspace, key: bytes, signed: KeyList) -> tuple[str, ...]:
    """The identifiers that were signed, or `RecordRefused` when the file is missing or is not what it was."""
    try:
        sealed = workspace.key_list(signed.name).read_bytes()
    except OSError as problem:
        raise _not_there(signed, f"is not there ({type(problem).__name__})") from problem
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(workspace, signed.name))
        kept = msgspec.msgpack.decode(plain, type=_Kept)
    except (InvalidTag, ValueError) as problem:  # msgspec's errors are ValueErrors
        raise _not_there(signed, "is damaged") from problem
    if not hmac.compare_digest(_commitment(kept), signed.commitment) or len(kept.identifiers) != signed.count:
        raise _not_there(signed, "is another one than was signed")
    return kept.identifiers


def as_keys(identifiers: Sequence[str], type: pa.DataType) -> pa.Array:
    """The identifiers as values of a column of this type. One that can't be such a value can't be in it either."""
    if pa.types.is_integer(type):
        limits = np.iinfo(type.to_pandas_dtype())
        return pa.array([number for number in _numbers(identifiers) if limits.min <= number <= limits.max], type)
    if pa.types.is_decimal(type) or pa.types.is_floating(type):
        return pa.array([number for number in _numbers(identifiers) if number in _INT64], pa.int64())
    return pa.array(identifiers, pa.string())


def _numbers(identifiers: Sequence[str]) -> Iterator[int]:
    """Whole numbers, however a spreadsheet has written them: 12 is 12.0 and 1.2E1."""
    for text in identifiers:
        if _NUMBER.fullmatch(text) and (number := Decimal(text)) == number.to_integral_value():
            yield int(number)


def _commitment(kept: _Kept) -> str:
    return "hmac-sha256:" + hmac.new(kept.salt, msgspec.json.encode(kept.identifiers), hashlib.sha256).hexdigest()


def _bound(workspace: Workspace, name: str) -> bytes:
    return f"preceptor list 1 {workspace.id} {name}".encode()


def _not_there(signed: KeyList, what: str) -> RecordRefused:
    return RecordRefused(
        f"The list of {signed.count:,} identifiers {signed.name} {what}.",
        "Restore it from a backup, or sign without it (`preceptor exclude remove`).",
    )
