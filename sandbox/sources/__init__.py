"""Databases and folders of files: connect read-only, look at the catalog, read Arrow, cancel.

    with connect(workspace.source("ehr"), login) as source:
        catalog = source.catalog()
        sample = source.sample(catalog.tables[0], limit=500)
        reader = source.read('SELECT count(*) AS n FROM "src"."main"."visits" WHERE y = $y', {"y": 2023})

A source never writes, never reaches a file but its own, and says no in a sentence that names no row. SQL
that comes here names tables by the full path that the catalog gave (`physical`); it was narrowed before.
"""

from ._connect import connect, engine_for, readable_paths
from .catalog import Catalog, CatalogColumn, CatalogTable, ForeignKey, quoted
from .source import Source

__all__ = [
    "Catalog",
    "CatalogColumn",
    "CatalogTable",
    "ForeignKey",
    "Source",
    "connect",
    "engine_for",
    "quoted",
    "readable_paths",
]
