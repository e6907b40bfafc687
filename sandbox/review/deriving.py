"""Choosing what a program is given of a column in place of its value.

    derive(workspace, "ehr", "patient.zip", "zip3")
    derive(workspace, "ehr", "encounters.disch_dt", "days_since:admit_dt")
    derive(workspace, "ehr", "encounters.admit_dt", "age_at:birth_date")

`days_since` and `age_at` count from another date of the same row, so that no date has to be given at all. Refused is
what would tell more than it seems to: a number of days since a date that is given in full gives the date back, and days
since a birth date tell every age (`counting`).
"""

from __future__ import annotations

from typing import NamedTuple, get_args

import msgspec

from sandbox.checks.facts import ANCHORED, Derivation, Given
from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.dictionary.types import family
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.review.counting import check_column, check_counted, check_pair, is_birth
from sandbox.review.deciding import PROPOSAL, proposed_table, read_proposal
from sandbox.review.decisions import Decision, decision_on, remember_form
from sandbox.workspace import Workspace, readable_json

NONE = "none"  # in place of a form: as it was before one was chosen
NEVER = ("patient_key", "event_key", "direct_identifier", "secret")
KEPT_AS_TEXT = ("duckdb", "sqlite", "tsql", "spark")  # dialects that count from a date that is kept as text


class Form(NamedTuple):
    """A derivation with the date that it counts from, if it does."""

    derivation: Derivation
    anchor: str = ""


def read_form(text: str) -> Form:
    """`zip3`, `days_since:admit_dt`; `BadInput` for anything else."""
    name, colon, anchor = text.strip().lower().partition(":")
    known = [one for one in get_args(Derivation) if one != "none"]
    if name not in known or bool(anchor) != (name in ANCHORED) or bool(colon) != bool(anchor):
        forms = [f"{one}:COLUMN" if one in ANCHORED else one for one in known]
        raise BadInput(f"Nothing is derived as {text!r}.", f"Choose one of {', '.join(forms)}.")
    return Form(name, anchor)  # type: ignore[arg-type]


def derived_as(table: Table, column: Column, text: str, dialect: str = "duckdb") -> Column:
    """The column, given in this form; `BadInput` where the form is not for it."""
    form = read_form(text)
    if column.derivation not in ("none", form.derivation) and (
        form.derivation in ANCHORED or is_birth(column) or column.derivation == "year"
    ):
        raise BadInput(
            f"{column.name} is given cut down only ({column.derivation}).", "Count from it, or leave it as it is."
        )
    if column.column_class in NEVER:
        raise BadInput(f"{column.name} identifies people, so nothing is derived from it.", "Leave it as it is.")
    if form.derivation in ANCHORED:
        _check_anchor(table, column, form, dialect)
    else:
        _check_plain(column, form)
    return msgspec.structs.replace(column, given="derived", derivation=form.derivation, anchor=form.anchor)


def _check_plain(column: Column, form: Form) -> None:
    kind = family(column.type)
    fits = {
        "year": kind in ("date", "text") or (kind == "number" and column.derivation == "year"),
        "month": kind in ("date", "text"),
        "zip3": kind in ("text", "number"),
        "age_capped": kind == "number",
    }
    if not fits[form.derivation]:
        raise BadInput(f"{column.name} is {column.type}, from which {form.derivation} can't be derived.")


def _check_anchor(table: Table, column: Column, form: Form, dialect: str) -> None:
    anchor = next((one for one in table.columns if one.name == form.anchor), None)
    if anchor is None or anchor.name == column.name:
        raise BadInput(
            f"{table.name} has no other column {form.anchor!r} to count from.", "Name a date of the same table."
        )
    for one in (column, anchor):
        if not _is_day(one, dialect):
            raise BadInput(f"{one.name} is {one.type}, which is no date.", "Choose two dates of the same table.")
    if anchor.column_class in NEVER:
        raise BadInput(f"{anchor.name} identifies people, so nothing is counted from it.", "Choose another date.")
    check_pair(column, anchor, form.derivation)


def _is_day(column: Column, dialect: str) -> bool:
    kind = family(column.type)
    return kind == "date" or (kind == "text" and column.column_class == "date" and dialect in KEPT_AS_TEXT)


def derive(workspace: Workspace, source: str, column: str, text: str) -> Column:
    """Give `table.column` in this form, or with "none" as it was before; kept until it is signed."""
    proposal = read_proposal(workspace, source)
    table_name, _, name = column.lower().removeprefix(f"{source}.").rpartition(".")
    proposal = derive_column(workspace, proposal, table_name, name, text)
    return _column(proposed_table(proposal, table_name), name)


def derive_column(workspace: Workspace, proposal: Proposal, table_name: str, name: str, text: str) -> Proposal:
    """The same; the proposal as it is kept then."""
    source, table = proposal.source, proposed_table(proposal, table_name)
    found = _column(table, name)
    before = decision_on(workspace, source, table.name, name)
    if text.strip().lower() == NONE:
        changed, decision = _undone(found, before)
    else:
        changed = derived_as(table, _as_proposed(found, before), text, proposal.dialect)
        decision = _with_form(found, before, text.strip().lower(), _proposed(found, before))
    whole = _put(table, found, changed)
    check_counted(whole)
    tables = tuple(whole if one is table else one for one in proposal.tables)
    remember_form(workspace, source, table.name, name, decision)
    proposal = msgspec.structs.replace(proposal, tables=tables)
    replace_file(workspace.source_folder(source) / PROPOSAL, readable_json(proposal))
    return proposal


class Forms(NamedTuple):
    """The forms that `derive` accepts for a column now, and the one that was chosen (empty: none was)."""

    open: tuple[str, ...]
    chosen: str


def forms_of(workspace: Workspace, proposal: Proposal, table_name: str, name: str) -> Forms:
    """What may be derived from a column as its table is now; "none" where a form was chosen that can be taken back."""
    table = proposed_table(proposal, table_name)
    found = _column(table, name)
    before = decision_on(workspace, proposal.source, table.name, name)
    column = _as_proposed(found, before)
    dates = [one.name for one in table.columns if one is not found and _is_day(one, proposal.dialect)]
    plain = [one for one in get_args(Derivation) if one != "none" and one not in ANCHORED]
    counted = [f"{one}:{anchor}" for one in ANCHORED for anchor in dates] if _is_day(found, proposal.dialect) else []
    accepted = tuple(form for form in (*plain, *counted) if _accepts(table, found, column, form, proposal.dialect))
    if not before.form:
        return Forms(accepted, "")
    undone = _undone(found, before)[0]
    return Forms((*accepted, NONE) if _may_be(table, found, undone) else accepted, before.form)


def _accepts(table: Table, found: Column, column: Column, form: str, dialect: str) -> bool:
    try:
        changed = derived_as(table, column, form, dialect)
    except BadInput:
        return False
    return _may_be(table, found, changed)


def _may_be(table: Table, found: Column, changed: Column) -> bool:
    """Whether the table with the column so changed may be counted; only pairs that the column is of can be other."""
    whole = _put(table, found, changed)
    try:
        for one in whole.columns:
            if one is changed or one.anchor == changed.name:
                check_column(whole, one)
    except BadInput:
        return False
    return True


def _column(table: Table, name: str) -> Column:
    for one in table.columns:
        if one.name == name:
            return one
    raise BadInput(f"{table.name} has no column {name!r}.")


def _put(table: Table, found: Column, changed: Column) -> Table:
    columns = tuple(changed if one is found else one for one in table.columns)
    return msgspec.structs.replace(table, columns=columns)


def _proposed(column: Column, before: Decision) -> Derivation:
    return before.proposed if before.form else column.derivation


def _as_proposed(column: Column, before: Decision) -> Column:
    """The column before a form was chosen: a form starts from that, never from another form."""
    return msgspec.structs.replace(column, derivation=_proposed(column, before), anchor="")


def _with_form(column: Column, before: Decision, text: str, proposed: Derivation) -> Decision:
    """The decision with this form; what was given before the first one is kept, to go back to."""
    if not before.form:
        before = msgspec.structs.replace(before, previous=column.given, chosen=before.given)
    return msgspec.structs.replace(before, given="derived", form=text, proposed=proposed)


def _undone(column: Column, before: Decision) -> tuple[Column, Decision]:
    """As it was before the form, and never given more: where that is not known, nothing is given."""
    if not before.form:
        raise BadInput(f"Nobody chose what is derived from {column.name}.", "It is as it was proposed.")
    stays = column.given == "nothing"  # decided after the form was: that stands
    given: Given = "nothing" if stays or before.previous is None else before.previous
    changed = msgspec.structs.replace(column, given=given, derivation=before.proposed, anchor="")
    kept = "nothing" if given == "nothing" and before.previous != "nothing" else before.chosen
    return changed, Decision(told=before.told, given=kept)
