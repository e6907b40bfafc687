"""Code sets on disk: `codesets/NAME/1.csv` with the codes, `1.json` with the facts on them. A version never changes.

code_set = keep(workspace, checked, name="heart_failure", description="Heart failure, any", source="…", system="…")
for code_set in code_sets(workspace): code_set.name, code_set.version, code_set.codes
"""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.dictionary.model import CodeSet, Dictionary
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import locked, replace_file
from sandbox.workspace import Workspace, check_line, checked_name, readable_json

from .checking import Checked
from .telling import content_hash

MOST_VERSIONS = 1000
_DAMAGED = "Restore it from a backup, or import the set again as a new version."
_HEADER = ("code", "meaning")


def keep(
    workspace: Workspace, checked: Checked, *, name: str, description: str = "", source: str = "", system: str = ""
) -> CodeSet:
    """Keep the codes as the next version of the set; `BadInput` when the newest holds the very same codes."""
    for what, text in (("A description", description), ("A source", source), ("A system", system)):
        check_line(what, text)
    folder = _folder(workspace, name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / ".lock"):
        earlier = [one for one in code_sets(workspace) if one.name == name]
        content = content_hash(code for code, _ in checked.codes)
        if earlier and earlier[-1].content == content:
            raise BadInput(f"Version {earlier[-1].version} of {name} holds the same codes, so nothing was kept.")
        number = earlier[-1].version + 1 if earlier else 1
        if number > MOST_VERSIONS:
            raise BadInput(f"A code set has at most {MOST_VERSIONS:,} versions.", "Give it another name.")
        data = _as_csv(checked.codes)
        kept = CodeSet(
            name=name,
            version=number,
            codes=len(checked.codes),
            sha256=hashlib.sha256(data).hexdigest(),
            content=content,
            description=description,
            source=source,
            system=system,
            unresolved=checked.unresolved,
            not_found=len(checked.not_found),
        )
        replace_file(folder / f"{number}.csv", data, mode=0o400)
        replace_file(folder / f"{number}.json", readable_json(kept), mode=0o400)
    return kept


def code_sets(workspace: Workspace) -> list[CodeSet]:
    """Every version of every set, by name and number."""
    found = [_read(path) for path in (workspace.root / "codesets").glob("*/*.json")]
    return sorted(found, key=lambda one: (one.name, one.version))


def find_code_set(workspace: Workspace, name: str, version: int | None = None) -> CodeSet:
    """That version, or the newest; `BadInput` when there is none."""
    found = [one for one in code_sets(workspace) if one.name == name and version in (None, one.version)]
    if not found:
        which = f"version {version} of " if version is not None else ""
        raise BadInput(f"There is no {which}code set {name!r}.", "See `preceptor codeset list`.")
    return found[-1]


def read_codes(workspace: Workspace, code_set: CodeSet) -> tuple[tuple[str, str], ...]:
    """Codes and meanings, or `RecordRefused` when the file is another one than was imported."""
    rows = list(csv.reader(io.StringIO(checked_file(workspace, code_set).decode())))
    return tuple((row[0], row[1]) for row in rows[1:])


def checked_file(workspace: Workspace, code_set: CodeSet) -> bytes:
    """The file's bytes, which are those that were imported, or `RecordRefused`."""
    path = _folder(workspace, code_set.name) / f"{code_set.version}.csv"
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise RecordRefused(f"The codes of {code_set.name} can't be read.", _DAMAGED) from problem
    if hashlib.sha256(data).hexdigest() != code_set.sha256:
        raise RecordRefused(f"The codes of {code_set.name} are not those that were imported.", _DAMAGED)
    return data


class Change(NamedTuple):
    """What a version has and another has not."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    same: int


def change_between(workspace: Workspace, name: str, first: int, second: int) -> Change:
    """From the first version to the second."""
    before, after = (
        {code for code, _ in read_codes(workspace, find_code_set(workspace, name, version))}
        for version in (first, second)
    )
    return Change(tuple(sorted(after - before)), tuple(sorted(before - after)), len(before & after))


def with_code_sets(workspace: Workspace, dictionary: Dictionary) -> Dictionary:
    """The dictionary with what is known of every code set; the codes stay in their files."""
    return msgspec.structs.replace(dictionary, code_sets=tuple(code_sets(workspace)))


def _folder(workspace: Workspace, name: str) -> Path:
    return workspace.root / "codesets" / checked_name(name)


def _read(path: Path) -> CodeSet:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=CodeSet)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise RecordRefused(f"Code set {path.parent.name} can't be read ({path.name}).", _DAMAGED) from problem
    if (found.name, str(found.version)) != (path.parent.name, path.stem):
        raise RecordRefused(f"{path.name} of code set {path.parent.name} is about another one.", _DAMAGED)
    return found


def _as_csv(codes: tuple[tuple[str, str], ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows((_HEADER, *codes))
    return text.getvalue().encode()
