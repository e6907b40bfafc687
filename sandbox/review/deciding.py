"""What only the reviewer does: decide on columns, sign tables, sign a draft, revoke.

Nothing here is reachable from an agent: these functions need the reviewer's unlocked key, which exists in
the reviewer's own process for as long as one signature takes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from sandbox.checks.facts import Given
from sandbox.dictionary.model import Column, Proposal, Table, Told
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.records import AuditLog, ReviewerKey, sign_table, signed_path
from sandbox.workspace import Workspace, readable_json


def read_proposal(workspace: Workspace, source: str) -> Proposal:
    """What looking at the source proposed, with the reviewer's decisions so far."""
    workspace.source(source)
    path = workspace.source_folder(source) / "proposal.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Proposal)
    except FileNotFoundError as problem:
        raise BadInput(f"Nobody has looked at {source} yet.", f"Run `preceptor source look {source}`.") from problem
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise BadInput(f"The proposal for {source} is damaged.", f"Run `preceptor source look {source}`.") from problem


def proposed_table(proposal: Proposal, name: str) -> Table:
    """The proposed table of that name, with or without the source in front."""
    wanted = name.lower().removeprefix(f"{proposal.source}.")
    for table in proposal.tables:
        if table.name == wanted:
            return table
    raise BadInput(f"{proposal.source} has no table {name!r}.", f"See `preceptor dictionary show {proposal.source}`.")


def decide(workspace: Workspace, source: str, column: str, told: Told | None, given: Given | None) -> Column:
    """Change what is told and given of `table.column`; kept until it is signed.

    Refused where no decision may lead: an identifier is never told by its values, and a key is given as a
    token or not at all (164.514(b)(2)(i), 164.514(c)). Where a record number is the key that joins the tables,
    giving its token makes it the patient key; its values stay here all the same.
    """
    proposal = read_proposal(workspace, source)
    table_name, _, column_name = column.lower().removeprefix(f"{source}.").rpartition(".")
    table = proposed_table(proposal, table_name)
    found = next((one for one in table.columns if one.name == column_name), None)
    if found is None:
        raise BadInput(f"{table.name} has no column {column_name!r}.")
    changed = _decided(found, told, given)
    _check_decision(changed)
    columns = tuple(changed if one is found else one for one in table.columns)
    tables = tuple(msgspec.structs.replace(one, columns=columns) if one is table else one for one in proposal.tables)
    decided = msgspec.structs.replace(proposal, tables=tables)
    replace_file(workspace.source_folder(source) / "proposal.json", readable_json(decided))
    return changed


def sign_tables(workspace: Workspace, key: ReviewerKey, source: str, names: tuple[str, ...]) -> list[Table]:
    """Sign tables into the dictionary as they are proposed and decided now."""
    proposal = read_proposal(workspace, source)
    tables = [proposed_table(proposal, name) for name in names] or list(proposal.tables)
    log = AuditLog(workspace.audit_log)
    for table in tables:
        references = tuple(one for one in proposal.references if one.table == table.full_name)
        envelope = sign_table(table, references, key)
        replace_file(signed_path(workspace, source, table.name), envelope)
        log.append("table.signed", table=table.full_name, columns=len(table.columns))
    return tables


def expiry(*, hours: int) -> str:
    """The moment `hours` from now, RFC 3339 UTC."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _decided(column: Column, told: Told | None, given: Given | None) -> Column:
    if given == "token" and column.column_class == "direct_identifier":
        column = msgspec.structs.replace(column, column_class="patient_key", domain="patient", told="name")
    return msgspec.structs.replace(column, told=told or column.told, given=given or column.given)


def _check_decision(column: Column) -> None:
    identifying = column.column_class in (
        "patient_key",
        "event_key",
        "direct_identifier",
        "secret",
        "free_text",
        "staff",
    )
    if identifying and column.told == "values":
        raise BadInput(f"{column.name} identifies people, so its values are never told.", "Tell its name, or nothing.")
    if column.column_class in ("patient_key", "event_key") and column.given in ("full", "derived"):
        raise BadInput(f"{column.name} is a key, so a program is given a token or nothing.", "Choose token.")
    if column.column_class in ("direct_identifier", "secret") and column.given not in ("nothing", "derived"):
        raise BadInput(f"{column.name} is an identifier, so no program is given it.", "Leave it at nothing.")
