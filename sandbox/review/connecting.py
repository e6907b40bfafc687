"""Connecting a source: its place goes into the workspace, its login into the keyring."""

from __future__ import annotations

from pathlib import Path

from sandbox.errors import BadInput, SourceUnavailable
from sandbox.keystore import Keystore
from sandbox.records import AuditLog
from sandbox.review.setting_up import check_out_of_jails
from sandbox.workspace import SourceSettings, Workspace


def add_source(
    workspace: Workspace, keystore: Keystore, name: str, location: Path, login: str | None
) -> SourceSettings:
    """Connect the file at `location` as `name`. It is opened later, in a process that holds only its login."""
    if name in workspace.source_names():
        raise BadInput(f"A source named {name!r} is connected already.", "Choose another name.")
    location = location.expanduser().resolve()
    if not location.exists():
        raise SourceUnavailable(f"There is nothing at the place given for {name}.", "Check the path and try again.")
    check_out_of_jails(location)
    if location.is_relative_to(workspace.root):
        raise BadInput("A source can't lie inside the workspace.", "Move it elsewhere, then connect it there.")
    source = SourceSettings(name=name, kind="duckdb", location=str(location), login=login is not None)
    if login is not None:
        keystore.put(f"login/{name}", login)
    workspace.save_source(source)
    AuditLog(workspace.audit_log).append("source.added", source=name, kind=source.kind)
    return source
