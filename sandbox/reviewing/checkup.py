"""The doctor's smaller questions: is the disk a good place, is the index of patients fresh, are the versions those
that the checks were read against, does a program start as fast as it can."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from sandbox.errors import StorageFault
from sandbox.files import replace_file
from sandbox.reviewing.orders.settings import Finding
from sandbox.running.compiled import advice, not_compiled, sentence
from sandbox.workspace import Workspace

LEAST_FREE = 1024**3  # bytes
OLD_INDEX = timedelta(days=30)
# File systems on other machines: their locks and their promise to have written something are not to be relied on.
_REMOTE = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "gluster", "lustre", "davfs", "fuse.sshfs", "fuse.rclone")
_MOUNTS = Path("/proc/self/mounts")


def disk_findings(workspace: Workspace) -> Iterator[Finding]:
    """Whether the workspace can be written, has room, and lies on this machine."""
    yield _writable(workspace.root)
    kind = _file_system(workspace.root)
    if kind.startswith(_REMOTE):
        yield Finding(
            name="Place",
            ok=False,
            sentence=f"The workspace lies on another machine's disk ({kind}), where a lock or a write may be lost.",
            advice="Move its folder to a disk of this computer while Preceptor is closed.",
        )


def _writable(root: Path) -> Finding:
    probe = root / f".probe-{secrets.token_hex(4)}"
    try:
        replace_file(probe, b"")
        probe.unlink()
    except StorageFault as problem:
        return Finding(name="Disk", ok=False, sentence=problem.sentence, advice=problem.advice)
    free = shutil.disk_usage(root).free
    room = f"{free / 1024**3:,.1f} GB are free"
    if free < LEAST_FREE:
        return Finding(
            name="Disk",
            ok=False,
            sentence=f"The workspace can be written, but only {room}.",
            advice="Make room: a run whose results can't be kept is stopped.",
        )
    return Finding(name="Disk", ok=True, sentence=f"The workspace can be written; {room}.")


def _file_system(root: Path) -> str:
    """The kind of file system that the folder is on; empty where the system does not say."""
    try:
        lines = _MOUNTS.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    found = [(where, kind) for _, where, kind, *_ in (line.split() for line in lines) if _is_in(root, where)]
    return max(found, key=lambda mount: len(mount[0]), default=("", ""))[1]


def _is_in(root: Path, escaped: str) -> bool:
    return root.is_relative_to(escaped.encode().decode("unicode_escape", "replace"))


def known_findings(workspace: Workspace) -> Iterator[Finding]:
    """Per source that an agent may know of: whether its patients are recognised in what is sent."""
    for name in workspace.source_names():
        folder = workspace.source_folder(name)
        index = folder / "known.enc"
        if index.exists():
            yield _index_finding(name, datetime.fromtimestamp(os.stat(index).st_mtime, UTC))
        elif any((folder / "signed").glob("*.json")):
            yield Finding(
                name=f"Patients of {name}",
                ok=False,
                sentence=f"Tables of {name} are signed, but its patients are not recognised in what is sent.",
                advice="Open Data and index the identifiers of this source.",
            )


def _index_finding(name: str, made: datetime) -> Finding:
    day = f"{made:%Y-%m-%d}"
    if datetime.now(UTC) - made > OLD_INDEX:
        return Finding(
            name=f"Patients of {name}",
            ok=False,
            sentence=f"Patients of {name} are recognised as of {day}; whoever came later is not.",
            advice="Open Data and index the identifiers of this source again.",
        )
    return Finding(
        name=f"Patients of {name}", ok=True, sentence=f"Patients of {name} are recognised in what is sent, as of {day}."
    )


def version_finding() -> Finding:
    """Whether each library that the checks are bound to is the exact version that they were read against."""
    wrong = [f"{name} is {found}, not {pinned}" for name, pinned, found in _pinned() if found != pinned]
    if wrong:
        return Finding(
            name="Versions",
            ok=False,
            sentence=f"A library that the checks rely on is another version than was reviewed: {'; '.join(wrong)}.",
            advice="Install Preceptor again.",
        )
    return Finding(
        name="Versions", ok=True, sentence="The libraries that the checks rely on are those that were reviewed."
    )


def compiled_finding() -> Finding:
    """Whether programs start as fast as they can. Nothing rests on that, so there is advice and no failure."""
    behind = not_compiled()
    return Finding(name="Start of programs", ok=True, sentence=sentence(behind), advice=advice(behind))


def _pinned() -> Iterator[tuple[str, str, str]]:
    """Name, pinned and installed version of each requirement that allows one version only."""
    try:
        wanted = requires("preceptor") or []
    except PackageNotFoundError:
        return
    for requirement in wanted:
        name, _, pinned = requirement.partition("==")
        if pinned and ";" not in requirement:
            yield name, pinned, version(name)
