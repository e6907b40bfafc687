"""What only the reviewer does: decide on columns, sign tables, sign a draft, revoke.

Nothing here is reachable from an agent: these functions need the reviewer's unlocked key, which exists in
the reviewer's own process for as long as one signature takes.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from sandbox.checks.facts import Given
from sandbox.dictionary.model import DECIDED, Column, Proposal, ReferenceRows, Table, Told
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.records import AuditLog, ReviewerKey, Trust, sha256, sign_table, signed_path
from sandbox.review.counting import check_counted
from sandbox.review.decisions import remember
from sandbox.review.naming_nobody import check_names_never, check_names_nobody, said_of_table
from sandbox.review.reference_marks import file_told
from sandbox.review.renaming import check_exclusions_hold, forget_former
from sandbox.workspace import Workspace, readable_json

PROPOSAL = "proposal.json"
KEYS = ("patient_key", "event_key")
IDENTIFYING = (*KEYS, "direct_identifier", "secret", "free_text", "staff")
# Social security, record, beneficiary, account and other unique numbers, by their letters in 164.514(b)(2)(i).
NUMBERS = ("(G)", "(H)", "(I)", "(J)", "(R)")


def read_proposal(workspace: Workspace, source: str) -> Proposal:
    """What looking at the source proposed, with the reviewer's decisions so far."""
    workspace.source(source)
    path = workspace.source_folder(source) / PROPOSAL
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


class Choices(NamedTuple):
    """What may be decided for one column; the screen offers these and `decide` accepts no other."""

    told: tuple[Told, ...]
    given: tuple[Given, ...]


def choices(column: Column, *, reference: bool = False) -> Choices:
    """What a decision on the column may be; `reference`: its table is a list of codes, told row by row.

    An identifier is never told by its values, and a key is given as a token or not at all (164.514(b)(2)(i),
    164.514(c)). Where a patient's number is the key that joins the tables, giving its token makes it the patient key;
    its values stay here all the same. Values can be told where enough patients share them, which looking found out.
    What is cut down to a year or the like is given so, never in full.
    """
    told: tuple[Told, ...] = ("nothing", "name")
    if column.column_class not in IDENTIFYING and (_has_values(column) or reference):
        told = (*told, "values")
    given: tuple[Given, ...] = ("nothing",)
    if column.column_class in KEYS or _is_number_of_a_patient(column):
        given = (*given, "token")
    if column.derivation != "none" and column.column_class not in KEYS:
        given = (*given, "derived")
    elif column.column_class not in (*KEYS, "direct_identifier", "secret"):
        given = (*given, "full")
    return Choices(told, given)


def is_undecided(column: Column) -> bool:
    """Nobody knows what it is and no person decided on it: it is told nothing and given nothing."""
    return column.column_class == "unknown" and DECIDED not in column.evidence


def decide(workspace: Workspace, source: str, column: str, told: Told | None, given: Given | None) -> Column:
    """Change what is told and given of `table.column`; kept until it is signed. Refused outside `choices`."""
    proposal = read_proposal(workspace, source)
    table_name, _, column_name = column.lower().removeprefix(f"{source}.").rpartition(".")
    proposal = decide_columns(workspace, proposal, table_name, (column_name,), told, given)
    table = proposed_table(proposal, table_name)
    return next(one for one in table.columns if one.name == column_name)


def decide_columns(
    workspace: Workspace,
    proposal: Proposal,
    table_name: str,
    names: tuple[str, ...],
    told: Told | None,
    given: Given | None,
) -> Proposal:
    """The same for many columns of a table at once; the proposal as it is kept then. One refusal: nothing changes."""
    table = proposed_table(proposal, table_name)
    missing = set(names) - {column.name for column in table.columns}
    if missing:
        raise BadInput(f"{table.name} has no column {min(missing)!r}.")
    wanted = set(names)
    columns = tuple(
        decided(column, told, given, table.reference) if column.name in wanted else column for column in table.columns
    )
    changed = msgspec.structs.replace(table, columns=columns)
    check_counted(changed)
    tables = tuple(changed if one is table else one for one in proposal.tables)
    proposal = msgspec.structs.replace(proposal, tables=tables)
    remember(workspace, proposal.source, table.name, names, told, given)
    replace_file(workspace.source_folder(proposal.source) / PROPOSAL, readable_json(proposal))
    return proposal


def sign_tables(
    workspace: Workspace, key: ReviewerKey, source: str, names: tuple[str, ...], *, seen: tuple[str, ...] | None = None
) -> list[Table]:
    """Sign tables into the dictionary as they are proposed and decided now.

    `seen` has the `table_hash` of each as it was on a screen; a table that is another one by now is refused.
    """
    proposal = read_proposal(workspace, source)
    tables = [proposed_table(proposal, name) for name in names] or list(proposal.tables)
    if seen is not None and seen != tuple(table_hash(table) for table in tables):
        raise BadInput(
            "A table was decided or looked at again since it was shown, so nothing was signed.",
            "Look at it as it is now, then sign it.",
        )
    for table in tables:
        check_counted(table)
    said = [one for table in tables for one in said_of_table(table)]
    check_names_never(workspace, said, so="nothing was signed")
    check_names_nobody(workspace, said, so="nothing was signed")
    log = AuditLog(workspace.audit_log)
    check_exclusions_hold(workspace, Trust((key.public,)), log, source, tables)
    for table in tables:
        told = as_told(table)
        envelope = sign_table(told, references_told(proposal, told), key, file_told(workspace, proposal, told))
        replace_file(signed_path(workspace, source, table.name), envelope)
        forget_former(workspace, log, source, table.name)
        log.append("table.signed", table=table.full_name, columns=len(table.columns), envelope=sha256(envelope))
    return tables


def as_told(table: Table) -> Table:
    """The table as it is signed: values and ranges only of columns that are told by them.

    A proposal keeps them, so that a decision can be taken back.
    """
    columns = tuple(
        column
        if column.told == "values" or not _has_values(column)
        else msgspec.structs.replace(column, values=(), low="", high="")
        for column in table.columns
    )
    return msgspec.structs.replace(table, columns=columns)


def table_hash(table: Table) -> str:
    """SHA-256 of the table exactly as it would be signed."""
    return hashlib.sha256(msgspec.json.encode(as_told(table))).hexdigest()


def references_told(proposal: Proposal, table: Table) -> tuple[ReferenceRows, ...]:
    """The rows of a reference table, in those of its columns that are told by their values."""
    told = {column.name for column in table.columns if column.told == "values"}
    found = []
    for rows in proposal.references:
        places = [place for place, name in enumerate(rows.columns) if name in told]
        if rows.table == table.full_name and places:
            columns = tuple(rows.columns[place] for place in places)
            cells = tuple(tuple(row[place] for place in places) for row in rows.rows)
            found.append(ReferenceRows(table=rows.table, columns=columns, rows=cells))
    return tuple(found)


def expiry(*, hours: int) -> str:
    """The moment `hours` from now, RFC 3339 UTC."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def decided(column: Column, told: Told | None, given: Given | None, reference: bool) -> Column:
    """The column as decided, or `BadInput`."""
    allowed = choices(column, reference=reference)
    if told is not None and told not in allowed.told:
        raise _told_refused(column)
    if given is not None and given not in allowed.given:
        raise _given_refused(column, given)
    if given == "token" and column.column_class == "direct_identifier":
        column = msgspec.structs.replace(column, column_class="patient_key", domain="patient", told="name")
    if is_undecided(column):
        column = msgspec.structs.replace(column, evidence=(*column.evidence, DECIDED))
    return msgspec.structs.replace(column, told=told or column.told, given=given or column.given)


def _told_refused(column: Column) -> BadInput:
    if column.column_class in IDENTIFYING:
        return BadInput(f"{column.name} identifies people, so its values are never told.", "Tell its name, or nothing.")
    return BadInput(
        f"No values of {column.name} are known that enough patients share, so none can be told.",
        "Tell its name, or nothing.",
    )


def _given_refused(column: Column, given: Given) -> BadInput:
    if column.column_class in KEYS:
        return BadInput(f"{column.name} is a key, so a program is given a token or nothing.", "Choose token.")
    if column.column_class in ("direct_identifier", "secret"):
        return BadInput(f"{column.name} is an identifier, so no program is given it.", "Leave it at nothing.")
    if given == "token":
        return BadInput(f"{column.name} is no key, so there is no token for it.", "Give it in full, or nothing.")
    if given == "derived":
        return BadInput(f"Nothing is derived from {column.name}.", "Give it in full, or nothing.")
    return BadInput(f"{column.name} is given cut down only ({column.derivation}).", "Choose derived, or nothing.")


def _is_number_of_a_patient(column: Column) -> bool:
    """Whether it identifies by a number that tables can be joined by: never a name, an address or an employer."""
    return column.column_class == "direct_identifier" and column.rule.endswith(NUMBERS)


def _has_values(column: Column) -> bool:
    return bool(column.values or column.low or column.high)
