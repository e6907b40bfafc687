"""The labels of an ENUM are values of rows: no type that leaves a source, or is told of a table, holds one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sandbox.dictionary.catalog_index import CatalogIndex, copy_catalog, write_catalog
from sandbox.dictionary.model import Column, Dictionary, Table
from sandbox.dictionary.schema import schema_of
from sandbox.dictionary.text import describe
from sandbox.dictionary.types import same_type
from sandbox.sources import connect
from sandbox.sources.catalog import bare_type, kept_type
from sandbox.workspace import SourceSettings

TYPES = {
    "a": ("who", "VARCHAR"),
    "b": ("who[]", "LIST"),
    "c": ("STRUCT(okonkwo who)", "STRUCT"),
    "d": ("MAP(who, INTEGER)", "MAP"),
    "e": ("UNION(n INTEGER, w who)", "UNION"),
    "f": ("who[3]", "LIST"),
    "g": ("DECIMAL(5,2)", "DECIMAL(5,2)"),
}
ENUM = "ENUM('OKONKWO ADAEZE', 'a]')"


def database(folder: Path) -> SourceSettings:
    path = folder / "x.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TYPE who AS ENUM ('Okonkwo Adaeze', 'a]')")
        connection.execute(f"CREATE TABLE t({', '.join(f'{name} {kind}' for name, (kind, _) in TYPES.items())})")
        shown = connection.execute("SELECT string_agg(data_type) FROM duckdb_columns() WHERE table_name = 't'")
        row = shown.fetchone()
        assert row is not None and row[0].count("Okonkwo Adaeze") == 6  # what DuckDB itself says of the columns
    return SourceSettings(name="ehr", kind="duckdb", location=str(path))


def test_a_source_names_no_label_in_its_catalog_or_its_types(tmp_path: Path) -> None:
    expected = [bare for _, bare in TYPES.values()]
    with connect(database(tmp_path), None) as source:
        (table,) = source.catalog().tables
        kept = [column.type for column in table.columns]
        assert [bare_type(kind) for kind in kept] == expected and "OKONKWO" not in str(kept).upper()
        assert source.types([(table.physical, list(TYPES))]) == (tuple(kept),)
        copy_catalog(tmp_path / "catalog.sqlite", source.tables())
    write_catalog(tmp_path / "catalog.sqlite")
    with CatalogIndex.open(tmp_path / "catalog.sqlite") as index:
        assert [column.type for column in index.columns("t")] == kept
    assert b"okonkwo" not in (tmp_path / "catalog.sqlite").read_bytes().lower()


@pytest.mark.parametrize(("signed", "now"), [(ENUM, "VARCHAR"), (f"{ENUM}[]", "LIST"), (f"STRUCT(x {ENUM})", "STRUCT")])
def test_a_table_that_was_signed_with_labels_has_not_changed(signed: str, now: str) -> None:
    assert signed != now and bare_type(signed) == now
    assert same_type(now, signed) and not same_type("INTEGER", signed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("STRUCT(code VARCHAR)", "STRUCT(code VARCHAR, mrn VARCHAR)"),
        ("STRUCT(code VARCHAR)[]", "STRUCT(code VARCHAR, mrn VARCHAR)[]"),
        ("MAP(VARCHAR, INTEGER)", "MAP(VARCHAR, VARCHAR)"),
        ("UNION(n INTEGER)", "UNION(n INTEGER, s VARCHAR)"),
    ],
)
def test_a_member_that_was_not_there_when_it_was_signed_is_another_type(before: str, after: str) -> None:
    assert bare_type(before) == bare_type(after)  # all that would be compared without what is kept
    assert same_type(kept_type(before), kept_type(before)) and not same_type(kept_type(before), kept_type(after))
    assert same_type(bare_type(before), kept_type(after))  # signed when nothing was kept
    assert "MRN" not in kept_type(after)


def test_other_labels_are_no_other_type() -> None:
    one, other = "STRUCT(x ENUM('a', 'it''s)'))", "STRUCT(x ENUM('b'))"
    assert kept_type(one) == kept_type(other) and same_type(kept_type(one), kept_type(other))


def test_a_table_that_was_signed_with_labels_is_told_without_them() -> None:
    column = Column(name="w", type=ENUM, column_class="plain", told="name", given="full")
    dictionary = Dictionary(tables=(Table(source="ehr", name="t", columns=(column,)),), dialects={"ehr": "duckdb"})
    assert "w VARCHAR" in describe(dictionary, ["ehr.t"])
    assert schema_of(dictionary).tables["ehr.t"].columns["w"].type == "VARCHAR"
