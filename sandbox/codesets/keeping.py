"""Code sets on disk: `codesets/NAME/1.csv` with the codes, `1.json` with the facts on them. A version never changes.

code_set = keep(workspace, checked, name="heart_failure", description="Heart failure, any", source="…", system="…")
for code_set in code_sets(workspace): code_set.name, code_set.version, code_set.codes
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.dictionary.model import CodeSet, Dictionary
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import locked, replace_file, storage_fault
from sandbox.records import AuditLog
from sandbox.workspace import Workspace, check_line, checked_name, readable_json

from .checking import Checked
from .telling import content_hash

MOST_VERSIONS = 1000
KEPT, REMOVED = "codeset.kept", "codeset.removed"
_DAMAGED = "Restore it from a backup, or remove its folder and import the set again."
_HEADER = ("code", "meaning")
GONE = ("", "")
Logged = dict[tuple[str, str], tuple[str, str]]
_contents: dict[str, tuple[str, int]] = {}  # by the hash of a file that was read: what its codes are, and how many


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
        number = _last_number(workspace, name) + 1
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
        facts = readable_json(kept)
        replace_file(folder / f"{number}.csv", data, mode=0o400)
        replace_file(folder / f"{number}.json", facts, mode=0o400)
        proof = {"sha256": kept.sha256, "facts": hashlib.sha256(facts).hexdigest()}
        AuditLog(workspace.audit_log).append(KEPT, code_set=name, version=number, codes=kept.codes, **proof)
    return kept


def code_sets(workspace: Workspace) -> list[CodeSet]:
    """Every version of every set, by name and number, or `RecordRefused`: one isn't what the log says was imported."""
    paths = sorted((workspace.root / "codesets").glob("*/*.json"))
    if not paths:
        return []
    logged = _logged(workspace)
    there = (path for path in paths if logged.get((path.parent.name, path.stem)) != GONE)
    return sorted((_read(workspace, path, logged) for path in there), key=lambda one: (one.name, one.version))


def remove(workspace: Workspace, removed: Iterable[CodeSet]) -> None:
    """Remove these versions. The log hears of it first; their numbers are never given again."""
    for one in removed:
        folder = _folder(workspace, one.name)
        with locked(folder / ".lock"):
            AuditLog(workspace.audit_log).append(REMOVED, code_set=one.name, version=one.version)
            for path in (folder / f"{one.version}.csv", folder / f"{one.version}.json"):
                try:
                    path.unlink(missing_ok=True)
                except OSError as problem:
                    raise storage_fault(path, problem) from problem


def removed_versions(workspace: Workspace) -> set[tuple[str, int]]:
    """The versions that the reviewer removed."""
    return {(name, int(version)) for (name, version), proof in _logged(workspace).items() if proof == GONE}


def find_code_set(workspace: Workspace, name: str, version: int | None = None) -> CodeSet:
    """That version, or the newest; `BadInput` when there is none."""
    found = [one for one in code_sets(workspace) if one.name == name and version in (None, one.version)]
    if not found:
        which = f"version {version} of " if version is not None else ""
        raise BadInput(f"There is no {which}code set {name!r}.", "See `preceptor codeset list`.")
    return found[-1]


def read_codes(workspace: Workspace, code_set: CodeSet) -> tuple[tuple[str, str], ...]:
    """Codes and meanings, or `RecordRefused` when the file is another one than was imported."""
    return _rows(checked_file(workspace, code_set))


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


def _logged(workspace: Workspace) -> Logged:
    """Of each version, the hashes of its codes and of its facts in the newest entry; `GONE` for what was removed."""
    found: Logged = {}
    for one in AuditLog(workspace.audit_log).entries():
        if one.event in (KEPT, REMOVED):
            version = (one.details["code_set"], str(one.details["version"]))
            found[version] = GONE if one.event == REMOVED else (one.details["sha256"], one.details["facts"])
    return found


def _last_number(workspace: Workspace, name: str) -> int:
    """Of all that were ever kept under that name."""
    return max((int(version) for one, version in _logged(workspace) if one == name), default=0)


def _read(workspace: Workspace, path: Path, logged: Logged) -> CodeSet:
    """1. The facts can be read, and are about this version. 2. They and the codes are those that the log names.
    3. What is known of the codes is counted in the codes themselves.
    """
    try:
        facts = path.read_bytes()
        found = msgspec.json.decode(facts, type=CodeSet)  # (1)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise RecordRefused(f"Code set {path.parent.name} can't be read ({path.name}).", _DAMAGED) from problem
    if (found.name, str(found.version)) != (path.parent.name, path.stem):
        raise RecordRefused(f"{path.name} of code set {path.parent.name} is about another one.", _DAMAGED)
    if logged.get((found.name, str(found.version))) != (found.sha256, hashlib.sha256(facts).hexdigest()):  # (2)
        raise RecordRefused(f"Version {found.version} of {found.name} is not the one that the log names.", _DAMAGED)
    if found.sha256 not in _contents:
        codes = [code for code, _ in _rows(checked_file(workspace, found))]
        _contents[found.sha256] = (content_hash(codes), len(codes))
    content, count = _contents[found.sha256]  # (3)
    return msgspec.structs.replace(found, content=content, codes=count)


def _rows(data: bytes) -> tuple[tuple[str, str], ...]:
    rows = list(csv.reader(io.StringIO(data.decode())))
    return tuple((row[0], row[1]) for row in rows[1:])


def _as_csv(codes: tuple[tuple[str, str], ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows((_HEADER, *codes))
    return text.getvalue().encode()
