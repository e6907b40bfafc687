"""`preceptor exclude`: who is left out of every run of this workspace, whatever its approval says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput, PreceptorError, Refusal
from sandbox.messages.desk import Counted, CountListed

if TYPE_CHECKING:
    from sandbox.keystore import Keystore
    from sandbox.records import InForce
    from sandbox.workspace import Workspace


@click.group(short_help="Say who is left out of every run: opt-outs, staff, test patients.")
def command() -> None:
    """Leave patients out of every query of every run, of approvals that were signed before as well."""


@command.command("add")
@click.argument("words")
@click.option("--table", help="Patients of those rows of this table (source.table) …")
@click.option("--condition", help="… for which this SQL condition holds.")
@click.option("--column", help="Patients whose identifier in this column (source.table.column) …")
@click.option("--list", "path", type=click.Path(path_type=Path), help="… is in this file, one a line.")
@common
def add(
    desk: Desk, words: str, table: str | None, condition: str | None, column: str | None, path: Path | None
) -> None:
    """Leave patients out, for the reason in WORDS. A list is kept encrypted; the file is not needed afterwards."""
    from sandbox.records import ReviewerKey
    from sandbox.review.excluding import exclude_listed, exclude_rows

    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    by_rows, by_list = bool(table and condition), bool(column and path)
    if by_rows == by_list or (by_rows and (column or path)) or (by_list and (table or condition)):
        raise BadInput(
            "Which patients?",
            'Write --table ehr.patients --condition "test_flag = 1", or --column ehr.patients.mrn --list FILE.',
        )
    key = ReviewerKey.unlock(workspace, keystore, desk.passphrase())
    if table and condition:
        in_force = exclude_rows(workspace, keystore, key, table.lower(), words, condition)
    else:
        assert column and path
        in_force = exclude_listed(workspace, keystore, key, column.lower(), words, path)
    place = len(in_force.all)
    try:
        compared = [_compared(desk, workspace, in_force, place)]
    except PreceptorError as problem:  # what was signed holds all the same
        compared = [_not_compared(in_force, place, problem)]
    _show(desk, workspace, keystore, in_force, "They are out of every run from now on.", compared)


@command.command("check")
@click.argument("number", type=int, required=False)
@common
def check(desk: Desk, number: int | None) -> None:
    """Compare exclusion NUMBER, or each, with its source: how many of its patients are found there."""
    from sandbox.review.excluding import read_in_force

    workspace = desk.workspace()
    in_force = read_in_force(workspace, desk.keystore(workspace))
    if number is not None:
        in_force.at(number)
    places = range(1, len(in_force.all) + 1) if number is None else [number]
    compared, problems = [], []
    for place in places:
        try:
            compared.append(_compared(desk, workspace, in_force, place))
        except PreceptorError as problem:
            compared.append(_not_compared(in_force, place, problem))
            problems.append(problem)
    text = "\n".join(f"{one.place}. {one.sentence}" for one in compared)
    desk.result({"compared": compared}, text or "Nobody is left out.")
    if problems:
        not_told = f"{plural(len(problems), 'exclusion')} could not be compared with the source."
        raise Refusal(not_told, problems[0].advice)


@command.command("list")
@common
def list_exclusions(desk: Desk) -> None:
    """Who is left out now, and the signed tables from which nobody is."""
    from sandbox.review.excluding import read_in_force

    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    _show(desk, workspace, keystore, read_in_force(workspace, keystore), "")


@command.command("remove")
@click.argument("which", metavar="WORDS|NUMBER")
@common
def remove(desk: Desk, which: str) -> None:
    """Sign what is in force without that exclusion: its patients are read again by every later run.

    It is named by its words, or by its number in `exclude list`, which changes when another one is removed.
    """
    from sandbox.records import ReviewerKey
    from sandbox.review.excluding import exclusion_text, include_again, read_in_force

    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    before = read_in_force(workspace, keystore)
    place = before.place_of(which)
    removed = exclusion_text(before.at(place))
    key = ReviewerKey.unlock(workspace, keystore, desk.passphrase())
    in_force = include_again(workspace, keystore, key, place, seen=before.sha256)
    first = f"Removed: {removed}\nIts patients are read again by every run from now on."
    _show(desk, workspace, keystore, in_force, first)


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One exclusion beside its source, in numbers; none where it was not compared."""

    place: int
    identifiers: int | None = None
    found: int | None = None
    sentence: str


def _compared(desk: Desk, workspace: Workspace, in_force: InForce, place: int) -> Compared:
    from sandbox.review.excluding import compared_text
    from sandbox.sessions import Session

    with desk.working(), Session.looking(workspace) as session:
        session.send(CountListed(place=place))
        counted = list(session.until(Counted))[-1]
    sentence = compared_text(in_force.all[place - 1], place, counted.identifiers, counted.found)
    return Compared(place=place, identifiers=counted.identifiers, found=counted.found, sentence=sentence)


def _not_compared(in_force: InForce, place: int, problem: PreceptorError) -> Compared:
    what = "condition" if in_force.all[place - 1].keys is None else "list"
    advice = f"{problem.advice} Then: `preceptor exclude check {place}`.".strip()
    sentence = f"Warning: the {what} is in force, but it was not compared with the source: {problem.sentence} {advice}"
    return Compared(place=place, sentence=sentence)


def _show(
    desk: Desk,
    workspace: Workspace,
    keystore: Keystore,
    in_force: InForce,
    first: str,
    compared: Sequence[Compared] = (),
) -> None:
    from sandbox.records import Trust, load_dictionary
    from sandbox.review.excluding import exclusion_text, uncovered

    dictionary = load_dictionary(workspace, Trust.open(workspace, keystore))
    missed = uncovered(in_force.all, (table.full_name for table in dictionary.tables), dictionary)
    lines = [f"{place}. {exclusion_text(one)}" for place, one in enumerate(in_force.all, 1)]
    lines += [one.sentence for one in compared]
    lines += missed
    found = f"{plural(len(in_force.all), 'exclusion')} in force, signed as number {in_force.number}."
    facts: dict[str, object] = {
        "exclusions": in_force.all,
        "sha256": in_force.sha256,
        "number": in_force.number,
        "not_covered": missed,
    }
    facts["compared"] = list(compared)
    text = "\n".join([first, *lines, found] if in_force.all else [first, "Nobody is left out."]).strip()
    desk.result(facts, text)
