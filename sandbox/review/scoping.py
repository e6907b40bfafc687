"""Row scopes and conditions as the reviewer writes them, checked in a jail before anything is signed.

wanted = (WantedRows(table="ehr.encounters", words="since 2022", condition="admit_dt >= '2022-01-01'"),)
rows = scoped(workspace, keystore, dictionary, grant, wanted)      # what `Grant.rows` holds
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sandbox.checks.facts import Fact, Grant, RowScope, Schema
from sandbox.checks.worker import Checks
from sandbox.dictionary import schema_of
from sandbox.dictionary.model import Dictionary
from sandbox.errors import BadInput, ProcessDied, QueryRefused
from sandbox.jail import Limits, Role, spawn
from sandbox.keystore import Keystore
from sandbox.matching.key_lists import keep_list, read_identifiers
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout
from sandbox.review.setting_up import lists_key
from sandbox.workspace import Workspace, check_line

_SECONDS = 20.0
_CPU_SECONDS = 60
_MEMORY_MB = 2048


class WantedRows(Fact, frozen=True, kw_only=True):
    """One row scope as it is asked for: a condition, or a file with the values of a key column."""

    table: str
    words: str
    condition: str = ""
    key: str = ""
    file: Path | None = None


def scoped(
    workspace: Workspace,
    keystore: Keystore,
    dictionary: Dictionary,
    grant: Grant,
    wanted: Iterable[WantedRows],
) -> dict[str, tuple[RowScope, ...]]:
    """The row scopes by table, in the order given. Lists are encrypted into the workspace here.

    Raises `BadInput` for a table that is not granted, `QueryRefused` for a condition with what to write instead.
    """
    wanted, schema = tuple(wanted), schema_of(dictionary)
    for one in wanted:
        check_words(one.words)
        if one.table not in grant.tables:
            raise BadInput(f"The program does not read {one.table}.", f"It reads: {', '.join(sorted(grant.tables))}.")
        if one.file is not None:
            _check_key(one, schema)
    conditions = [(one.table, one.condition) for one in wanted if one.file is None]
    columns = iter(check_conditions(dictionary, conditions))
    rows: dict[str, tuple[RowScope, ...]] = {}
    for one in wanted:
        if one.file is not None:
            keys = keep_list(workspace, lists_key(keystore, new=True), read_identifiers(one.file))
            scope = RowScope(words=one.words, columns=(one.key,), key=one.key, keys=keys)
        else:
            scope = RowScope(words=one.words, condition=one.condition, columns=next(columns))
        rows[one.table] = (*rows.get(one.table, ()), scope)
    return rows


def check_conditions(dictionary: Dictionary, conditions: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The columns that each condition (table, text) reads. The parser runs in a jailed child, as for every SQL."""
    conditions = list(conditions)
    if not conditions:
        return []
    with spawn(Role.CHECKS, limits=Limits(memory_mb=_MEMORY_MB, cpu_seconds=_CPU_SECONDS)) as child:
        worker = Checks(child.channel, seconds=_SECONDS)
        try:
            worker.prepare(schema_of(dictionary))
            return [_columns(worker, table, condition) for table, condition in conditions]
        except (ChannelClosed, ChannelTimeout, BadFrame) as problem:
            raise ProcessDied(f"The check of the condition {child.how_it_ended()}.", "Write it shorter.") from problem


def check_words(words: str) -> None:
    """Refuse words that say nothing, or hold what a reader of the record can't see."""
    if not words.strip():
        raise BadInput("Say in words which rows these are.")
    check_line("The words", words)


def _columns(worker: Checks, table: str, condition: str) -> tuple[str, ...]:
    try:
        return worker.rows(table, condition)
    except QueryRefused as refusal:
        raise QueryRefused(f"The condition on {table} is refused: {refusal.sentence}", refusal.advice) from refusal


def _check_key(one: WantedRows, schema: Schema) -> None:
    table = schema.table(one.table)
    column = table.every_column.get(one.key) if table else None
    if column is None or (column.key == "none" and not column.identifies):
        raise BadInput(
            f"{one.key} is no key of {one.table}.", "Name a patient key, an event key or a direct identifier of it."
        )
