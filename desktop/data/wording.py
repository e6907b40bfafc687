"""The dictionary's facts in a reviewer's words. Plain functions; what a database said is made visible here."""

from __future__ import annotations

from desktop.words import plural
from sandbox.reviewing.orders.data import TableRow, TableState, Undoable
from sandbox.reviewing.orders.facts import (
    Column,
    ColumnChange,
    ColumnClass,
    Derivation,
    FoundTable,
    Given,
    SinceSigned,
    Told,
)
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
FORMS: dict[str, str] = {
    "year": "&Year",
    "month": "&Month",
    "zip3": "&First 3 digits",
    "age_capped": "&Age, at most 90",
    "days_since": "&Days since",
    "age_at": "A&ge on that day, from",
    "none": "As it was &before",
}
GONE_SHOWN = 4  # names of columns that are gone, in the line above the list
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


def given_words(given: Given, derivation: Derivation, anchor: str = "") -> str:
    """`token`, `derived: year`, `derived: days since admit_dt`."""
    if given == "derived" and derivation != "none":
        return f"derived: {derived_words(derivation, anchor)}"
    return GIVEN[given]


def derived_words(derivation: Derivation, anchor: str = "") -> str:
    """What follows from a value: `year`, `days since admit_dt`."""
    if anchor and derivation == "days_since":
        return f"days since {visible(anchor)}"
    if anchor and derivation == "age_at":
        return f"age on that day, from {visible(anchor)}, at most 90"
    return DERIVATIONS[derivation]


def change_words(change: ColumnChange | None) -> str:
    """What is different from how it was signed; empty when nothing is, or when there is nothing to compare."""
    if change is None:
        return ""
    return "new column" if change.kind == "new" else visible(", ".join(change.words))


def since_counts(since: SinceSigned) -> str:
    """`2 columns are new, 1 is gone, 3 are different; its joins differ`; empty when nothing is."""
    kinds = (("new", "new"), ("gone", "gone"), ("changed", "different"))
    parts: list[str] = []
    for kind, word in kinds:
        number = sum(change.kind == kind for change in since.columns)
        if number:
            what = plural(number, "column") if not parts else f"{number:,}"
            parts.append(f"{what} {'is' if number == 1 else 'are'} {word}")
    if since.words:
        parts.append(f"{', '.join(since.words)} changed")
    return ", ".join(parts)


def since_sentence(since: SinceSigned | None) -> str:
    """The line above the list: what is different since it was signed, and which columns are gone."""
    if since is None or not (since.columns or since.words):
        return ""
    gone = [visible(change.column) for change in since.columns if change.kind == "gone"]
    more = f" and {len(gone) - GONE_SHOWN:,} more" if len(gone) > GONE_SHOWN else ""
    names = f" Gone: {', '.join(gone[:GONE_SHOWN])}{more}." if gone else ""
    return f"Since it was signed: {since_counts(since)}.{names}"


def undo_words(undo: Undoable) -> str:
    """`flag_7: told name, given full`, `12 columns: told nothing`."""
    who = visible(undo.first) if undo.columns == 1 else plural(undo.columns, "column")
    parts = [f"told {' or '.join(TOLD[one] for one in undo.told)}"] if undo.told else []
    parts += [f"given {' or '.join(GIVEN[one] for one in undo.given)}"] if undo.given else []
    if undo.form:
        name, _, anchor = undo.form.partition(":")
        words = FORMS[name].replace("&", "").lower()
        parts.append(f"{words} {visible(anchor)}" if anchor else words)
    return f"{who}: {', '.join(parts)}"


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
        return f"only what follows from it: {derived_words(column.derivation, column.anchor) or 'a derivation'}."
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


def catalog_words(tables: int, columns: int, opened: int) -> str:
    """How large a catalog is, and how much of it is open."""
    what = f"{plural(tables, 'table')} with {plural(columns, 'column')}"
    is_open = "none is open" if not opened else f"{opened:,} {'is' if opened == 1 else 'are'} open"
    return f"{what}; {is_open}. What is not open does not exist for an agent."


def found_words(found: FoundTable) -> str:
    """`admit_dttm, disch_dttm: Time of admission`: why a table was found."""
    hits = ", ".join(visible(name) for name in found.hits)
    comment = visible(found.comment)
    return f"{hits}: {comment}" if hits and comment else hits or comment


def found_name(found: FoundTable) -> str:
    """`ward_list (in the dictionary: clinic_list)`."""
    name = visible(found.table)
    return f"{name} (called {visible(found.called)})" if found.called else name


def indexed_words(source: SourceStanding) -> str:
    """Whether its identifiers are, and whether a look found others since."""
    if source.known_is_old:
        return "look changed since"
    return "yes" if source.known else "no"


def elapsed(seconds: float) -> str:
    """`12 s`, `2 min 5 s`: calm, in whole seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
