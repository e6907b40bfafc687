"""What tables and columns are called in the dictionary: cleaned at every look, renamed by the reviewer, kept here.

    rename(workspace, "ehr", "dr_smith_list", "clinic_list")          # a table
    rename(workspace, "ehr", "clinic_list.smith_no", "list_no")       # a column
    proposal = with_names(workspace, fresh_proposal)                  # after a look: the same names again

`sources/NAME/names.json` maps the names that looking gives to those of the dictionary. It never leaves; taking a name
back is renaming once more. A table that was signed under another name is signed anew, and its old envelope goes then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from sandbox.checks.facts import Exclusion
from sandbox.dictionary.clean_names import NEVER, clean_names, clean_words, may_be_told, names_never
from sandbox.dictionary.model import Column, Proposal, ReferenceRows, Table
from sandbox.dictionary.renames import Renamed, follow, renamed
from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.files import replace_file, storage_fault
from sandbox.records import AuditLog, Trust, exclusions_in_force, newest_tables, read_signed_table, signed_path
from sandbox.review.decisions import move_decisions
from sandbox.review.kept_apart import kept_apart
from sandbox.review.naming_nobody import check_names_never, check_names_nobody, said_by_name
from sandbox.workspace import Workspace, readable_json

FILE = "names.json"
LONGEST = 64
_NAME_BACK = "Take the former name back; or remove the exclusion, sign the table, then exclude those patients again."


class Names(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one table, by the name that looking gives it: its name (empty: that one), its columns', and former ones."""

    name: str = ""
    columns: dict[str, str] = {}
    former: tuple[str, ...] = ()


Kept = dict[str, Names]


def with_names(workspace: Workspace, proposal: Proposal) -> Proposal:
    """A fresh proposal under its dictionary names: the reviewer's, else cleaned ones; its words cleaned as well.

    1. A name that was given stays; what is cleaned now is kept, so that it is the same at the next look.
    2. Joins, references and words about the tables follow.
    3. A name that another table or column was given before is its own: what is new gets a numbered one.
    4. Comments, told values and rows, grain and order lose what is never told.
    """
    never = workspace.settings.never_told
    kept = _read(workspace, proposal.source)
    before = dict(kept)
    _clean_tables(proposal, kept, never)  # (1)
    for table in proposal.tables:
        _clean_columns(table, kept, never)
    _keep_apart(proposal, kept, before)  # (3)
    if kept != before:
        _write(workspace, proposal.source, kept)
    renames = {name: Renamed(table=names.name or name, columns=names.columns) for name, names in kept.items()}
    told = renamed(proposal, renames)  # (2)
    domains = _clean_domains(told, never)
    tables = tuple(_without_never(table, never, domains) for table in told.tables)  # (4)
    references = tuple(_rows_without(rows, never) for rows in told.references)
    return msgspec.structs.replace(told, tables=tables, references=references)


def rename(workspace: Workspace, source: str, what: str, new: str) -> Proposal:
    """Call a table, or `table.column`, `new` from now on; the proposal as it is kept then.

    The decisions on it move along. What is signed stays signed under the old name until the table is signed again.
    A name in which somebody is recognised is refused, but for the real one, which is taken back; and so is one that is
    never told.
    """
    from sandbox.review.deciding import PROPOSAL, proposed_table, read_proposal

    proposal = read_proposal(workspace, source)
    table_name, column = _parts(proposal, what)
    table = proposed_table(proposal, table_name)
    _check_new(new, [one.name for one in (table.columns if column else proposal.tables)])
    if column and column not in {one.name for one in table.columns}:
        raise BadInput(f"{table.name} has no column {column!r}.")
    check_names_never(workspace, said_by_name(what, new))
    if new != _real_name(table, column):
        check_names_nobody(workspace, said_by_name(what, new))
    change = Renamed(table=table.name, columns={column: new}) if column else Renamed(table=new)
    kept = _read(workspace, source)
    place = original_name(kept, table.name)
    kept[place] = _changed(kept.get(place, Names()), table.name, column, new)
    changed = renamed(proposal, {table.name: change})
    move_decisions(workspace, source, table.name, change.table, change.columns)
    _write(workspace, source, kept)
    replace_file(workspace.source_folder(source) / PROPOSAL, readable_json(changed))
    AuditLog(workspace.audit_log).append("names.changed", source=source, table=f"{source}.{change.table}")
    return changed


def looked_for(workspace: Workspace, source: str, tables: tuple[str, ...]) -> tuple[str, ...]:
    """The names that looking gives to tables named as the dictionary does; others stay as they are."""
    kept = _read(workspace, source)
    return tuple(original_name(kept, name.lower().removeprefix(f"{source}.")) for name in tables)


def names_kept(workspace: Workspace, source: str) -> Kept:
    """Every name that is kept, by the name that looking gives to its table."""
    return _read(workspace, source)


def original_name(kept: Mapping[str, Names], name: str) -> str:
    """The name that looking gives to the table that the dictionary calls `name`."""
    return next((original for original, names in kept.items() if (names.name or original) == name), name)


def check_exclusions_hold(
    workspace: Workspace, trust: Trust, log: AuditLog, source: str, tables: Sequence[Table]
) -> None:
    """Refuse to sign tables while an exclusion would be asked of something else from then on.

    1. It rests on one of them under a former name.
    2. It rests on the name of one that is another table of the source than is signed so, or goes by a column that is.
    """
    in_force = [one for one in exclusions_in_force(workspace, trust, log).all if one.source == source]
    kept = _read(workspace, source) if in_force else {}
    for table in tables if in_force else ():
        names = kept.get(original_name(kept, table.name), Names())
        former = {f"{source}.{one}" for one in names.former if one != table.name}
        for exclusion in in_force:
            if exclusion.table in former:  # (1)
                becomes = f"which would be {table.full_name} from now on"
                raise BadInput(f"The exclusion {exclusion.words!r} rests on {exclusion.table}, {becomes}.", _NAME_BACK)
            if exclusion.table == table.full_name:
                _check_same_columns(workspace, trust, exclusion, table)  # (2)


def _check_same_columns(workspace: Workspace, trust: Trust, exclusion: Exclusion, table: Table) -> None:
    path = signed_path(workspace, table.source, table.name)
    if not path.exists():  # `read_approved` lets nothing run until it is signed
        return
    signed = read_signed_table(workspace, trust, table.source, path)[1].table
    now, before = (_places(one) for one in (table, signed))
    for name in ("", *filter(None, (exclusion.key, exclusion.identifier, *exclusion.columns))):
        if name in now and now[name] != before.get(name):
            place = f"{table.full_name}.{name}" if name else table.full_name
            raise BadInput(
                f"The exclusion {exclusion.words!r} rests on {place}, which would be something else in the source.",
                _NAME_BACK,
            )


def _places(table: Table) -> dict[str, tuple[str, ...]]:
    """What the table (under no name) and its columns are called in the source."""
    columns = {column.name: ((column.physical or column.name).lower(),) for column in table.columns}
    return {"": tuple(part.lower() for part in table.physical or (table.name,)), **columns}


def forget_former(workspace: Workspace, log: AuditLog, source: str, table: str) -> None:
    """Remove the envelopes of a table under its former names, once it is signed under its new one.

    The log says so first: what was signed last is known from it, and an envelope that goes unsaid stops every run.
    """
    kept = _read(workspace, source)
    names = kept.get(original_name(kept, table))
    others = {other.name or original for original, other in kept.items()}
    former_names = [one for one in names.former if one not in others] if names is not None else []
    signed = newest_tables(log) if former_names else {}
    for former in former_names:
        if f"{source}.{former}" in signed:
            log.append("table.renamed", table=f"{source}.{former}", to=f"{source}.{table}")
        path = signed_path(workspace, source, former)
        try:
            path.unlink(missing_ok=True)
        except OSError as problem:
            raise storage_fault(path, problem) from problem


def _clean_tables(proposal: Proposal, kept: Kept, never: tuple[str, ...]) -> None:
    """A name that somebody gave is cleaned again only of what is never told."""
    given = [kept[table.name].name if table.name in kept else "" for table in proposal.tables]
    now = [name or table.name for name, table in zip(given, proposal.tables, strict=True)]
    shown = [
        name or (table.physical[-1] if table.physical else table.name)
        for name, table in zip(given, proposal.tables, strict=True)
    ]
    cleaned = clean_names(shown, never, "table", now)
    for table, name, before, one in zip(proposal.tables, given, now, cleaned, strict=True):
        if one.found and (not name or NEVER in one.found):
            told = f"table_{_short(table.name)}" if one.name.startswith("table_") else one.name
            names = kept.get(table.name, Names())
            former = tuple(dict.fromkeys((*names.former, before)))
            kept[table.name] = msgspec.structs.replace(names, name=told, former=former)


def _clean_columns(table: Table, kept: Kept, never: tuple[str, ...]) -> None:
    names = kept.get(table.name, Names())
    given = [names.columns.get(column.name, "") for column in table.columns]
    now = [name or column.name for name, column in zip(given, table.columns, strict=True)]
    shown = [name or column.physical or column.name for name, column in zip(given, table.columns, strict=True)]
    cleaned = clean_names(shown, never, "column", now)
    found = {
        column.name: one.name
        for column, name, one in zip(table.columns, given, cleaned, strict=True)
        if one.found and (not name or NEVER in one.found)
    }
    if found:
        kept[table.name] = msgspec.structs.replace(names, columns={**names.columns, **found})


def _keep_apart(proposal: Proposal, kept: Kept, before: Kept) -> None:
    """No two tables are called the same, nor two columns of one. Those that were named at an earlier look go first."""
    given = {name: names.name for name, names in before.items() if names.name}
    now = {table.name: (kept[table.name].name if table.name in kept else "") or table.name for table in proposal.tables}
    former = {one: name for name, names in before.items() for one in names.former}
    for name, told in kept_apart(now, given, former).items():
        kept[name] = msgspec.structs.replace(kept.get(name, Names()), name=told)
    for table in proposal.tables:
        names = kept.get(table.name, Names())
        columns = {column.name: names.columns.get(column.name, column.name) for column in table.columns}
        told_columns = kept_apart(columns, before.get(table.name, Names()).columns)
        if told_columns:
            kept[table.name] = msgspec.structs.replace(names, columns={**names.columns, **told_columns})


def _short(name: str) -> str:
    """Six hexadecimal digits that stay the same for a table whose whole name may not be told."""
    return hashlib.sha256(name.encode()).hexdigest()[:6]


def _clean_domains(proposal: Proposal, never: tuple[str, ...]) -> dict[str, str]:
    """What each kind of key is called: it is made of names of tables and columns, so it is cleaned like them."""
    domains = sorted({column.domain for table in proposal.tables for column in table.columns if column.domain})
    return {old: one.name for old, one in zip(domains, clean_names(domains, never, "event"), strict=True) if one.found}


def _without_never(table: Table, never: tuple[str, ...], domains: Mapping[str, str]) -> Table:
    columns = tuple(_column_without(column, never, domains) for column in table.columns)
    return msgspec.structs.replace(
        table,
        columns=columns,
        grain=clean_words(follow(table.grain, domains), never),
        order=clean_words(table.order, never),
        description=clean_words(table.description, never),
        conventions=tuple(filter(None, (clean_words(one, never) for one in table.conventions))),
    )


def _rows_without(rows: ReferenceRows, never: tuple[str, ...]) -> ReferenceRows:
    """A row with a word that is never told is out as a whole: half a code is none."""
    left = tuple(row for row in rows.rows if not any(names_never(cell, never) for cell in row))
    return rows if len(left) == len(rows.rows) else ReferenceRows(table=rows.table, columns=rows.columns, rows=left)


def _column_without(column: Column, never: tuple[str, ...], domains: Mapping[str, str]) -> Column:
    return msgspec.structs.replace(
        column,
        domain=domains.get(column.domain, column.domain),
        description=clean_words(column.description, never),
        values=tuple(value for value in column.values if may_be_told(value, never)),
    )


def _changed(names: Names, table: str, column: str, new: str) -> Names:
    if not column:
        former = tuple(one for one in dict.fromkeys((*names.former, table)) if one != new)
        return msgspec.structs.replace(names, name=new, former=former)
    place = next((original for original, name in names.columns.items() if name == column), column)
    return msgspec.structs.replace(names, columns={**names.columns, place: new})


def _parts(proposal: Proposal, what: str) -> tuple[str, str]:
    """Table and column (empty: the table itself) of `TABLE` or `TABLE.COLUMN`."""
    plain = what.strip().lower().removeprefix(f"{proposal.source}.")
    if any(table.name == plain for table in proposal.tables):
        return plain, ""
    table, dot, column = plain.partition(".")
    return (table, column) if dot else (plain, "")


def _real_name(table: Table, column: str) -> str:
    if not column:
        return (table.physical[-1] if table.physical else table.name).lower()
    return next((one.physical or one.name).lower() for one in table.columns if one.name == column)


def _check_new(new: str, taken: list[str]) -> None:
    plain = new.isascii() and new.replace("_", "a").isalnum() and new[:1].isalpha() and new == new.lower()
    if not plain or len(new) > LONGEST:
        raise BadInput(f"A name has small letters, digits and _ only, begins with a letter, at most {LONGEST} of them.")
    if new in taken:
        raise BadInput(f"{new!r} is taken.", "Choose another name.")


def _read(workspace: Workspace, source: str) -> Kept:
    path = _path(workspace, source)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise WorkspaceRefused(
            f"The names of {source} can't be read.", "Restore names.json from a backup: real names would be told."
        ) from problem


def _write(workspace: Workspace, source: str, kept: Kept) -> None:
    replace_file(_path(workspace, source), readable_json(kept))


def _path(workspace: Workspace, source: str) -> Path:
    return workspace.source_folder(source) / FILE
