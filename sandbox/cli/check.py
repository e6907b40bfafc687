"""`preceptor check`: each pure check by itself, without a workspace."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from sandbox.checks.facts import Flag, Grant, ProgramCheck, Schema
from sandbox.cli.screen import plural
from sandbox.errors import BadInput, PolicyRefused

_FEW = 5  # line numbers that are listed of many
_EXAMPLE = "`preceptor check query --help` shows a whole one."


class _Given(msgspec.Struct):
    schema: Schema
    grant: Grant | None = None


class _Line(msgspec.Struct):
    id: str | int
    text: str


@click.group(short_help="Run one pure check by itself.")
def command() -> None:
    """Try a rule on a file or on standard input."""


@command.command("columns")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def columns(file: Path, as_json: bool) -> None:
    """Classify the columns of a data dictionary (CSV: table,column,type[,comment])."""
    from sandbox.dictionary import classify_file
    from sandbox.dictionary.columns_file import lines_without_type

    if untyped := lines_without_type(file):
        more = f" and {len(untyped) - _FEW:,} more" if len(untyped) > _FEW else ""
        some = f"line{'s' if len(untyped) > 1 else ''} {', '.join(map(str, untyped[:_FEW]))}{more}"
        click.echo(f"! {file.name} has no type in {some}: judged by the names alone.", err=True)
    for row in classify_file(file):
        plain = f"{row['table']}.{row['column']}: {row['class']}, told {row['told']}, given {row['given']}"
        click.echo(msgspec.json.encode(row).decode() if as_json else plain)


@command.command("program")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--schema", "schema_file", type=click.Path(path_type=Path), metavar="S.json", help="Check its queries too."
)
@click.option("--json", "as_json", is_flag=True)
def program(file: Path, schema_file: Path | None, as_json: bool) -> None:
    """Check a program against the language policy (exit status 1 when it is refused), and for clinical mistakes.

    Clinical warnings that need the tables are only given with a schema.
    """
    verdict = _judged(_text(file), schema_file)
    if as_json:
        click.echo(msgspec.json.encode(verdict).decode())
    for flag in () if as_json else verdict.flags:
        place = f"line {flag.line}" if flag.line else "whole program"
        click.echo(f"{place}: {_severity(flag)}: {flag.reason}" + (f" Instead: {flag.instead}" * bool(flag.instead)))
    if not verdict.may_run:
        raise PolicyRefused(f"{file.name} uses something that the language policy does not allow.")
    if not as_json:
        click.echo(f"{file.name} is allowed; it asks {plural(len(verdict.queries), 'query', 'queries')}.")


def _judged(text: str, schema_file: Path | None) -> ProgramCheck:
    from sandbox.checks.clinical import clinical_flags
    from sandbox.checks.language import check_program
    from sandbox.checks.verdict import judge_program

    if schema_file is None:
        check = check_program(text)
        found = clinical_flags(text, parameters=check.parameters)
        flags = tuple(sorted((*check.flags, *found), key=lambda flag: flag.line))
        return msgspec.structs.replace(check, flags=flags)
    try:
        schema = msgspec.json.decode(_text(schema_file), type=Schema)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise BadInput(
            f'{schema_file.name} is not of the form {{"tables": …, "dialects": …}}: {problem}.', _EXAMPLE
        ) from problem
    return judge_program(text, schema).check


@command.command("why")
@click.argument("rule")
def why_(rule: str) -> None:
    """Say why a clinical warning matters: RULE is its name, such as clinical.denominator."""
    from sandbox.checks.clinical import RULES, why

    page = why(rule)
    if not page:
        raise BadInput(f"There is no page on {rule!r}.", f"The rules are {', '.join(RULES)}.")
    click.echo(page.rstrip())


@command.command("query")
@click.option("--grant", "grant_file", type=click.Path(path_type=Path), required=True, metavar="G.json")
@click.option(
    "--dialect",
    type=click.Choice(["duckdb", "postgres", "sqlite", "tsql", "oracle", "spark"]),
    help="Read the query in this dialect instead of the one that the schema names.",
)
@click.option("--json", "as_json", is_flag=True)
def query(grant_file: Path, dialect: str | None, as_json: bool) -> None:
    """Check the query on standard input against G.json: {"schema": …, "grant": …}.

    Prints what it reads and the only text that the database would see, or why not and what to write instead.

    \b
    {"schema": {"tables": {"ehr.stays": {"columns": {
        "pat_id": {"type": "BIGINT", "given": "token", "key": "patient", "domain": "patient"},
        "admit_dt": {"type": "TIMESTAMP", "given": "full"}}}}, "dialects": {"ehr": "duckdb"}},
     "grant": {"tables": {"ehr.stays": ["pat_id", "admit_dt"]}}}
    """
    from sandbox.checks.query import check_query

    try:
        given = msgspec.json.decode(_text(grant_file), type=_Given)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise BadInput(
            f'{grant_file.name} is not of the form {{"schema": …, "grant": …}}: {problem}.', _EXAMPLE
        ) from problem
    schema = given.schema
    if dialect is not None:
        schema = msgspec.structs.replace(schema, dialects=dict.fromkeys(schema.dialects, dialect))
    checked = check_query(sys.stdin.read(), schema, given.grant)
    read = ", ".join(f"{table}({', '.join(names)})" for table, names in checked.read.items())
    click.echo(msgspec.json.encode(checked).decode() if as_json else f"allowed; reads {read}\n{checked.narrowed}")


@command.command("text")
@click.option("--json", "as_json", is_flag=True)
def text(as_json: bool) -> None:
    """Look for patients in JSON lines {"id","text"} on standard input, by shape alone."""
    from sandbox.drafting.recognisers import Recognisers

    recognisers = Recognisers.load()
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            given = msgspec.json.decode(line, type=_Line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise BadInput(f'Line {number} is not of the form {{"id": …, "text": …}}.') from problem
        hits = [
            {"start": hit.start, "end": hit.end, "type": hit.kind, "half": "pattern", "blocking": True}
            for hit in recognisers.find(given.text)
        ]
        plain = f"{given.id}: " + (", ".join(str(hit["type"]) for hit in hits) or "nothing")
        click.echo(msgspec.json.encode({"id": given.id, "hits": hits}).decode() if as_json else plain)


def _severity(flag: Flag) -> str:
    """With the name of the rule where a page says why (`preceptor check why`)."""
    return f"{flag.severity} ({flag.rule})" if flag.rule.startswith("clinical.") else flag.severity


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"{path.name} can't be read as a text.") from problem
