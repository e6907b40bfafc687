"""`preceptor run`: run an approval, once, show its results, and show them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import msgspec

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput, Fault, ProcessDied
from sandbox.keystore import Keystore
from sandbox.messages import desk as lines
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.records import RunRecord
    from sandbox.running.lines_run import LinesRun


@click.command(short_help="Run an approval, once.")
@click.argument("approval", required=False)
@click.option("-p", "--parameter", "pairs", multiple=True, metavar="NAME=VALUE", help="As it was signed; JSON or text.")
@click.option("--show", "run", metavar="RUN", help="Show the results of an earlier run again.")
@click.option("--list", "list_all", is_flag=True, help="List the runs.")
@common
def command(desk: Desk, approval: str | None, pairs: tuple[str, ...], run: str | None, list_all: bool) -> None:
    """Run APPROVAL in its jail and show what it reported."""
    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    if list_all:
        return _list(desk, workspace, keystore)
    if run is not None:
        return show_results(desk, workspace, keystore, run, _record(workspace, keystore, run).outcome)
    if approval is None:
        raise BadInput("Which approval?", "See `preceptor sign --list`.")
    ended = run_approval(desk, workspace, approval, _parameters(pairs))
    if ended.outcome != "finished":
        raise Fault(ended.sentence, _after_failure(workspace, keystore, approval, ended))
    show_results(desk, workspace, keystore, ended.run, ended.outcome)
    return desk.say(f"\nRun {ended.run} finished; its signed record is in the workspace.\n{_next(approval, ended.run)}")


def run_approval(desk: Desk, workspace: Workspace, approval: str, parameters: dict[str, Any]) -> lines.RunEnded:
    """Start a running session, run, and show progress until it ends."""
    from sandbox.sessions import Session

    began = ""
    with desk.working(), Session.running(workspace) as session, _told_as_used(lambda: began):
        session.send(lines.Run(approval=approval, parameters=parameters))
        for message in session.until(lines.RunEnded):
            if isinstance(message, lines.RunBegan):
                began = message.run
                desk.say(f"  run {message.run} began after {message.seconds * 1000:.0f} ms")
            elif isinstance(message, lines.Step):
                patients = f", {plural(message.patients, 'patient')}" if message.patients >= 0 else ""
                desk.say(f"  · {message.label}: {plural(message.rows, 'row')}{patients}")
    assert isinstance(message, lines.RunEnded)
    return message


@contextmanager
def _told_as_used(began: Callable[[], str]) -> Iterator[None]:
    """A session that dies in a run says what became of the run."""
    try:
        yield
    except ProcessDied as problem:
        if not began():
            raise
        raise Fault(
            f"{problem.sentence} Run {began()} had begun, so it counts as used; nothing of its results was kept.",
            "The audit log has it as reserved. To run the program again, sign it again.",
        ) from problem


def show_results(desk: Desk, workspace: Workspace, keystore: Keystore, run: str, outcome: str) -> None:
    """Decrypt the results of a run and show them; figures by name and size only."""
    from sandbox.running.results import open_results

    results = open_results(workspace, keystore, run)
    if desk.as_json:
        tables = {label: table.to_pylist() for label, table in results.tables.items()}
        fact: dict[str, Any] = {"run": run, "outcome": outcome, "values": results.values, "texts": results.texts}
        fact["tables"] = tables
        fact["figures"] = list(results.figures)
        fact["lines"] = lines_fact(results.lines)
        return desk.result(msgspec.to_builtins(fact, enc_hook=str))
    for label, value in results.values.items():
        desk.say(f"  {label}: {value}")
    for label, text in results.texts.items():
        desk.say(f"  {label}: {text}")
    for label, table in results.tables.items():
        desk.say(f"\n  {label}\n" + table_lines(table), wrap=False)
    for label, png in results.figures.items():
        desk.say(f"  figure {label!r} ({len(png):,} bytes of PNG, kept encrypted)")
    if results.lines is not None:
        desk.say(f"  Lines that ran: {results.lines.sentence}")
    return None


def lines_fact(lines: LinesRun | None) -> dict[str, Any] | None:
    """Which lines ran, for another program to read."""
    if lines is None:
        return None
    return {"ran": lines.count, "could": len(lines.could), "never": lines.never, "whole": lines.whole}


def table_lines(table: Any, most: int = 40) -> str:
    """An Arrow table as text, at most `most` rows."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    # Text, not str: rich would read "[high]" in a cell as markup of its own.
    shown = Table(*[Column(Text(str(name))) for name in table.column_names], box=None, pad_edge=False)
    for row in table.slice(0, most).to_pylist():
        shown.add_row(*[Text(str(cell)) for cell in row.values()])
    console = Console(width=110, no_color=True)
    with console.capture() as captured:
        console.print(shown)
    rest = f"\n  … and {plural(table.num_rows - most, 'more row')}" if table.num_rows > most else ""
    return "\n".join(f"  {line}" for line in captured.get().rstrip().splitlines()) + rest


def _list(desk: Desk, workspace: Workspace, keystore: Keystore) -> None:
    """The runs that ended, oldest first."""
    from sandbox.records import Trust, read_run

    trust = Trust.open(workspace, keystore)
    records = [read_run(path.read_bytes(), trust) for path in workspace.runs.glob("*/record.json")]
    records.sort(key=lambda one: one.ended_at)
    text = "\n".join(f"{one.id}  {one.outcome:9} {one.ended_at}  approval {one.approval_id}" for one in records)
    desk.result(records, text or "Nothing was run yet.", wrap=False)


def _record(workspace: Workspace, keystore: Keystore, run: str) -> RunRecord:
    from sandbox.records import Trust, read_run

    try:
        envelope = (workspace.run(run) / "record.json").read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(f"There is no run {run!r}.", "See `preceptor run --list`.") from problem
    return read_run(envelope, Trust.open(workspace, keystore))


def _after_failure(workspace: Workspace, keystore: Keystore, approval: str, ended: lines.RunEnded) -> str:
    """Where the record is and, after an exception of the program, how the agent hears of it."""
    from sandbox.records import Trust, read_approval

    kept = f"Its record is kept: {ended.run}."
    if not _record(workspace, keystore, ended.run).exception:
        return kept
    signed = read_approval(workspace.approval(approval).read_bytes(), Trust.open(workspace, keystore))
    return f"{kept} Next: `preceptor ask --question {signed.question} --failure {signed.draft}`."


def _next(approval: str, run: str) -> str:
    return (
        f"Next: `preceptor export bundle {approval} --to FOLDER`, "
        f"or `preceptor export table {run} LABEL --to FILE.csv …`; `preceptor run --show {run}` shows it again."
    )


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
