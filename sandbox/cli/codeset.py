"""`preceptor codeset`: named, versioned lists of codes, checked against the signed reference tables."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput

if TYPE_CHECKING:
    from sandbox.codesets import Checked, Read
    from sandbox.dictionary.model import CodeSet

_SHOWN = 20


@click.group(short_help="Keep lists of codes, in versions.")
def command() -> None:
    """Code sets: what a diagnosis or a drug is, as codes. Agents see them; they are no patient's data."""


@command.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Letters, digits, - and _.")
@click.option("--description", default="", help="What the codes are for, in a line.")
@click.option("--source", default="", help="Where they come from.")
@click.option("--system", default="", help="The coding system.")
@common
def bring(desk: Desk, path: Path, name: str, description: str, source: str, system: str) -> None:
    """Keep the codes of FILE (CSV, Excel, or JSON of ATLAS) as the next version of the set."""
    from sandbox.codesets import keep, read_file
    from sandbox.drafting.recognisers import Recognisers
    from sandbox.review.naming_nobody import check_names_never, check_names_nobody, said_of_codes
    from sandbox.workspace import checked_name

    workspace = desk.workspace()
    checked_name(name)
    read = read_file(path, Recognisers.load().find)
    about = {"description": description, "source": source, "system": system}
    said = list(said_of_codes(read.codes, **about))
    check_names_never(workspace, said)
    with desk.working():
        check_names_nobody(workspace, said)
    checked = _checked(desk, read)
    kept = keep(workspace, checked, name=name, description=description, source=source, system=system)
    fact = {"code_set": kept, "not_found": checked.not_found, "repeated": read.repeated}
    desk.result(fact, _imported_words(kept, read, checked), wrap=False)


@command.command("list")
@common
def list_sets(desk: Desk) -> None:
    """Every set, with its versions."""
    from sandbox.codesets import code_sets

    found = code_sets(desk.workspace())
    lines = [f"{one.name:24} version {one.version:<4} {one.codes:>9,} codes  {one.description}" for one in found]
    desk.result(
        found,
        "\n".join(lines) or "There is no code set yet. Next: `preceptor codeset import FILE --name N`.",
        wrap=False,
    )


@command.command("show")
@click.argument("name")
@click.option("--version", type=int, help="The newest when left out.")
@common
def show(desk: Desk, name: str, version: int | None) -> None:
    """The codes of a set, with their meanings."""
    from sandbox.codesets import find_code_set, read_codes

    workspace = desk.workspace()
    found = find_code_set(workspace, name, version)
    codes = read_codes(workspace, found)
    lines = [_head(found), *(f"  {code:20} {meaning}".rstrip() for code, meaning in codes)]
    desk.result({"code_set": found, "codes": codes}, "\n".join(lines), wrap=False)


@command.command("compare")
@click.argument("name")
@click.argument("first", metavar="V1", type=int)
@click.argument("second", metavar="V2", type=int)
@common
def compare(desk: Desk, name: str, first: int, second: int) -> None:
    """What version V2 of a set has that V1 has not, and the other way round."""
    from sandbox.codesets import change_between

    change = change_between(desk.workspace(), name, first, second)
    lines = [f"{plural(change.same, 'code')} in both versions."]
    lines += [f"+ {code}" for code in change.added] + [f"- {code}" for code in change.removed]
    desk.result(change._asdict(), "\n".join(lines), wrap=False)


@command.command("remove")
@click.argument("name")
@click.option("--version", type=int, help="This version only; all of them when left out.")
@common
def remove_set(desk: Desk, name: str, version: int | None) -> None:
    """Remove a set, or one VERSION of it, unless a signed program holds exactly its codes."""
    from sandbox.codesets import code_sets, find_code_set, remove
    from sandbox.records import Trust
    from sandbox.review.code_lists import approvals_with

    workspace = desk.workspace()
    trust = Trust.open(workspace, desk.keystore(workspace))
    find_code_set(workspace, name, version)
    found = [one for one in code_sets(workspace) if one.name == name and version in (None, one.version)]
    for one in found:
        if signed := approvals_with(workspace, trust, one):
            raise BadInput(
                f"Approval {signed[0].id} was signed for a program with the codes of {name}, version {one.version}.",
                "It stays, so that whoever reads the approval can see which codes these were.",
            )
    remove(workspace, found)
    which = f"Version {version} of {name}" if version is not None else f"{name}, {plural(len(found), 'version')},"
    desk.result({"removed": name, "versions": [one.version for one in found]}, f"{which} is removed.")


def _checked(desk: Desk, read: Read) -> Checked:
    """Against what is signed now; the files of reference tables are closed again."""
    from sandbox.codesets import check, known_codes
    from sandbox.records import Trust, load_dictionary
    from sandbox.review.reference_marks import opened_references

    workspace = desk.workspace()
    dictionary = load_dictionary(workspace, Trust.open(workspace, desk.keystore(workspace)))
    with contextlib.ExitStack() as stack:
        files = opened_references(workspace, dictionary)
        for index in files.values():
            stack.enter_context(index)
        return check(read, known_codes(dictionary, files))


def _head(one: CodeSet) -> str:
    facts = [f"{one.name}, version {one.version}: {plural(one.codes, 'code')}", one.system, one.description, one.source]
    return "\n".join([", ".join(filter(None, facts[:2])), *filter(None, facts[2:]), *map(_sentence, one.unresolved)])


def _imported_words(kept: CodeSet, read: Read, checked: Checked) -> str:
    lines = [f"Version {kept.version} of {kept.name} holds {plural(kept.codes, 'code')}."]
    if not read.headed:
        code, meaning = read.codes[0]
        lines.append(f"The file has no header line, so its first code is {code!r}{f' ({meaning})' if meaning else ''}.")
        lines.append("If that is a header, name its columns `code` and `meaning`, and import the file again.")
    if read.repeated:
        lines.append(f"{plural(read.repeated, 'code')} of the file stood in it more than once.")
    lines += map(_sentence, checked.unresolved)
    if checked.not_found:
        shown = ", ".join(checked.not_found[:_SHOWN])
        more = len(checked.not_found) - _SHOWN
        rest = f" and {more:,} more (see them all with --json)" if more > 0 else ""
        lines.append(f"In no signed reference table: {shown}{rest}.")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return f"Not settled: {text}."
