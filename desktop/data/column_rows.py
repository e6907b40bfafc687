"""The columns of a table as rows to be shown: in words, with what may be decided, and in a calm order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from desktop.data.wording import TOLD, change_words, class_words, given_words
from sandbox.reviewing.orders.data import Choices, TableShown
from sandbox.reviewing.orders.facts import Column, ColumnChange, Derivation, Given, Told
from sandbox.visible import visible


class Wanted(msgspec.Struct, frozen=True, gc=False):
    """A decision on its way to the engine."""

    told: Told | None
    given: Given | None


class ColumnRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One column. `name` is the key; the rest is words. `waits`: a decision on it is on its way."""

    name: str
    shown_name: str
    type: str
    kind: str
    told: str
    given: str
    derivation: Derivation
    since: str
    undecided: bool
    found_by: str = ""  # what a search looks in: name, class, evidence, …
    anchor: str = ""
    waits: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole decision that one key makes; `given` for each of the chosen columns, none when it may not be made."""

    key: str
    text: str
    meaning: str
    told: Told
    given: dict[str, Given] = {}


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What may be decided for all of the chosen columns."""

    told: tuple[Told, ...] = ()
    given: tuple[Given, ...] = ()
    offers: tuple[Offer, ...] = ()


# key, what is told, how the button is called, what it means
KEYS: tuple[tuple[str, Told, str, str], ...] = (
    ("1", "nothing", "Nothing", "Tell nothing and give nothing"),
    ("2", "name", "Name", "Tell the name"),
    ("3", "values", "Values", "Tell the values or the range"),
)


# key, what programs are given, how the button is called, what it means
GIVE_KEYS: tuple[tuple[str, Given, str, str], ...] = (
    ("4", "nothing", "Nothing", "Give programs nothing"),
    ("5", "token", "Token", "Give programs a token"),
    ("6", "derived", "Derived", "Give programs what follows from it"),
    ("7", "full", "Full", "Give programs the values as they are"),
)


NO_OFFERS = Offered(
    offers=tuple(Offer(key=key, text=text, meaning=meaning, told=told) for key, told, text, meaning in KEYS)
)


def column_rows(
    shown: TableShown, before: TableShown | None = None, rows: Mapping[str, ColumnRow] | None = None
) -> dict[str, ColumnRow]:
    """A row per column by name, in the table's order. `rows` of `before` are taken over where nothing changed."""
    known = _facts(before) if before is not None and rows is not None else {}
    return {
        name: rows[name] if rows is not None and known.get(name) == facts else _row(*facts)
        for name, facts in _facts(shown).items()
    }


def with_wanted(rows: Mapping[str, ColumnRow], wanted: Mapping[str, Wanted]) -> dict[str, ColumnRow]:
    """The rows with the decisions that are on their way."""
    changed = dict(rows)
    for name, one in wanted.items():
        row = rows[name]
        changed[name] = msgspec.structs.replace(
            row,
            told=TOLD[one.told] if one.told else row.told,
            given=given_words(one.given, row.derivation, row.anchor) if one.given else row.given,
            undecided=False,
            waits=True,
        )
    return changed


def calm_order(shown: TableShown) -> tuple[str, ...]:
    """Undecided columns first, else as in the table. Taken once per opening, so that no row jumps when decided."""
    undecided = frozenset(shown.undecided)
    return tuple(sorted((column.name for column in shown.table.columns), key=lambda name: name not in undecided))


def offered_for(shown: TableShown, chosen: Collection[str]) -> Offered:
    """What may be decided for every one of the chosen columns."""
    names = frozenset(chosen)
    found = [
        (column, one) for column, one in zip(shown.table.columns, shown.choices, strict=True) if column.name in names
    ]
    if not found:
        return NO_OFFERS
    choices = [one for _, one in found]
    told = tuple(one for one in choices[0].told if all(one in other.told for other in choices))
    given = tuple(one for one in choices[0].given if all(one in other.given for other in choices))
    return Offered(told=told, given=given, offers=tuple(_offer(key, found, told) for key in KEYS))


def next_undecided(order: Sequence[str], rows: Mapping[str, ColumnRow], after: str) -> str:
    """The next undecided column after one, from the top again at the end; empty when there is none."""
    start = order.index(after) + 1 if after in order else 0
    for name in (*order[start:], *order[:start]):
        if name != after and rows[name].undecided:
            return name
    return ""


Facts = tuple[Column, bool, ColumnChange | None]


def _facts(shown: TableShown) -> dict[str, Facts]:
    """What a row is made of: the column, whether it is undecided, and how it differs from what was signed."""
    undecided = frozenset(shown.undecided)
    changes = {one.column: one for one in shown.since.columns if one.kind != "gone"} if shown.since else {}
    return {column.name: (column, column.name in undecided, changes.get(column.name)) for column in shown.table.columns}


def _row(column: Column, undecided: bool, change: ColumnChange | None) -> ColumnRow:
    kind, since = class_words(column, undecided), change_words(change)
    texts = (column.name, column.physical, kind, column.type, column.description, *column.evidence, since)
    return ColumnRow(
        name=column.name,
        shown_name=visible(column.name),
        type=visible(column.type),
        kind=kind,
        told=TOLD[column.told],
        given=given_words(column.given, column.derivation, column.anchor),
        derivation=column.derivation,
        since=since,
        undecided=undecided,
        found_by="\n".join(texts).casefold(),
        anchor=column.anchor,
    )


def _offer(key: tuple[str, Told, str, str], found: Sequence[tuple[Column, Choices]], told: Collection[Told]) -> Offer:
    """With what is told, a program is given as much as may be given; with nothing, nothing."""
    number, wanted, text, meaning = key
    if wanted not in told:
        return Offer(key=number, text=text, meaning=meaning, told=wanted)
    given = {column.name: "nothing" if wanted == "nothing" else _given(column, one) for column, one in found}
    kinds = {given_words(given[column.name], column.derivation, column.anchor) for column, _ in found}
    if wanted != "nothing":
        with_it = kinds.pop() if len(kinds) == 1 else "given"
        text += ", not given" if with_it == "nothing" else f", {with_it}"
        meaning += {"nothing": ", give nothing", "given": ", give what may be given"}.get(with_it, f", give {with_it}")
    return Offer(key=number, text=text, meaning=meaning, told=wanted, given=given)


def _given(column: Column, choices: Choices) -> Given:
    """What it is given now, else the most that may be."""
    return column.given if column.given != "nothing" else choices.given[-1]
