"""DuckDB's catalog as facts, a table at a time: a warehouse has more columns than anybody wants in memory at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from .catalog import Catalog, CatalogColumn, CatalogTable, ForeignKey, kept_type

_ONLY = " AND ($all OR list_contains($only, [schema_name, {name}]))"

_TABLES = f"""
SELECT schema_name, table_name, coalesce(comment, ''), estimated_size FROM duckdb_tables()
WHERE database_name = $catalog AND NOT internal{_ONLY.format(name="table_name")}
UNION ALL
SELECT schema_name, view_name, coalesce(comment, ''), -1 FROM duckdb_views()
WHERE database_name = $catalog AND NOT internal{_ONLY.format(name="view_name")}
ORDER BY 1, 2
"""

_COLUMNS = f"""
SELECT schema_name, table_name, column_name, data_type, coalesce(comment, ''), is_nullable FROM duckdb_columns()
WHERE database_name = $catalog AND NOT internal{_ONLY.format(name="table_name")} ORDER BY 1, 2, column_index
"""

_KEYS = f"""
SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names
FROM duckdb_constraints() WHERE database_name = $catalog AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
{_ONLY.format(name="table_name")} ORDER BY 1, 2, constraint_index
"""

_AT_ONCE = 5000  # rows of the catalog
_Place = tuple[str, str]
_Keys = tuple[dict[_Place, tuple[str, ...]], dict[_Place, list[ForeignKey]]]


def read_catalog(connection: duckdb.DuckDBPyConnection, catalog: str) -> Catalog:
    """Every table and view of the attached database `catalog`."""
    return Catalog(tables=tuple(read_tables(connection, catalog)))


def read_tables(
    connection: duckdb.DuckDBPyConnection, catalog: str, only: Sequence[tuple[str, ...]] = ()
) -> Iterator[CatalogTable]:
    """The tables and views in the order of their paths; `only` those at these paths, where some are given."""
    wanted = {"catalog": catalog, "all": not only, "only": [list(path[-2:]) for path in only] or [["", ""]]}
    tables = {
        (schema, name): (comment, int(rows))
        for schema, name, comment, rows in connection.execute(_TABLES, wanted).fetchall()
    }
    primary, foreign = _keys(connection, catalog, wanted)
    for place, columns in _columns(connection.cursor(), wanted):
        if place in tables:
            comment, rows = tables[place]
            yield CatalogTable(
                physical=(catalog, *place),
                columns=columns,
                comment=comment,
                rows=rows,
                primary_key=primary.get(place, ()),
                foreign_keys=tuple(foreign.get(place, ())),
            )


def _columns(
    cursor: duckdb.DuckDBPyConnection, wanted: dict[str, object]
) -> Iterator[tuple[_Place, tuple[CatalogColumn, ...]]]:
    """The columns of one table after the other."""
    with cursor:
        cursor.execute(_COLUMNS, wanted)
        place: _Place | None = None
        columns: list[CatalogColumn] = []
        while rows := cursor.fetchmany(_AT_ONCE):
            for schema, table, name, kind, comment, nullable in rows:
                if place is not None and place != (schema, table):
                    yield place, tuple(columns)
                    columns = []
                place = (schema, table)
                column = CatalogColumn(name=name, type=kept_type(kind), comment=comment, nullable=bool(nullable))
                columns.append(column)
        if place is not None:
            yield place, tuple(columns)


def _keys(connection: duckdb.DuckDBPyConnection, catalog: str, wanted: dict[str, object]) -> _Keys:
    primary: dict[_Place, tuple[str, ...]] = {}
    foreign: dict[_Place, list[ForeignKey]] = {}
    for schema, table, kind, columns, to_table, to_columns in connection.execute(_KEYS, wanted).fetchall():
        if kind == "PRIMARY KEY":
            primary[schema, table] = tuple(columns)
        else:  # DuckDB's foreign keys stay inside their schema
            key = ForeignKey(columns=tuple(columns), to_table=(catalog, schema, to_table), to_columns=tuple(to_columns))
            foreign.setdefault((schema, table), []).append(key)
    return primary, foreign
