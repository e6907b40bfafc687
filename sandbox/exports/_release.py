"""One file that leaves the desk, with its label beside it: what it is, for whom, on whose authority."""

from __future__ import annotations

import csv
import hashlib
import io
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.errors import BadInput, ExportRefused
from sandbox.files import replace_file
from sandbox.workspace import now

from ._suppression import suppress

if TYPE_CHECKING:
    import pyarrow as pa


PICTURE = "A picture as the program drew it; small numbers in a picture are not hidden."


class Label(StrEnum):
    """What a file is under the Privacy Rule (45 CFR 164.514)."""

    AGGREGATE = "aggregate"
    DE_IDENTIFIED = "de-identified"
    LIMITED = "limited data set"
    IDENTIFIED = "identified"


class Audience(StrEnum):
    """For whom the file is. Small cells are hidden for all of them; a care team looks at the desk instead."""

    CARE_TEAM = "care team"
    INTERNAL = "internal"
    RESEARCH = "research"
    PUBLIC = "public"


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What the reviewer says about an export before it is made. `authority`: the approval, determination or policy."""

    title: str
    audience: Audience
    recipient: str
    authority: str
    label: Label = Label.AGGREGATE
    minimum: int = 11
    counts: tuple[str, ...] | None = None
    totals_known: bool = True
    run: str = ""


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was made: for the audit log. Names a file and its hash, never a value."""

    file: str
    sha256: str
    label: Label
    audience: Audience
    recipient: str
    authority: str
    run: str
    rows: int
    columns: tuple[str, ...]
    sentence: str
    made_at: str


def export_csv(table: pa.Table, path: Path, release: Release) -> Exported:
    """Write the table as CSV after disclosure control, and its label beside it in `NAME.about.txt`.

    Refuses to overwrite, a label that is not aggregate (row-level exports are not made here), and an export
    without recipient or authority.
    """
    _check(path, release)
    safe, sentence = suppress(table, release.minimum, counts=release.counts, totals_known=release.totals_known)
    columns = tuple(safe.column_names)
    return _write(path, _csv(safe), release, sentence=sentence, rows=safe.num_rows, columns=columns)


def export_png(figure: bytes, path: Path, release: Release) -> Exported:
    """Write a figure as it is, with its label beside it; refuses what `export_csv` refuses.

    Nothing can be hidden in a picture, and the label says so: whoever signs has looked at it.
    """
    _check(path, release)
    return _write(path, figure, release, sentence=PICTURE)


def _check(path: Path, release: Release) -> None:
    if release.label is not Label.AGGREGATE:
        raise ExportRefused(f"An export labelled {release.label} can't be made; only aggregates leave the desk.")
    if not release.recipient.strip() or not release.authority.strip():
        raise ExportRefused("An export needs a recipient and an authority.", "Name both, then export again.")
    if path.exists() or _about_path(path).exists():
        raise BadInput(f"{path.name} exists already.", "Choose another file name.")


def _write(
    path: Path, data: bytes, release: Release, *, sentence: str, rows: int = 0, columns: tuple[str, ...] = ()
) -> Exported:
    exported = Exported(
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        label=release.label,
        audience=release.audience,
        recipient=release.recipient,
        authority=release.authority,
        run=release.run,
        rows=rows,
        columns=columns,
        sentence=sentence,
        made_at=now(),
    )
    replace_file(_about_path(path), _about(release, exported).encode())  # the label first: no file is without one
    replace_file(path, data)
    return exported


def _about_path(path: Path) -> Path:
    return path.with_name(path.name + ".about.txt")


def _csv(table: pa.Table) -> bytes:
    """RFC 4180, UTF-8. Text that a spreadsheet would run as a formula is kept from it by an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(name) for name in table.column_names])
    columns = [table[name].to_pylist() for name in table.column_names]
    writer.writerows([_harmless(value) for value in row] for row in zip(*columns, strict=True))
    return out.getvalue().encode()


def _harmless(value: Any) -> Any:
    formula = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if formula and not _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _about(release: Release, exported: Exported) -> str:
    lines = {
        "Title": release.title,
        "File": exported.file,
        "SHA-256": exported.sha256,
        "Label": f"{exported.label} ({exported.sentence})",
        "Audience": exported.audience,
        "Recipient": exported.recipient,
        "Authority": exported.authority,
        "Run": exported.run or "not named",
        "Made": exported.made_at,
    }
    return "".join(f"{name}: {_one_line(value)}\n" for name, value in lines.items())


def _one_line(text: str) -> str:
    """A line break in a title can't forge a line of the label."""
    return " ".join(text.split())
