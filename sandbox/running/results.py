"""What a run reported, kept encrypted under a key in the keyring.

    results = open_results(workspace, keystore, run)
    results.values["30-day readmission rate"], results.tables["By month"], results.figures["Trend"]

Plain files (the run record, the log) get only commitments: a salted hash per result, and a label only
when the signed program has it word for word.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file
from sandbox.messages.frames import BadFrame
from sandbox.messages.report_limits import CELL_CHARACTERS, LABEL_CHARACTERS, VALUE_PARTS

from .lines_run import LinesRun

if TYPE_CHECKING:
    import pyarrow as pa

    from sandbox.keystore import Keystore
    from sandbox.workspace import Workspace

RESULTS_KEY = "key/results"
FILE = "results.enc"
MAGIC = b"PRECEPTOR-RESULTS-1\n"
_NONCE = 12
_LARGEST = 10**38

Kind = Literal["value", "text", "table", "figure"]
Scalar = None | bool | int | float | str
Value = Scalar | list[Scalar] | dict[str, Scalar]


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One thing that a program reported: JSON for values and texts, an Arrow stream, or a PNG."""

    kind: Kind
    label: str
    data: bytes


class StepTaken(msgspec.Struct, frozen=True, array_like=True):
    """One `report.step`."""

    label: str
    rows: int
    patients: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a run reported, in order, and how much it read; what is inside the encryption."""

    run: str
    salt: bytes
    items: tuple[Item, ...] = ()
    steps: tuple[StepTaken, ...] = ()
    rows_read: int = 0
    bytes_read: int = 0
    lines: LinesRun | None = None  # None: kept before lines were, or the program has none

    def commitments(self, program: str) -> dict[str, str]:
        """A salted SHA-256 per result, under its label as far as that may be said (see `public_label`).

        The salt is inside the encryption: nobody can find out a small number by trying them all.
        """
        found: dict[str, str] = {}
        for number, item in enumerate(self.items, 1):
            label = _fresh(public_label(item.label, item.kind, number, program), found)
            found[label] = hashlib.sha256(self.salt + item.data).hexdigest()
        return found


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one run, by label."""

    run: str
    values: dict[str, Value]
    texts: dict[str, str]
    tables: dict[str, Any]
    figures: dict[str, bytes]
    steps: tuple[StepTaken, ...]
    order: tuple[tuple[Kind, str], ...]
    rows_read: int = 0
    bytes_read: int = 0
    lines: LinesRun | None = None


def public_label(label: str, kind: str, number: int, program: str) -> str:
    """`label` when the signed program has it as a literal, else a number: one made while running can hold a value."""
    return label if f'"{label}"' in program or f"'{label}'" in program else f"{kind} {number}"


def checked_value(untrusted: str) -> bytes:
    """The JSON of a value (a scalar, or a short list or mapping of them) in our own spelling, or `BadFrame`."""
    try:
        value = msgspec.json.decode(untrusted, type=Value)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as problem:
        raise BadFrame("a value is no value") from problem
    if isinstance(value, (list, dict)) and len(value) > VALUE_PARTS:
        raise BadFrame("a value has too many parts")
    if isinstance(value, dict):
        return _json({_checked_text(key): _plain(one) for key, one in value.items()})
    return _json([_plain(one) for one in value] if isinstance(value, list) else _plain(value))


def checked_label(untrusted: str) -> str:
    """A label of one line without control characters, or `BadFrame`."""
    if not untrusted.strip() or len(untrusted) > LABEL_CHARACTERS or not untrusted.isprintable():
        raise BadFrame("a label is empty, too long or not printable")
    return untrusted


def write_report(folder: Path, key: bytes, report: Report) -> str:
    """Keep the report durably, encrypted; the SHA-256 of the file."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(key, report.run).encrypt(nonce, msgspec.msgpack.encode(report), _bound(report.run))
    data = MAGIC + nonce + sealed
    replace_file(folder / FILE, data)
    return hashlib.sha256(data).hexdigest()


def read_report(path: Path, key: bytes, run: str) -> Report:
    """The report of `run`, or `RecordRefused` when the file is damaged, another run's, or under another key."""
    from cryptography.exceptions import InvalidTag

    try:
        data = path.read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(f"There are no results of run {run}.", "See `preceptor run --list`.") from problem
    except OSError as problem:
        raise RecordRefused(f"The results of run {run} can't be read ({type(problem).__name__}).") from problem
    nonce, sealed = data[len(MAGIC) : len(MAGIC) + _NONCE], data[len(MAGIC) + _NONCE :]
    try:
        if not data.startswith(MAGIC):
            raise InvalidTag
        report = msgspec.msgpack.decode(_cipher(key, run).decrypt(nonce, sealed, _bound(run)), type=Report)
    except (InvalidTag, ValueError) as problem:  # msgspec's errors are ValueErrors
        raise RecordRefused(
            f"The results of run {run} are damaged or were put there from elsewhere.", "Run its approval again."
        ) from problem
    return report


def open_results(workspace: Workspace, keystore: Keystore, run: str) -> Results:
    """The decrypted results of `run` for the reviewer's screen; leaves an entry in the audit log.

    The log's head is pinned as well: the broker could not, because by the end of a run it has no keyring.
    """
    from sandbox.records import AuditLog, pin_head, pinned_head
    from sandbox.review.setting_up import machine_key

    report = read_report(workspace.run(run) / FILE, machine_key(keystore, RESULTS_KEY), run)
    log = AuditLog(workspace.audit_log)
    log.append("results.opened", run=run)
    pin_head(keystore, log.check(pinned_head(keystore)))
    return results_of(report)


def results_of(report: Report) -> Results:
    """The report with its parts unpacked; a label that was used twice gets a number."""
    found: dict[Kind, dict[str, Any]] = {"value": {}, "text": {}, "table": {}, "figure": {}}
    order: list[tuple[Kind, str]] = []
    for item in report.items:
        label = _fresh(item.label, found[item.kind])
        found[item.kind][label] = _unpacked(item)
        order.append((item.kind, label))
    return Results(
        run=report.run,
        values=found["value"],
        texts=found["text"],
        tables=found["table"],
        figures=found["figure"],
        steps=report.steps,
        order=tuple(order),
        rows_read=report.rows_read,
        bytes_read=report.bytes_read,
        lines=report.lines,
    )


def packed_table(table: pa.Table) -> bytes:
    """A checked table as the Arrow stream that is kept, written by us."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _unpacked(item: Item) -> Any:
    if item.kind == "figure":
        return item.data
    if item.kind == "table":
        import pyarrow as pa

        with pa.ipc.open_stream(item.data) as stream:
            return stream.read_all()
    return msgspec.json.decode(item.data)


def _fresh(label: str, taken: dict[str, Any]) -> str:
    number, fresh = 1, label
    while fresh in taken:
        number += 1
        fresh = f"{label} ({number})"
    return fresh


def _plain(value: Scalar) -> Scalar:
    if isinstance(value, int) and abs(value) >= _LARGEST:
        raise BadFrame("a number is too large to show")
    return _checked_text(value) if isinstance(value, str) else value


def _checked_text(text: str) -> str:
    from .untrusted_arrow import plain_text

    if len(text) > CELL_CHARACTERS:
        raise BadFrame("a text is too long")
    return plain_text(text)


def _json(value: Value) -> bytes:
    return msgspec.json.encode(value)


def _bound(run: str) -> bytes:
    return MAGIC + run.encode()


def _cipher(key: bytes, run: str) -> Any:
    """AES-256-GCM under a key of this run's own, so that no two files share one."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_bound(run)).derive(key))
