"""What a dbt project knows of its models and sources: names, descriptions, and relationship tests as joins.

The accepted values of a test are not taken over: whether enough patients have a value is counted in each source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sandbox.errors import BadInput

from ._cells import small_file
from .model import PackColumn, PackTable
from .reading import LONGEST_NAME, MOST_COLUMNS

LARGEST = 256 * 1024 * 1024
LONGEST_TEXT = 1000  # characters of a reference; a longer one is none, and the patterns are quadratic in it
TABLES = ("model", "source", "seed", "snapshot")
_REF = re.compile(r"ref\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?['\"]([^'\"]+)['\"][^)]*\)")
_SOURCE = re.compile(r"source\(\s*['\"][^'\"]*['\"]\s*,\s*['\"]([^'\"]+)['\"]\s*\)")


class _Column(msgspec.Struct):
    name: str = ""
    description: str | None = ""


class _Test(msgspec.Struct):
    name: str = ""
    kwargs: dict[str, Any] = {}


class _Node(msgspec.Struct):
    resource_type: str = ""
    name: str = ""
    alias: str | None = ""
    identifier: str | None = ""
    description: str | None = ""
    columns: dict[str, _Column] = {}
    test_metadata: _Test | None = None
    attached_node: str | None = None


class _Manifest(msgspec.Struct):
    metadata: dict[str, Any]
    nodes: dict[str, _Node]
    sources: dict[str, _Node] = {}


def read_manifest(path: Path) -> dict[str, PackTable]:
    """The tables of the project by their names in the database, or `BadInput`."""
    try:
        manifest = msgspec.json.decode(small_file(path, LARGEST), type=_Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput(
            f"{path.name} is no manifest of a dbt project.", "Give the file target/manifest.json that dbt writes."
        ) from problem
    nodes = {**manifest.nodes, **manifest.sources}
    joins = dict(_joins(nodes))
    found: dict[str, PackTable] = {}
    for key, node in nodes.items():
        if node.resource_type in TABLES and node.columns:
            found[_table_name(node)] = PackTable(
                description=node.description or "",
                columns={name: _column(column, joins.get((key, name), "")) for name, column in _named(node)},
            )
    if sum(len(table.columns) for table in found.values()) > MOST_COLUMNS:
        raise BadInput(f"{path.name} describes more than {MOST_COLUMNS:,} columns.")
    if any(len(name) > LONGEST_NAME for table, facts in found.items() for name in (table, *facts.columns)):
        raise BadInput(f"{path.name}: a name of a table or column is none.")
    return found


def _named(node: _Node) -> Iterator[tuple[str, _Column]]:
    for key, column in node.columns.items():
        yield (column.name or key).lower(), column


def _column(column: _Column, joins: str) -> PackColumn:
    return PackColumn(description=column.description or "", joins=joins)


def _table_name(node: _Node) -> str:
    return (node.identifier or node.alias or node.name).lower()


def _joins(nodes: dict[str, _Node]) -> Iterator[tuple[tuple[str, str], str]]:
    """For a node and its column, the `table.column` that a relationships test holds it against."""
    names = {node.name.lower(): _table_name(node) for node in nodes.values() if node.resource_type in TABLES}
    for node in nodes.values():
        test = node.test_metadata
        if test is None or test.name != "relationships" or node.attached_node is None:
            continue
        column, field, to = (str(test.kwargs.get(key) or "")[:LONGEST_TEXT] for key in ("column_name", "field", "to"))
        named = _REF.search(to) or _SOURCE.search(to)
        if named is not None and column and field:
            target = names.get(named.group(1).lower(), named.group(1).lower())
            yield (node.attached_node, column.lower()), f"{target}.{field.lower()}"
