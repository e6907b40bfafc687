"""`preceptor run`: run an approval, once, and show its results."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from sandbox.cli.options import Desk, common
from sandbox.errors import BadInput, Fault
from sandbox.keystore import Keystore
from sandbox.messages import desk as lines
from sandbox.workspace import Workspace


@click.command(short_help="Run an approval, once.")
@click.argument("approval")
@click.option("-p", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="As it was signed; JSON or text.")
@common
def command(desk: Desk, approval: str, pairs: tuple[str, ...]) -> None:
    """Run APPROVAL in its jail and show what it reported."""
    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    ended = run_approval(desk, workspace, approval, _parameters(pairs))
    if ended.outcome != "finished":
        raise Fault(ended.sentence, f"Its record is kept: {ended.run}.")
    show_results(desk, workspace, keystore, ended)


def run_approval(desk: Desk, workspace: Workspace, approval: str, parameters: dict[str, Any]) -> lines.RunEnded:
    """Start a running session, run, and show progress until it ends."""
    from sandbox.sessions import Session

    with Session.running(workspace) as session:
        session.send(lines.Run(approval=approval, parameters=parameters))
        for message in session.until(lines.RunEnded):
            if isinstance(message, lines.RunBegan):
                desk.say(f"  run {message.run} began after {message.seconds * 1000:.0f} ms")
            elif isinstance(message, lines.Step):
                patients = f", {message.patients:,} patients" if message.patients >= 0 else ""
                desk.say(f"  · {message.label}: {message.rows:,} rows{patients}")
    assert isinstance(message, lines.RunEnded)
    return message


def show_results(desk: Desk, workspace: Workspace, keystore: Keystore, ended: lines.RunEnded) -> None:
    """Decrypt the results of a run and show them; figures by name and size only."""
    from sandbox.running.results import open_results

    results = open_results(workspace, keystore, ended.run)
    if desk.as_json:
        tables = {label: table.to_pylist() for label, table in results.tables.items()}
        fact = {"run": ended.run, "outcome": ended.outcome, "values": results.values, "tables": tables}
        return desk.result(msgspec.to_builtins(fact, enc_hook=str))
    for label, value in results.values.items():
        desk.say(f"  {label}: {value}")
    for label, text in results.texts.items():
        desk.say(f"  {label}: {text}")
    for label, table in results.tables.items():
        desk.say(f"\n  {label}\n" + table_lines(table))
    for label, png in results.figures.items():
        desk.say(f"  figure {label!r} ({len(png):,} bytes of PNG, kept encrypted)")
    return desk.say(f"\nRun {ended.run} finished; its signed record is in the workspace.")


def table_lines(table: Any, most: int = 40) -> str:
    """An Arrow table as text, at most `most` rows."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    # Text, not str: rich would read "[high]" in a cell as markup of its own.
    shown = Table(*[Column(Text(str(name))) for name in table.column_names], box=None, pad_edge=False)
    for row in table.slice(0, most).to_pylist():
        shown.add_row(*[Text(f"{cell:.4g}" if isinstance(cell, float) else str(cell)) for cell in row.values()])
    console = Console(width=110, no_color=True)
    with console.capture() as captured:
        console.print(shown)
    rest = f"\n  … and {table.num_rows - most:,} more rows" if table.num_rows > most else ""
    return "\n".join(f"  {line}" for line in captured.get().rstrip().splitlines()) + rest


def _parameters(pairs: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier():
            raise BadInput("A parameter is given as NAME=VALUE.")
        try:
            found[name] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            found[name] = value
    return found
