"""`preceptor source`: connect a database, look at it, index its identifiers. All of it stays here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.pack import say_unmatched
from sandbox.cli.screen import plural
from sandbox.errors import BadInput
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked, Opening
from sandbox.workspace import SourceSettings, Workspace, checked_name

FEW = 3  # so many tables are opened without a word about each


@click.group(short_help="Connect a database and look at it, locally.")
def command() -> None:
    """Connect sources. Nothing of them leaves this computer."""


@command.command("add")
@click.argument("name")
@click.argument("location", type=click.Path(path_type=Path))
@click.option("--login-fd", type=int, metavar="N", help="Read the login (a password or file key) from descriptor N.")
@click.option("--login", "ask_login", is_flag=True, help="Ask for the login and keep it in the keyring.")
@click.option(
    "--comments/--no-comments", default=True, help="Whether comments of the database, cleaned, may be told (they may)."
)
@common
def add(desk: Desk, name: str, location: Path, login_fd: int | None, ask_login: bool, comments: bool) -> None:
    """Connect the DuckDB file, or folder of Parquet or CSV files, at LOCATION under NAME."""
    from sandbox.review.connecting import add_source, check_new_source

    workspace = desk.workspace()
    check_new_source(workspace, checked_name(name), location)
    login = _login(login_fd, ask_login)
    source = add_source(workspace, desk.keystore(workspace), checked_name(name), location, login, comments=comments)
    desk.result(source, f"{name} is connected.\nNext: `preceptor source look {name}`.")


@command.command("list")
@common
def list_sources(desk: Desk) -> None:
    """The connected sources."""
    workspace = desk.workspace()
    sources: list[SourceSettings] = [workspace.source(name) for name in workspace.source_names()]
    lines = [
        f"{one.name:16} {one.kind:8} {'login in the keyring' if one.login else 'no login':20}  {one.location}"
        for one in sources
    ]
    desk.result(
        sources, "\n".join(lines) or "No source is connected yet. Next: `preceptor source add NAME FILE`.", wrap=False
    )


@command.command("remove")
@click.argument("name")
@common
def remove(desk: Desk, name: str) -> None:
    """Disconnect NAME and forget its login; the database itself stays as it is."""
    from sandbox.review.connecting import remove_source

    workspace = desk.workspace()
    remove_source(workspace, desk.keystore(workspace), name)
    desk.result(
        {"removed": name}, f"{name} is disconnected and its login is forgotten; what was signed for it is gone."
    )


@command.command("look")
@click.argument("name")
@click.argument("tables", nargs=-1, metavar="[TABLE]…")
@common
def look(desk: Desk, name: str, tables: tuple[str, ...]) -> None:
    """Read the catalog of source NAME, or open TABLEs of it.

    A source of at most 60 tables is opened whole. Of a larger one the catalog alone is read; a table that is opened
    is sampled, and its columns are proposed.
    """
    from sandbox.sessions import Session

    workspace = desk.workspace()
    workspace.source(name)
    desk.keystore(workspace)
    with desk.working(), Session.looking(workspace) as session:
        session.send(Look(source=name, tables=tables))
        looked = [line for line in session.until(Looked, on=lambda line: _tell(desk, line)) if isinstance(line, Looked)]
    desk.result(looked[-1], _looked_words(looked[-1]))
    _warn_without_header(desk, workspace, name)
    say_unmatched(desk, workspace, name)


def _warn_without_header(desk: Desk, workspace: Workspace, name: str) -> None:
    from sandbox.dictionary.nameless import without_header
    from sandbox.review.deciding import read_proposal

    found = [table.name for table in without_header(read_proposal(workspace, name).tables)]
    if found:
        more = f" and {len(found) - FEW:,} more" if len(found) > FEW else ""
        one = len(found) == 1
        desk.say(
            f"! {', '.join(found[:FEW])}{more} {'seems' if one else 'seem'} to have no header row: "
            "columns are named by their place, so nothing of them is told or given. Write a first line with names into "
            f"{'the file' if one else 'these files'}, then look again.",
            fg="yellow",
        )


def _tell(desk: Desk, line: object) -> None:
    if isinstance(line, Opening) and line.of > FEW:
        desk.say(f"{line.done + 1} of {line.of}: {line.table}")


def _looked_words(looked: Looked) -> str:
    of_all = f"{plural(looked.catalog_tables, 'table')}, {plural(looked.catalog_columns, 'column')}"
    if not looked.tables:
        return (
            f"{of_all} are in the catalog; none is open.\nNext: `preceptor source find {looked.source} WORDS…`, then "
            f"`preceptor source look {looked.source} TABLE…` for those that a question needs."
        )
    beside = f" The catalog has {of_all}." if looked.catalog_tables > looked.tables else ""
    opened = f"{plural(looked.tables, 'table')}, {plural(looked.columns, 'column')}"
    return (
        f"{opened}, {looked.undecided} of them undecided.{beside}\nNext: `preceptor dictionary show {looked.source}`."
    )


@command.command("find")
@click.argument("name")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="How many at most.")
@common
def find(desk: Desk, name: str, words: tuple[str, ...], limit: int) -> None:
    """Search the tables and columns of source NAME by what their names and comments mean."""
    from sandbox.review.finding import find_in_catalog

    found = find_in_catalog(desk.workspace(), name, " ".join(words), limit)
    lines = [f"{one.state:7} {one.place:48} {one.type.lower():14} {one.column_class}".rstrip() for one in found]
    text = "\n".join(lines) or "Nothing has these words."
    desk.result(found, text, wrap=False)
    if any(one.state == "closed" for one in found):
        desk.say(f"\nNext: `preceptor source look {name} TABLE…` opens what is closed.")


@command.command("known")
@click.argument("name")
@common
def known(desk: Desk, name: str) -> None:
    """Index the identifiers of a source, so that none slips into a question."""
    from sandbox.sessions import Session

    workspace = desk.workspace()
    workspace.source(name)
    desk.keystore(workspace)
    with desk.working(), Session.looking(workspace) as session:
        session.send(IndexKnown(source=name))
        indexed = list(session.until(Indexed))[-1]
    words = f"{plural(indexed.values, 'value')} will be recognised from now on; the index is encrypted."
    desk.result(indexed, f'{words}\nNext: `preceptor ask "…"`.')
    _warn_of_signed(desk, workspace)


def _warn_of_signed(desk: Desk, workspace: Workspace) -> None:
    """What was signed before the index was there may name somebody whom only the index knows."""
    from sandbox.errors import PatientRecognised
    from sandbox.records import Trust, load_dictionary
    from sandbox.review.naming_nobody import check_names_nobody, said_of_table

    tables = load_dictionary(workspace, Trust.open(workspace, desk.keystore(workspace))).tables
    try:
        check_names_nobody(workspace, (one for table in tables for one in said_of_table(table)), "sign it anew")
    except PatientRecognised as problem:
        desk.say(f"! It is signed already: {problem.sentence} {problem.advice}", fg="yellow")


def _login(fd: int | None, ask: bool) -> str | None:
    if fd is not None:
        try:
            with os.fdopen(os.dup(fd), "rb") as stream:
                return stream.readline(4096).rstrip(b"\r\n").decode("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise BadInput(f"No login could be read from descriptor {fd}.") from problem
    if ask:
        if not sys.stdin.isatty():
            raise BadInput("There is no terminal to ask for a login.", "Use --login-fd N.")
        return str(click.prompt("Login (kept in the keyring)", hide_input=True, err=True))
    return None
