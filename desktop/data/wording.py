"""The dictionary's facts in a reviewer's words. Plain functions; what a database said is made visible here."""

from __future__ import annotations

from desktop.words import plural
from sandbox.reviewing.orders.data import TableRow, TableState
from sandbox.reviewing.orders.facts import Column, ColumnClass, Derivation, Given, Told
from sandbox.reviewing.orders.starting import SourceStanding
from sandbox.visible import visible

CLASSES: dict[ColumnClass, str] = {
    "patient_key": "patient key",
    "event_key": "event key",
    "direct_identifier": "direct identifier",
    "date": "date",
    "geography": "geography",
    "free_text": "free text",
    "staff": "staff",
    "secret": "secret",
    "specially_protected": "specially protected",
    "key": "code or row key",
    "plain": "plain",
    "unknown": "unknown",
}
STATES: dict[TableState, str] = {"not signed": "not signed", "signed": "signed", "changed": "changed since signed"}
TOLD: dict[Told, str] = {"nothing": "nothing", "name": "name", "values": "values"}
GIVEN: dict[Given, str] = {"nothing": "nothing", "token": "token", "derived": "derived", "full": "full"}
DERIVATIONS: dict[Derivation, str] = {
    "none": "",
    "year": "year",
    "month": "month",
    "zip3": "first 3 digits",
    "age_capped": "age, at most 90",
    "days_since": "days since another date",
    "age_at": "age on that day, at most 90",
}
TOLD_CHOICES: dict[Told, str] = {
    "nothing": "&Nothing: for an agent it doesn't exist",
    "name": "N&ame, type and description",
    "values": "&Values or range besides, as far as they may be told",
}
GIVEN_CHOICES: dict[Given, str] = {
    "nothing": "&Nothing: no program can read it",
    "token": "&Token: a random stand-in for each value",
    "derived": "&Derived: only what follows from it",
    "full": "&Full: its values as they are",
}
SHOWN_VALUES = 200  # of one column, in the pane about it


def class_words(column: Column, undecided: bool) -> str:
    """`patient key`, `event key of encounter`, `unknown: needs your decision`."""
    if undecided:
        return "unknown: needs your decision" if column.column_class == "unknown" else "needs your decision"
    if column.column_class == "unknown":
        return "unknown, decided by you"
    if column.column_class == "event_key" and column.domain:
        return f"event key of {visible(column.domain.replace('_', ' '))}"
    return CLASSES[column.column_class]


def given_words(given: Given, derivation: Derivation) -> str:
    """`token`, `derived: year`."""
    if given == "derived" and derivation != "none":
        return f"derived: {DERIVATIONS[derivation]}"
    return GIVEN[given]


def change_words(column: Column, signed: tuple[str, str] | None) -> str:
    """What is decided differently than it was signed; empty when nothing is, or when there is nothing to compare."""
    if signed is None:
        return ""
    if signed == ("", ""):
        return "new column"
    told, given = signed
    parts = []
    if told != column.told:
        parts.append(f"told was {told}")
    if given != column.given:
        parts.append(f"given was {given}")
    return ", ".join(parts)


def told_sentence(column: Column) -> str:
    """What an agent would be told of the column as it is decided."""
    if column.told == "nothing":
        return "nothing. For an agent this column doesn't exist."
    if column.told == "name":
        return "its name, type and description. No value."
    if column.values:
        shown = ", ".join(visible(value) for value in column.values[:SHOWN_VALUES])
        more = len(column.values) - SHOWN_VALUES
        tail = f" and {more:,} more" if more > 0 else ""
        return f"its name, type and {plural(len(column.values), 'value')}: {shown}{tail}."
    if column.low or column.high:
        return f"its name, type and range: from about {visible(column.low)} to about {visible(column.high)}."
    return "its name, type and description. No value or range was found that may be told."


def given_sentence(column: Column) -> str:
    """What a signed program would be given of the column as it is decided."""
    if column.given == "nothing":
        return "nothing. No program can read it."
    if column.given == "token":
        return "a token: a random stand-in for each value, in place of the value."
    if column.given == "derived":
        return f"only what follows from it: {DERIVATIONS[column.derivation] or 'a derivation'}."
    return "its values as they are, under the approval of each program."


def table_summary(row: TableRow) -> str:
    """`16 columns: 12 told, 12 given. About 20,000 rows.`"""
    words = f"{plural(row.columns, 'column')}: {row.told:,} told, {row.given:,} given."
    if row.rows_band:
        words += f" About {row.rows_band:,} rows."
    return words + (" Reference table: codes, no patients." if row.reference else "")


def state_words(row: TableRow) -> str:
    """`2 undecided, changed since signed`."""
    return (f"{row.undecided:,} undecided, " if row.undecided else "") + STATES[row.state]


def signed_words(source: SourceStanding) -> str:
    """`8 of 22` tables, or that nobody has looked."""
    return f"{source.signed:,} of {source.tables:,}" if source.looked else "not looked at"


def indexed_words(source: SourceStanding) -> str:
    """Whether its identifiers are."""
    return "yes" if source.known else "no"


def elapsed(seconds: float) -> str:
    """`12 s`, `2 min 5 s`: calm, in whole seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
