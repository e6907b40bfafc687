"""Classifying a data dictionary that somebody exported: a CSV with table, column, type and perhaps comment."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sandbox.errors import BadInput
from sandbox.sources.catalog import CatalogColumn

from .classify import classify_table, settled

NEEDED = ("table", "column", "type")


def classify_file(path: Path) -> Iterator[dict[str, Any]]:
    """One dict per line of the file, in its order: table, column, class, told, given, confidence, evidence.

    All columns of a table, and all tables, are looked at together, wherever they stand in the file.
    """
    lines = _read(path)
    tables: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        tables.setdefault(line["table"], []).append(number)
    found: dict[int, dict[str, Any]] = {}
    columns = tables_of(lines)
    around = settled(columns)
    for table, numbers in tables.items():
        for n, verdict in zip(numbers, classify_table(table, columns[table], None, around[table]), strict=True):
            found[n] = {
                "table": table,
                "column": lines[n]["column"],
                "class": verdict.column_class,
                "told": verdict.told,
                "given": verdict.given,
                "confidence": verdict.confidence,
                "evidence": list(verdict.evidence),
            }
    yield from (found[n] for n in range(len(lines)))


def tables_of(lines: Sequence[dict[str, str]]) -> dict[str, list[CatalogColumn]]:
    """The columns of each table."""
    tables: dict[str, list[CatalogColumn]] = {}
    for line in lines:
        tables.setdefault(line["table"], []).append(_column(line))
    return tables


def _column(line: dict[str, str]) -> CatalogColumn:
    return CatalogColumn(name=line["column"], type=line["type"].upper(), comment=line.get("comment") or "")


def lines_without_type(path: Path) -> list[int]:
    """The numbers of the file's lines with a column and no type for it: it is judged by its name alone."""
    return [number for number, line in _numbered(path) if not line["type"]]


def _read(path: Path) -> list[dict[str, str]]:
    return [line for _, line in _numbered(path)]


def _numbered(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            if not set(NEEDED) <= set(names):
                raise BadInput(f"{path.name} needs a first line with at least: {', '.join(NEEDED)}.")
            reader.fieldnames = names
            lines = [
                (reader.line_num, {key: (value or "").strip() for key, value in line.items() if key}) for line in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise BadInput(f"{path.name} can't be read as a CSV file ({type(problem).__name__}).") from problem
    return [(number, line) for number, line in lines if line["column"]]
