"""Checking an audit bundle, with nothing but the bundle and, if one has it, the reviewer's fingerprint.

verdict = verify_bundle(folder, trusted=("3f6c…",))
verdict.ok, verdict.sentence, verdict.checks
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sandbox.errors import RecordRefused
from sandbox.records import _bundle_layout as layout
from sandbox.records._bundle_contents import Contents
from sandbox.records._envelope import LIMIT, Record, sha256

T = TypeVar("T")


class Check(Record, frozen=True):
    """One thing that was checked: a file by its name, or a claim by a few words."""

    name: str
    ok: bool
    sentence: str


class Verdict(Record, frozen=True):
    """`ok`: everything is as it was signed, and not by somebody else than those who were named as trusted.

    `trusted` says whether a key was named and is the one that signed; without it the signer is unknown.
    """

    ok: bool
    sentence: str
    checks: tuple[Check, ...]
    trusted: bool = False
    fingerprint: str = ""


def verify_bundle(path: Path, trusted: tuple[str, ...] = ()) -> Verdict:
    """Check every byte and every signature of a bundle, and name each file that is not what it was.

    1. The folder holds exactly the files of its list, and each has its checksum.
    2. The list is the one that the certified workstation signed.
    3. Every record is signed by whom it must be, and they speak of each other (`Contents`).
    4. The reviewer's key is one that whoever asks trusts; only they can say.
    """
    untrusted = _read_folder(path)
    checks = list(_check_files(untrusted))  # (1)
    contents = Contents({name: data for name, data in untrusted.items() if data is not None})
    checks += [_checked(name, check) for name, check in contents.checks()]  # (2) (3)
    problems = [check.name for check in checks if not check.ok]
    if problems:
        names = ", ".join(dict.fromkeys(problems))
        return Verdict(ok=False, sentence=f"Not intact: {names}.", checks=tuple(checks))
    return _signer_verdict(contents, checks, {key.lower() for key in trusted})  # (4)


def _signer_verdict(contents: Contents, checks: list[Check], trusted: set[str]) -> Verdict:
    fingerprint, name = contents.reviewer.fingerprint, contents.approval.reviewer
    known = fingerprint in trusted
    if known:
        sentence = f"Intact, and signed by {name} with a key that you trust."
    elif trusted:
        sentence = f"Intact, but signed with a key that is none of those you trust (it says {name}, {fingerprint})."
    else:
        sentence = f"Intact, signer unknown: it says {name}; compare the fingerprint {fingerprint} with the reviewer's."
    checks.append(Check(name="signer", ok=known or not trusted, sentence=sentence))
    return Verdict(
        ok=known or not trusted, sentence=sentence, checks=tuple(checks), trusted=known, fingerprint=fingerprint
    )


def _read_folder(path: Path) -> dict[str, bytes | None]:
    """Every file by its name inside the folder; None for what is no plain file of a sensible size."""
    if not path.is_dir():
        raise RecordRefused("There is no bundle at this place.", "Name the folder that holds VERIFY.txt.")
    found: dict[str, bytes | None] = {}
    for place in sorted(path.rglob("*")):
        if place.is_symlink() or not (place.is_dir() or place.is_file()):
            found[place.relative_to(path).as_posix()] = None
        elif place.is_file():
            small = place.stat().st_size <= LIMIT
            found[place.relative_to(path).as_posix()] = place.read_bytes() if small else None
    return found


def _check_files(untrusted: dict[str, bytes | None]) -> Iterator[Check]:
    try:
        listed = layout.read_checksums(untrusted.get(layout.SUMS) or b"")
    except RecordRefused as problem:
        yield Check(name=layout.SUMS, ok=False, sentence=problem.sentence)
        return
    for name in sorted({*listed, *layout.UNLISTED} - set(untrusted)):
        yield Check(name=name, ok=False, sentence=f"{name} is missing.")
    for name in sorted(set(untrusted) - {*listed, *layout.UNLISTED}):
        yield Check(name=name, ok=False, sentence=f"{name} does not belong to the bundle.")
    for name in sorted(set(listed) & set(untrusted)):
        data = untrusted[name]
        if data is None or sha256(data) != listed[name]:
            yield Check(name=name, ok=False, sentence=f"{name} was changed: it is not what {layout.SUMS} lists.")
    yield Check(name="files", ok=True, sentence=f"{len(listed)} files are listed with their checksums.")


def _checked(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, sentence=check())
    except RecordRefused as problem:
        return Check(name=name, ok=False, sentence=problem.sentence)
