"""Connecting a source: its place goes into the workspace, its login into the keyring."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandbox.errors import BadInput, SourceUnavailable
from sandbox.files import storage_fault, sync_folder
from sandbox.keystore import Keystore
from sandbox.records import AuditLog
from sandbox.review.setting_up import check_out_of_jails
from sandbox.review.source_files import check_holds_tables
from sandbox.workspace import SourceSettings, Workspace


def check_new_source(workspace: Workspace, name: str, location: Path) -> Path:
    """The place as a whole path, when it can be a source of that name; asked before anybody types a login."""
    if name in workspace.source_names():
        raise BadInput(f"A source named {name!r} is connected already.", "Choose another name, or remove it first.")
    location = location.expanduser().resolve()
    if not location.exists():
        raise SourceUnavailable(f"There is nothing at the place given for {name}.", "Check the path and try again.")
    if not location.is_file() and not location.is_dir():
        raise SourceUnavailable(
            f"What is at the place given for {name} is neither a file nor a folder.",
            "Choose a DuckDB file, or a folder of Parquet or CSV files.",
        )
    check_out_of_jails(location)
    if location.is_relative_to(workspace.root):
        raise BadInput("A source can't lie inside the workspace.", "Move it elsewhere, then connect it there.")
    check_holds_tables(location)
    return location


def add_source(
    workspace: Workspace, keystore: Keystore, name: str, location: Path, login: str | None, *, comments: bool = True
) -> SourceSettings:
    """Connect the file at `location` as `name`. It is opened later, in a process that holds only its login.

    Comments of a database are its documentation: by default they are proposed, cleaned of people and addresses, and
    nothing of them is told before the reviewer has read and signed them. `comments=False` leaves them out unseen.
    """
    location = check_new_source(workspace, name, location)
    source = SourceSettings(
        name=name, kind="duckdb", location=str(location), login=login is not None, comments=comments
    )
    if login is not None:
        keystore.put(f"login/{name}", login)
    workspace.save_source(source)
    AuditLog(workspace.audit_log).append("source.added", source=name, kind=source.kind)
    return source


def remove_source(workspace: Workspace, keystore: Keystore, name: str) -> None:
    """Disconnect a source: its login, then all that was kept of it. The log keeps what was signed and when.

    The log hears of it first: after an interruption the source can be removed again, and no index of it is missed.
    """
    workspace.source(name)
    keystore.delete(f"login/{name}")
    AuditLog(workspace.audit_log).append("source.removed", source=name)
    try:
        shutil.rmtree(workspace.source_folder(name))
    except OSError as problem:
        raise storage_fault(workspace.source_folder(name), problem) from problem


def forget_known(workspace: Workspace, name: str) -> None:
    """Wipe the index of known values of a source: nobody of it is recognised until it is made again."""
    workspace.source(name)
    AuditLog(workspace.audit_log).append("known.forgotten", source=name)
    path = workspace.source_folder(name) / "known.enc"
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as problem:
        raise storage_fault(path, problem) from problem
