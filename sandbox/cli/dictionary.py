"""`preceptor dictionary`: see what would be told, decide, sign."""

from __future__ import annotations

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.dictionary.model import Column, Table

TOLD = click.Choice(["nothing", "name", "values"])
GIVEN = click.Choice(["nothing", "token", "derived", "full"])


@click.group(short_help="Decide what an agent may know, and sign it.")
def command() -> None:
    """The de-identified schema of a source: proposed here, decided and signed by you."""


@command.command("show")
@click.argument("source")
@click.argument("table", required=False)
@common
def show(desk: Desk, source: str, table: str | None) -> None:
    """What is proposed for SOURCE (or one TABLE of it): told, given, and why."""
    from sandbox.review.deciding import proposed_table, read_proposal

    workspace = desk.workspace()
    proposal = read_proposal(workspace, source)
    tables = [proposed_table(proposal, table)] if table else list(proposal.tables)
    signed = {path.stem for path in (workspace.source_folder(source) / "signed").glob("*.json")}
    text = "\n\n".join(table_text(one, signed=one.name in signed, why=table is not None) for one in tables)
    desk.result(tables, text, wrap=False)
    if not table:
        desk.say(
            f"\nNext: `preceptor dictionary sign {source} TABLE …`, or `preceptor dictionary show {source} TABLE`."
        )


@command.command("decide")
@click.argument("source")
@click.argument("column", metavar="TABLE.COLUMN")
@click.option("--told", type=TOLD)
@click.option("--given", type=GIVEN)
@common
def decide_column(desk: Desk, source: str, column: str, told: str | None, given: str | None) -> None:
    """Change what is told and given of one column."""
    from sandbox.review.deciding import decide

    changed = decide(desk.workspace(), source, column, told, given)  # type: ignore[arg-type]
    desk.result(changed, column_text(changed, why=True))


@command.command("sign")
@click.argument("source")
@click.argument("tables", nargs=-1)
@common
def sign(desk: Desk, source: str, tables: tuple[str, ...]) -> None:
    """Sign TABLES of SOURCE (all when none is named)."""
    from sandbox.records import ReviewerKey
    from sandbox.review.deciding import read_proposal, sign_tables

    workspace = desk.workspace()
    read_proposal(workspace, source)
    key = ReviewerKey.unlock(workspace, desk.keystore(workspace), desk.passphrase())
    signed = sign_tables(workspace, key, source, tables)
    desk.result([one.full_name for one in signed], _signed_words(source, len(signed)))


@command.command("text")
@common
def text(desk: Desk) -> None:
    """The exact text an agent starts from, out of the signed tables."""
    from sandbox.dictionary import agent_text
    from sandbox.records import Trust, load_dictionary

    workspace = desk.workspace()
    dictionary = load_dictionary(workspace, Trust.open(workspace, desk.keystore(workspace)))
    told = agent_text(dictionary)
    desk.result({"text": told}, told, wrap=False)


def _signed_words(source: str, number: int) -> str:
    signed = f"{plural(number, 'table')} of {source} {'is' if number == 1 else 'are'} signed."
    return f"{signed}\nNext: `preceptor source known {source}`, so that no patient's name slips into a question."


def table_text(table: Table, *, signed: bool, why: bool) -> str:
    """One table for a terminal."""
    head = f"{table.full_name}  ({'signed' if signed else 'not signed'}{', reference' if table.reference else ''})"
    lines = [head, f"  {'column':24} {'class':20} {'told':8} given"]
    return "\n".join(lines + [column_text(column, why=why) for column in table.columns])


def column_text(column: Column, *, why: bool) -> str:
    """One column for a terminal, with its evidence when asked."""
    given = column.given if column.derivation == "none" else f"{column.given} ({column.derivation})"
    line = f"  {column.name:24} {column.column_class:20} {column.told:8} {given}"
    if why and column.evidence:
        line += "".join(f"\n      because {reason}" for reason in column.evidence)
    return line
