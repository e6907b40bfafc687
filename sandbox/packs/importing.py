"""Data dictionaries that people have already, made into packs: CSV, Excel, and the manifest.json of dbt.

    pack = imported(Path("dictionary.xlsx"), "Ward tables")

They give names, descriptions and joins; what a column is, and what is told of it, stays with the classifier and the
reviewer, unless the file says so in columns `class`, `told` and `given`. Every text is cleaned like a vendor's comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from sandbox.dictionary.comments import clean_comment
from sandbox.dictionary.telling import Recognise, recognise_nothing
from sandbox.errors import BadInput

from ._cells import Line, read_csv, read_excel
from ._dbt import read_manifest
from .making import pack_name
from .model import Pack, PackColumn, PackTable
from .reading import LONGEST_NAME, MOST_COLUMNS, check_column

# What the columns of a data dictionary are called, in lower case without spaces, `_` and `-`.
HEADS: dict[str, tuple[str, ...]] = {
    "table": ("table", "tablename", "entity", "dataset", "view", "tabelle", "tabellenname"),
    "column": ("column", "columnname", "field", "fieldname", "variable", "variablename", "attribute", "spalte", "feld"),
    "description": ("description", "comment", "comments", "definition", "meaning", "label", "columndescription",
                    "fielddescription", "beschreibung", "bedeutung"),
    "table_description": ("tabledescription", "tablecomment", "entitydescription"),
    "joins": ("joins", "references", "foreignkey", "fk", "refersto"),
    "class": ("class",),
    "told": ("told",),
    "given": ("given",),
}  # fmt: skip


def imported(path: Path, title: str, recognise: Recognise = recognise_nothing) -> Pack:
    """The pack that the file gives, or `BadInput` in one sentence: what is wrong, and where.

    Also where `recognise` finds a person in what is left of a description once it is cleaned.
    """
    kind = path.suffix.lower()
    if kind == ".json":
        tables, facts = read_manifest(path), "the manifest of a dbt project"
    elif kind in (".csv", ".tsv", ".txt"):
        tables, facts = _tables(path, read_csv(path)), "a data dictionary in CSV"
    elif kind in (".xlsx", ".xlsm"):
        tables, facts = _tables(path, read_excel(path)), "a data dictionary in a spreadsheet"
    else:
        raise BadInput(f"{path.name} is no data dictionary that can be imported.", "Give a CSV, XLSX or manifest.json.")
    cleaned = {name: _cleaned(table) for name, table in tables.items() if table.columns}
    if not cleaned:
        raise BadInput(f"{path.name} describes no column.")
    _check_nobody(path, cleaned, recognise)
    pack = Pack(
        name=pack_name(title),
        version="1",
        title=title,
        about=f"Imported from {facts}.",
        facts_from=f"The file {path.name}.",
        least_share=0.5,
        tables=cleaned,
    )
    return _with_known_joins(pack)


def _tables(path: Path, lines: Iterator[Line]) -> dict[str, PackTable]:
    """The lines of a dictionary, one for each column, as tables."""
    columns: dict[str, dict[str, PackColumn]] = {}
    about: dict[str, str] = {}
    places: dict[str, int] | None = None
    for count, line in enumerate(lines):
        if places is None or line.first:
            places = _places(path, line.cells)
            continue
        if count > MOST_COLUMNS:
            raise BadInput(f"{path.name} describes more than {MOST_COLUMNS:,} columns.", "Cut it into several files.")
        facts = {name: line.cells[place].strip() for name, place in places.items() if place < len(line.cells)}
        if not facts.get("column"):
            continue
        where = f"{path.name}, {line.place}"
        table = _name(facts.get("table") or line.sheet, where)
        columns.setdefault(table, {})[_name(facts["column"], where)] = _column(facts, where)
        about.setdefault(table, facts.get("table_description", ""))
    return {name: PackTable(description=about[name], columns=found) for name, found in columns.items()}


def _places(path: Path, cells: Sequence[str]) -> dict[str, int]:
    """Which column of the file holds what, by its first line."""
    heads = ["".join(c for c in cell.lower() if c.isalnum()) for cell in cells]
    found = {name: heads.index(word) for name, words in HEADS.items() for word in words[::-1] if word in heads}
    if "column" not in found:
        raise BadInput(
            f"{path.name} needs a first line that names its columns: table, column, description.",
            "Add it, then import the file again.",
        )
    return found


def _column(facts: dict[str, str], where: str) -> PackColumn:
    for cell in facts.values():
        if cell.startswith("="):
            raise BadInput(f"{where}: a cell holds a formula.", "Save the file with values in place of formulas.")
    said = {name: facts[name].lower() for name in ("class", "told", "given") if facts.get(name)}
    try:
        column = msgspec.convert({**said, "description": facts.get("description", "")}, PackColumn)
    except msgspec.ValidationError as problem:
        raise BadInput(f"{where}: class, told or given is none of the words that are known.") from problem
    check_column(column, where)
    return msgspec.structs.replace(column, joins=facts.get("joins", "").lower())


def _name(text: str, where: str) -> str:
    if len(text) > LONGEST_NAME or not text.isprintable() or text.startswith("="):
        raise BadInput(f"{where}: a name of a table or column is none.", "Correct the file, then import it again.")
    return text.lower()


def _cleaned(table: PackTable) -> PackTable:
    columns = {
        name: msgspec.structs.replace(column, description=clean_comment(column.description))
        for name, column in table.columns.items()
    }
    return msgspec.structs.replace(table, description=clean_comment(table.description), columns=columns)


def _check_nobody(path: Path, tables: dict[str, PackTable], recognise: Recognise) -> None:
    for name, table in tables.items():
        said = {name: table.description} | {f"{name}.{one}": facts.description for one, facts in table.columns.items()}
        for place, description in said.items():
            if recognise(description):
                where = f"{path.name}: the description of {place}"
                raise BadInput(
                    f"{where} reads like something about a person, so nothing was kept.",
                    "Say it without names, numbers and dates of people, then import the file again.",
                )


def _with_known_joins(pack: Pack) -> Pack:
    """The pack without joins to what it does not describe."""
    known = {f"{name}.{column}" for name, table in pack.tables.items() for column in table.columns}
    tables = {
        name: msgspec.structs.replace(
            table,
            columns={
                each: column if column.joins in known else msgspec.structs.replace(column, joins="")
                for each, column in table.columns.items()
            },
        )
        for name, table in pack.tables.items()
    }
    return msgspec.structs.replace(pack, tables=tables)
