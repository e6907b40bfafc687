"""`preceptor dictionary`: see what would be told, decide, sign."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.dictionary.model import Column, Table
from sandbox.sources.catalog import bare_type
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.review.since_signed import SinceSigned

FEW, MANY = 4, 20  # changes of a table, and tables, that are said one by one

TOLD = click.Choice(["nothing", "name", "values"])
GIVEN = click.Choice(["nothing", "token", "derived", "full"])


@click.group(short_help="Decide what an agent may know, and sign it.")
def command() -> None:
    """The de-identified schema of a source: proposed here, decided and signed by you."""


@command.command("show")
@click.argument("source")
@click.argument("table", required=False)
@click.option("--undecided", is_flag=True, help="Only the columns that nobody has decided on, one a line.")
@common
def show(desk: Desk, source: str, table: str | None, undecided: bool) -> None:
    """What is proposed for SOURCE (or one TABLE of it): told, given, and why."""
    from sandbox.review.deciding import proposed_table, read_proposal

    workspace = desk.workspace()
    proposal = read_proposal(workspace, source)
    tables = [proposed_table(proposal, table)] if table else list(proposal.tables)
    if undecided:
        return _show_undecided(desk, source, tables)
    states = _states(desk, workspace, source, tables)
    text = "\n\n".join(table_text(one, states[one.name], why=table is not None) for one in tables)
    desk.result(tables, text, wrap=False)
    if not table:
        desk.say(
            f"\nNext: `preceptor dictionary sign {source} TABLE …`, or `preceptor dictionary show {source} TABLE`."
        )
    return None


def _states(desk: Desk, workspace: Workspace, source: str, tables: Iterable[Table]) -> dict[str, str]:
    """Of each table by its name, whether it is signed as it is decided now."""
    from sandbox.records import Trust, read_signed_table, signed_path
    from sandbox.review.since_signed import since_signed

    trust, states = None, {}
    for table in tables:
        path = signed_path(workspace, source, table.name)
        if not path.exists():
            states[table.name] = "not signed"
            continue
        trust = trust or Trust.open(workspace, desk.keystore(workspace))
        differs = since_signed(table, read_signed_table(workspace, trust, source, path)[1].table)
        states[table.name] = _differs(differs) if differs else "signed"
    return states


def _differs(found: SinceSigned) -> str:
    """`changed since it was signed: f2 (told was name), its joins`, at most a few of them."""
    said = [f"{one.column} ({', '.join(one.words) or one.kind})" for one in found.columns] + list(found.words)
    more = f" and {len(said) - FEW} more" if len(said) > FEW else ""
    return f"changed since it was signed: {', '.join(said[:FEW])}{more}"


def _show_undecided(desk: Desk, source: str, tables: list[Table]) -> None:
    from sandbox.review.deciding import is_undecided

    found = [(table.name, column) for table in tables for column in table.columns if is_undecided(column)]
    shown = [(f"{name}.{one.name}", bare_type(one.type), one.evidence) for name, one in found]
    fact = [{"column": name, "type": kind, "evidence": evidence} for name, kind, evidence in shown]
    lines = [f"{name:40} {kind.lower():14} {'; '.join(evidence)}".rstrip() for name, kind, evidence in shown]
    desk.result(fact, "\n".join(lines) or "Every column is decided.", wrap=False)
    if found:
        next_step = f"`preceptor dictionary decide {source} TABLE.COLUMN --told name --given full`"
        desk.say(f"\n{plural(len(found), 'column')}: told nothing, given nothing. Next: {next_step}.")


@command.command("decide")
@click.argument("source")
@click.argument("column", metavar="TABLE.COLUMN")
@click.option("--told", type=TOLD)
@click.option("--given", type=GIVEN)
@click.option(
    "--as",
    "form",
    metavar="FORM",
    help="With derived: year, month, zip3, age_capped; days_since:COLUMN, age_at:COLUMN for another date of the row.",
)
@common
def decide_column(desk: Desk, source: str, column: str, told: str | None, given: str | None, form: str | None) -> None:
    """Change what is told and given of one column; `--as none` takes a chosen form back."""
    from sandbox.review.deciding import decide
    from sandbox.review.deriving import derive

    if told is given is form is None:
        raise click.UsageError("Say what to change: --told, --given or --as.")
    if "." not in column:
        raise click.UsageError(f"{column} is not of the form TABLE.COLUMN.")
    if form is not None and given not in (None, "derived"):
        raise click.UsageError("--as says what is derived: it goes with --given derived.")
    workspace = desk.workspace()
    if form is not None:
        changed = derive(workspace, source, column, form)
    if form is None or told is not None:
        changed = decide(workspace, source, column, told, None if form else given)  # type: ignore[arg-type]
    desk.result(changed, column_text(changed, why=True))
    desk.say(f"\nNext: `preceptor dictionary sign {source} {column.partition('.')[0]}`.")


@command.command("describe")
@click.argument("source")
@click.argument("table")
@click.option("--description", help="What the table holds, in a sentence.")
@click.option("--grain", help="What a row is: “one row per encounter”.")
@click.option("--order", help="The usual order in time: “admit_dttm within a patient”.")
@click.option("--join", "joins", multiple=True, metavar="COLUMN=TABLE.COLUMN", help="What a column leads to. Repeat.")
@click.option("--no-join", multiple=True, metavar="COLUMN", help="A column that leads nowhere. Repeat.")
@click.option("--convention", multiple=True, help="What one has to know: units, deletions, what is current. Repeat.")
@click.option("--no-convention", type=int, multiple=True, metavar="N", help="Take away the convention of number N.")
@common
def describe_table(
    desk: Desk,
    source: str,
    table: str,
    joins: tuple[str, ...],
    no_join: tuple[str, ...],
    convention: tuple[str, ...],
    no_convention: tuple[int, ...],
    **words: str | None,
) -> None:
    """Correct what is said of a TABLE itself. An agent is told once you have signed it."""
    from sandbox.review.describing import Correction, describe

    leads = dict(_join(one) for one in joins) | dict.fromkeys(map(str.lower, no_join), "")
    correction = Correction(joins=leads, conventions=convention, without=no_convention, **words)
    workspace = desk.workspace()
    changed = describe(workspace, source, table, correction)
    state = _states(desk, workspace, source, (changed,))[changed.name]
    desk.result(changed, table_text(changed, state, why=False), wrap=False)
    desk.say(f"\nNext: `preceptor dictionary sign {source} {changed.name}`.")


@command.command("drift")
@click.argument("source")
@common
def show_drift(desk: Desk, source: str) -> None:
    """What changed in SOURCE since its tables were signed, and which approved programs it stops."""
    from sandbox.records import AuditLog, Trust
    from sandbox.review.drift import drift, last_look

    workspace = desk.workspace()
    trust, log = Trust.open(workspace, desk.keystore(workspace)), AuditLog(workspace.audit_log)
    found = drift(workspace, trust, log, source)
    lines = []
    for table in found.tables:
        lines.append(f"{table.table} is gone" if table.gone else table.table)
        lines += [f"  {change}" for change in table.changes]
    for program in found.programs:
        lines.append(f"Approval {program.approval} {'can’t run' if program.blocking else 'can run'}:")
        lines += [f"  {what} (it reads that)" for what in program.blocking]
        lines += [f"  {what} (it does not read that)" for what in program.others]
    desk.result(found, "\n".join(lines) or f"{source} is as it was signed, as of the last look.", wrap=False)
    looked = last_look(workspace, log, source)
    when = f"Last look: {looked.at[:16].replace('T', ' ')} UTC." if looked.at else "When it was looked at is not known."
    why = " Its files were changed after that, so what is listed is old." if looked.files_are_newer else ""
    desk.say(f"\n{when}{why} Look again for what has changed since: `preceptor source look {source}`.")


@command.command("sign")
@click.argument("source")
@click.argument("tables", nargs=-1)
@common
def sign(desk: Desk, source: str, tables: tuple[str, ...]) -> None:
    """Sign TABLES of SOURCE (all when none is named)."""
    from sandbox.records import ReviewerKey
    from sandbox.review.deciding import is_undecided, proposed_table, read_proposal, sign_tables

    workspace = desk.workspace()
    proposal = read_proposal(workspace, source)
    chosen = [proposed_table(proposal, name) for name in tables] or list(proposal.tables)
    before = _states(desk, workspace, source, chosen)
    key = ReviewerKey.unlock(workspace, desk.keystore(workspace), desk.passphrase())
    signed = sign_tables(workspace, key, source, tables)
    undecided = sum(is_undecided(column) for table in signed for column in table.columns)
    news = [
        f"{name}: {'new' if state == 'not signed' else state}" for name, state in before.items() if state != "signed"
    ]
    more = f"\nand {len(news) - MANY:,} more" if len(news) > MANY else ""
    known = (workspace.source_folder(source) / "known.enc").exists()
    words = _signed_words(source, len(signed), undecided, known)
    desk.result([one.full_name for one in signed], "\n".join([*news[:MANY], ""] if news else []) + more + words)


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


@command.command("rename")
@click.argument("source")
@click.argument("what", metavar="TABLE[.COLUMN]")
@click.argument("new")
@common
def rename(desk: Desk, source: str, what: str, new: str) -> None:
    """Call a table or column of SOURCE by a NEW name, which is the only one that an agent sees. It stays here."""
    from sandbox.review.renaming import rename as renamed

    workspace = desk.workspace()
    renamed(workspace, source, what, new)
    desk.result(
        {"source": source, "renamed": what, "name": new},
        f"{what} is called {new} from now on.\nNext: `preceptor dictionary sign {source} TABLE`; programs that were"
        " signed for the old name need a new signature.",
    )


@command.command("reference")
@click.argument("source")
@click.argument("table")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@common
def reference(desk: Desk, source: str, table: str, answer: str) -> None:
    """Say whether TABLE of SOURCE is a list of codes, which is read whole and can be searched."""
    from sandbox.review.deciding import proposed_table
    from sandbox.review.reference_marks import mark_reference

    proposal = mark_reference(desk.workspace(), source, table, answer == "yes")
    name = proposed_table(proposal, table).full_name
    if answer == "yes":
        words = f"{name} is a reference table from the next look on.\nNext: `preceptor source look {source} {table}`."
    else:
        words = f"{name} is no reference table.\nNext: `preceptor dictionary sign {source} …`."
    desk.result({"table": name, "reference": answer == "yes"}, words)


@command.command("page")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file: .html or .pdf.")
@common
def page(desk: Desk, out: Path) -> None:
    """One page for the privacy office: all that is told and given, out of the signed tables."""
    from sandbox.dictionary.page import privacy_page
    from sandbox.errors import BadInput
    from sandbox.files import replace_file
    from sandbox.records import Trust
    from sandbox.review.paging import page_of

    if out.suffix.lower() not in (".html", ".pdf"):
        raise BadInput("The page is an .html or a .pdf file.", "Name it so.")
    if out.exists():
        raise BadInput(f"{out.name} is there already.", "Name a new file.")
    if not out.parent.is_dir():
        raise BadInput(
            f"There is no folder {out.parent.name!r} to write the page into.", "Make it first, or name another."
        )
    workspace = desk.workspace()
    shown = page_of(workspace, Trust.open(workspace, desk.keystore(workspace)))
    html = privacy_page(shown)
    if out.suffix.lower() == ".pdf":
        from desktop.printing import pdf_of

        replace_file(out, pdf_of(html, shown.title), mode=0o644)
    else:
        replace_file(out, html.encode(), mode=0o644)
    desk.result({"page": str(out), "tables": len(shown.tables)}, f"{plural(len(shown.tables), 'table')} in {out}.")


def _join(text: str) -> tuple[str, str]:
    column, equals, target = text.partition("=")
    if not equals or not target:
        raise click.BadParameter(f"{text!r} is not COLUMN=TABLE.COLUMN.")
    return column.strip().lower(), target.strip()


def _signed_words(source: str, number: int, undecided: int, known: bool) -> str:
    signed = f"{plural(number, 'table')} of {source} {'is' if number == 1 else 'are'} signed."
    if undecided:
        stay = "stays" if undecided == 1 else "stay"
        signed += (
            f"\n{plural(undecided, 'column')} of {'it' if number == 1 else 'them'} {stay} undecided, told nothing and "
            f"given nothing: `preceptor dictionary show {source} --undecided`."
        )
    if known:
        return f"{signed}\nNext: `preceptor ask`."
    return f"{signed}\nNext: `preceptor source known {source}`, so that no patient's name slips into a question."


def table_text(table: Table, state: str, *, why: bool) -> str:
    """One table for a terminal; `state` says whether it is signed."""
    head = f"{table.full_name}  ({'reference, ' if table.reference else ''}{state})"
    about = [("", table.description), ("grain", table.grain), ("order", table.order)]
    lines = [head, *(f"  {name + ': ' if name else ''}{words}" for name, words in about if words)]
    lines += [f"  join: {join.column} = {join.to_table}.{join.to_column}" for join in table.joins]
    lines += [f"  convention {number}: {words}" for number, words in enumerate(table.conventions, 1)]
    lines.append(f"  {'column':24} {'class':20} {'told':8} given")
    return "\n".join(lines + [column_text(column, why=why) for column in table.columns])


def column_text(column: Column, *, why: bool) -> str:
    """One column for a terminal, with its evidence when asked."""
    given = column.given if column.derivation == "none" else f"{column.given} ({column.derivation})"
    line = f"  {column.name:24} {column.column_class:20} {column.told:8} {given}"
    if why and column.evidence:
        line += "".join(f"\n      because {reason}" for reason in column.evidence)
    return line
