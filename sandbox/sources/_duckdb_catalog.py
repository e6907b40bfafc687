"""DuckDB's catalog as facts."""

from __future__ import annotations

import duckdb

from .catalog import Catalog, CatalogColumn, CatalogTable, ForeignKey

_TABLES = """
SELECT schema_name, table_name, coalesce(comment, ''), estimated_size FROM duckdb_tables()
WHERE database_name = $catalog AND NOT internal
UNION ALL
SELECT schema_name, view_name, coalesce(comment, ''), -1 FROM duckdb_views()
WHERE database_name = $catalog AND NOT internal
ORDER BY 1, 2
"""

_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, coalesce(comment, ''), is_nullable FROM duckdb_columns()
WHERE database_name = $catalog AND NOT internal ORDER BY 1, 2, column_index
"""

_KEYS = """
SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names
FROM duckdb_constraints() WHERE database_name = $catalog AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
ORDER BY 1, 2, constraint_index
"""

_Place = tuple[str, str]


def read_catalog(connection: duckdb.DuckDBPyConnection, catalog: str) -> Catalog:
    """Every table and view of the attached database `catalog`."""
    columns = _columns(connection, catalog)
    primary, foreign = _keys(connection, catalog)
    tables = [
        CatalogTable(
            physical=(catalog, schema, name),
            columns=tuple(columns.get((schema, name), ())),
            comment=comment,
            rows=int(rows),
            primary_key=primary.get((schema, name), ()),
            foreign_keys=tuple(foreign.get((schema, name), ())),
        )
        for schema, name, comment, rows in connection.execute(_TABLES, {"catalog": catalog}).fetchall()
    ]
    return Catalog(tables=tuple(table for table in tables if table.columns))


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[_Place, list[CatalogColumn]]:
    found: dict[_Place, list[CatalogColumn]] = {}
    for schema, table, name, kind, comment, nullable in connection.execute(_COLUMNS, {"catalog": catalog}).fetchall():
        column = CatalogColumn(name=name, type=kind.upper(), comment=comment, nullable=bool(nullable))
        found.setdefault((schema, table), []).append(column)
    return found


def _keys(
    connection: duckdb.DuckDBPyConnection, catalog: str
) -> tuple[dict[_Place, tuple[str, ...]], dict[_Place, list[ForeignKey]]]:
    primary: dict[_Place, tuple[str, ...]] = {}
    foreign: dict[_Place, list[ForeignKey]] = {}
    for schema, table, kind, columns, to_table, to_columns in connection.execute(
        _KEYS, {"catalog": catalog}
    ).fetchall():
        if kind == "PRIMARY KEY":
            primary[schema, table] = tuple(columns)
        else:  # DuckDB's foreign keys stay inside their schema
            key = ForeignKey(columns=tuple(columns), to_table=(catalog, schema, to_table), to_columns=tuple(to_columns))
            foreign.setdefault((schema, table), []).append(key)
    return primary, foreign
