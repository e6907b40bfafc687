"""`preceptor pack`: what is known of a kind of database, as files that are read, signed and shared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput

if TYPE_CHECKING:
    from sandbox.packs import Pack, PackColumn
    from sandbox.review.using_packs import Chosen
    from sandbox.workspace import Workspace

_FEW = 5  # names that are listed of many
OUT = click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file.")


@click.group(short_help="Use, make, import and sign dictionary packs.")
def command() -> None:
    """A pack says what the tables of a kind of database are; it proposes, and you decide and sign as always."""


@command.command("list")
@common
def list_packs(desk: Desk) -> None:
    """The packs that come with Preceptor, and those that sources of this workspace use."""
    from sandbox.packs import shipped_pack, shipped_packs
    from sandbox.review.using_packs import chosen_packs
    from sandbox.workspace import MARK

    shipped = {name: shipped_pack(name) for name in shipped_packs()}
    workspace = desk.workspace() if (desk.root / MARK).exists() else None
    used = {name: chosen_packs(workspace, name) for name in workspace.source_names()} if workspace else {}
    lines = [f"{name:24} {_size(pack):32} {pack.title}" for name, pack in shipped.items()]
    lines += [f"{source} uses {_chosen_words(chosen)}" for source, chosen in used.items() if chosen]
    desk.result({"shipped": list(shipped), "used": used}, "\n".join(lines), wrap=False)


@command.command("show")
@click.argument("pack")
@click.argument("table", required=False)
@common
def show(desk: Desk, pack: str, table: str | None) -> None:
    """What PACK (a shipped pack's name, or a file) says, or all that it says of one TABLE."""
    from sandbox.packs import read_pack
    from sandbox.review.using_packs import pack_file

    toml, name, _ = pack_file(pack)
    read = read_pack(toml, name)
    if table is None:
        return desk.result(read, _pack_text(read), wrap=False)
    if table not in read.tables:
        raise BadInput(f"{read.title} describes no table {table!r}.", f"See `preceptor pack show {pack}`.")
    return desk.result(read.tables[table], _table_text(read, table), wrap=False)


@command.command("use")
@click.argument("source")
@click.argument("packs", nargs=-1)
@click.option("--none", "nothing", is_flag=True, help="Use no pack any more.")
@click.option("--accept", is_flag=True, help="You answer for a pack that nobody trusted here has signed.")
@common
def use(desk: Desk, source: str, packs: tuple[str, ...], nothing: bool, accept: bool) -> None:
    """Describe the tables of SOURCE by PACKS (shipped names, or files) from the next look on, in this order."""
    from sandbox.review.using_packs import choose_packs, chosen_packs

    workspace = desk.workspace()
    if nothing == bool(packs):
        if nothing:
            raise BadInput("Packs are named, and --none as well.", "Give one of the two.")
        workspace.source(source)
        chosen = chosen_packs(workspace, source)
        return desk.result(chosen, f"{source} uses {_chosen_words(chosen)}")
    chosen = choose_packs(workspace, desk.keystore(workspace), source, packs, accept=accept)
    words = f"{source} uses {_chosen_words(chosen)}\nNext: `preceptor source look {source}`."
    desk.result(chosen, words)
    say_unmatched(desk, workspace, source)
    return None


@command.command("make")
@click.argument("source")
@OUT
@click.option("--name", "title", help="What the pack is called (default: after the source).")
@click.option("--values", is_flag=True, help="List the values that are told as well.")
@common
def make(desk: Desk, source: str, out: Path, title: str | None, values: bool) -> None:
    """Make a pack out of the signed tables of SOURCE, under their dictionary names, without values."""
    from sandbox.packs import pack_toml
    from sandbox.packs.making import pack_of_tables
    from sandbox.records import Trust, load_dictionary

    workspace = desk.workspace()
    trust = Trust.open(workspace, desk.keystore(workspace))
    tables = load_dictionary(workspace, trust, (source,)).tables
    if not tables:
        raise BadInput(f"No table of {source} is signed yet.", f"Sign some: `preceptor dictionary sign {source}`.")
    made = pack_of_tables(tables, title or f"Tables of {source}", values=values)
    _write_new(out, pack_toml(made))
    desk.result(made, f"{_size(made)} are in {out}.\nRead it, then: `preceptor pack sign {out}`.")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@OUT
@click.option("--name", "title", help="What the pack is called (default: after the file).")
@common
def import_file(desk: Desk, file: Path, out: Path, title: str | None) -> None:
    """Make a pack out of a data dictionary: CSV, Excel, or the manifest.json of dbt."""
    from sandbox.drafting.recognisers import Recognisers
    from sandbox.packs import pack_toml
    from sandbox.packs.importing import imported

    pack = imported(file, title or f"Dictionary {file.stem}", Recognisers.load().find)
    _write_new(out, pack_toml(pack))
    desk.result(pack, f"{_size(pack)} are in {out}.\nRead it, then: `preceptor pack sign {out}`.")


@command.command("sign")
@click.argument("file", type=click.Path(path_type=Path))
@common
def sign(desk: Desk, file: Path) -> None:
    """Sign the pack in FILE, so that others know who answers for it; the signature is kept beside it."""
    from sandbox.files import replace_file
    from sandbox.packs import read_pack
    from sandbox.records import ReviewerKey, sign_pack
    from sandbox.review.using_packs import SIGNATURE, pack_file
    from sandbox.workspace import now

    workspace = desk.workspace()
    toml, name, _ = pack_file(str(file))
    pack = read_pack(toml, name)
    key = ReviewerKey.unlock(workspace, desk.keystore(workspace), desk.passphrase())
    envelope = sign_pack(pack.name, pack.version, toml, key, now())
    beside = file.with_name(file.name + SIGNATURE)
    replace_file(beside, envelope, mode=0o644)
    desk.result(
        {"pack": pack.name, "version": pack.version, "signature": str(beside), "fingerprint": key.fingerprint},
        f"{pack.title} {pack.version} is signed; pass on {file.name} and {beside.name} together.",
    )


@command.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@common
def verify(desk: Desk, file: Path) -> None:
    """Who signed the pack in FILE, and whether it is as they left it."""
    from sandbox.packs import read_pack
    from sandbox.review.using_packs import pack_file, prove

    workspace = desk.workspace()
    toml, name, signature = pack_file(str(file))
    read_pack(toml, name)
    if signature is None:
        raise BadInput(f"There is no signature beside {name}.", "Ask for the file that ends in .toml.sig.")
    proof = prove(workspace, desk.keystore(workspace), toml, signature)
    whose = "a reviewer trusted here" if proof.trusted else "a key that is not trusted here: compare its fingerprint"
    told = {**proof._asdict(), "pack": name}
    desk.result(told, f"Signed by {proof.reviewer} at {proof.signed_at}, {whose}.\n{proof.fingerprint}")


def say_unmatched(desk: Desk, workspace: Workspace, source: str) -> None:
    """One line for each pack that describes what the source has not, as the last look saw it."""
    from sandbox.review.using_packs import unmatched_of

    for title, found in unmatched_of(workspace, source):
        parts = [_some(found.tables, "table"), _some(found.columns, "column")]
        desk.say(f"! {title} describes what {source} has not: {' and '.join(filter(None, parts))}.", fg="yellow")


def _some(names: tuple[str, ...], what: str) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return f"{plural(len(names), what)} ({', '.join(names[:_FEW])}{more})"


def _write_new(path: Path, data: bytes) -> None:
    from sandbox.files import replace_file

    if path.exists():
        raise BadInput(f"{path.name} is there already.", "Name a new file.")
    replace_file(path, data, mode=0o644)


def _size(pack: Pack) -> str:
    columns = sum(len(table.columns) for table in pack.tables.values())
    return f"{plural(len(pack.tables), 'table')}, {plural(columns, 'column')}"


def _chosen_words(chosen: tuple[Chosen, ...]) -> str:
    if not chosen:
        return "no pack."
    signed = [f"{one.title}{f' (signed by {one.reviewer})' if one.signed_by else ''}" for one in chosen]
    return f"{plural(len(signed), 'pack')}: {', then '.join(signed)}."


def _pack_text(pack: Pack) -> str:
    lines = [f"{pack.title}  ({pack.name} {pack.version}; {_size(pack)})", f"  {pack.about}", f"  {pack.facts_from}"]
    return "\n".join(lines + [f"  {name:24} {table.description}" for name, table in pack.tables.items()])


def _table_text(pack: Pack, name: str) -> str:
    table = pack.tables[name]
    lines = [f"{name}: {table.description}"]
    lines += [f"  {words}" for words in (table.grain, table.order and f"in the order of {table.order}") if words]
    lines += [f"  Convention: {convention}" for convention in table.conventions]
    return "\n".join(lines + [_column_text(column, facts) for column, facts in table.columns.items()])


def _column_text(name: str, column: PackColumn) -> str:
    given: str = column.given or "-"
    given = given if column.derivation in (None, "none") else f"{given} ({column.derivation})"
    line = f"  {name:30} {column.column_class or '-':18} {column.told or '-':8} {given:16} {column.description}"
    return line + (f"  = {column.joins}" if column.joins else "")
