"""Correcting what is proposed of a table itself: description, grain, time order, joins, conventions.

    describe(workspace, "ehr", "encounters", Correction(grain="one row per stay", joins={"ward_id": "ward.id"}))

Kept in `decisions.json`, so that looking again loses none of it. The agent is told once the table is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from sandbox.dictionary.model import Join, Proposal, Table
from sandbox.dictionary.text import one_line
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.review.decisions import About, about_tables, remember_about
from sandbox.review.naming_nobody import Said, check_names_never, check_names_nobody
from sandbox.workspace import Workspace, readable_json

LONGEST = 300  # characters of a sentence about a table
MOST_CONVENTIONS = 20


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One change. None: as it is. `joins` by column, "" for none; `without` are numbers of conventions, from 1."""

    description: str | None = None
    grain: str | None = None
    order: str | None = None
    joins: dict[str, str] = {}
    conventions: tuple[str, ...] = ()
    without: tuple[int, ...] = ()


def describe(workspace: Workspace, source: str, name: str, correction: Correction) -> Table:
    """The table as it is proposed from now on, or `BadInput`; then nothing is changed.

    1. Words are one line of at most 300 characters.
    2. A join leads from a column of the table to a column of an open table.
    3. A convention that is taken away is there.
    4. Nobody is recognised in the words, and nothing that is never told: they are told to every agent.
    """
    from sandbox.review.deciding import PROPOSAL, proposed_table, read_proposal

    proposal = read_proposal(workspace, source)
    table = proposed_table(proposal, name)
    about = _changed(about_tables(workspace, source).get(table.name, About()), proposal, table, correction)
    check_names_never(workspace, _said(table.name, correction))  # (4)
    check_names_nobody(workspace, _said(table.name, correction))
    changed = described(proposal, {table.name: about})
    remember_about(workspace, source, table.name, about)
    replace_file(workspace.source_folder(source) / PROPOSAL, readable_json(changed))
    return proposed_table(changed, table.name)


def described(proposal: Proposal, about: Mapping[str, About]) -> Proposal:
    """The proposal with what was corrected of its tables. A join whose end is not open waits until it is."""
    tables = {table.name: table for table in proposal.tables}
    changed = tuple(
        _described(table, about[table.name], tables) if table.name in about else table for table in proposal.tables
    )
    return msgspec.structs.replace(proposal, tables=changed)


def _described(table: Table, about: About, tables: Mapping[str, Table]) -> Table:
    kept = [one for one in table.conventions if one not in about.removed]
    conventions = (*kept, *(one for one in about.added if one not in kept))
    return msgspec.structs.replace(
        table,
        description=table.description if about.description is None else about.description,
        grain=table.grain if about.grain is None else about.grain,
        order=table.order if about.order is None else about.order,
        joins=_joins(table, about, tables),
        conventions=conventions,
    )


def _joins(table: Table, about: About, tables: Mapping[str, Table]) -> tuple[Join, ...]:
    joins = {join.column: join for join in table.joins}
    for column, target in about.joins.items():
        to_table, _, to_column = target.partition(".")
        if not target:
            joins.pop(column, None)
        elif _has(table, column) and to_table in tables and _has(tables[to_table], to_column):
            joins[column] = Join(column=column, to_table=tables[to_table].full_name, to_column=to_column)
    return tuple(joins.values())


def _changed(about: About, proposal: Proposal, table: Table, correction: Correction) -> About:
    joins = {
        _column(table, column): _target(proposal, target) if target else ""
        for column, target in correction.joins.items()
    }
    conventions = tuple(_words(one, "A convention") for one in correction.conventions)
    gone = tuple(_numbered(table, number) for number in correction.without)  # (3)
    if len(table.conventions) + len(conventions) - len(gone) > MOST_CONVENTIONS:
        raise BadInput(f"A table has at most {MOST_CONVENTIONS} conventions.", "Take one away, or join two.")
    return About(
        description=_or(about.description, correction.description, "The description"),
        grain=_or(about.grain, correction.grain, "The grain"),
        order=_or(about.order, correction.order, "The time order"),
        joins={**about.joins, **joins},
        added=tuple(one for one in dict.fromkeys((*about.added, *conventions)) if one not in gone),
        removed=tuple(one for one in dict.fromkeys((*about.removed, *gone)) if one not in conventions),
    )


def _or(before: str | None, now: str | None, what: str) -> str | None:
    return before if now is None else _words(now, what, empty=True)


def _said(table: str, correction: Correction) -> Iterator[Said]:
    yield Said(f"The description of {table}", correction.description or "")
    yield Said(f"The grain of {table}", correction.grain or "")
    yield Said(f"The time order of {table}", correction.order or "")
    for convention in correction.conventions:
        yield Said(f"A convention of {table}", convention)


def _words(text: str, what: str, *, empty: bool = False) -> str:
    """The text on one line (1)."""
    words = one_line(text)
    if len(words) > LONGEST or not (words or empty):
        raise BadInput(f"{what} is one line of at most {LONGEST} characters.", "Write it shorter.")
    return words


def _target(proposal: Proposal, target: str) -> str:
    """`table.column` of an open table (2)."""
    from sandbox.review.deciding import proposed_table

    name, dot, column = target.lower().removeprefix(f"{proposal.source}.").partition(".")
    if not dot:
        raise BadInput(f"{target!r} is no column of a table.", "Write the join as COLUMN=TABLE.COLUMN.")
    table = proposed_table(proposal, name)
    return f"{table.name}.{_column(table, column)}"


def _column(table: Table, name: str) -> str:
    if not _has(table, name.lower()):
        raise BadInput(f"{table.name} has no column {name!r}.")
    return name.lower()


def _has(table: Table, name: str) -> bool:
    return any(column.name == name for column in table.columns)


def _numbered(table: Table, number: int) -> str:
    if not 1 <= number <= len(table.conventions):
        raise BadInput(f"{table.name} has no convention {number}.", "See `preceptor dictionary show SOURCE TABLE`.")
    return table.conventions[number - 1]
