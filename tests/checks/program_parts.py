"""What a program is given in these tests: real queries on a made-up hospital, and a report that remembers."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import matplotlib.pyplot as plt
import pandas as pd
import query_examples

from sandbox.checks.facts import CheckedQuery
from sandbox.checks.language import check_program, compile_program
from sandbox.checks.query import check_query

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))


@cache
def hospital() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(query_examples.CREATE)
    return connection


@cache
def _checked(query: str, cohort: tuple[str, ...]) -> CheckedQuery:
    return check_query(query, query_examples.SCHEMA, cohort=cohort)


class Data:
    """`data.sql` over a DuckDB in memory, with every query checked and narrowed as in a run."""

    def sql(self, query: str, *, cohort: dict[str, Any] | None = None, **parameters: Any) -> pd.DataFrame:
        checked = _checked(query, tuple(cohort or ()))
        for column, relation in checked.cohort.items():
            hospital().register(relation, pd.DataFrame({"k": pd.Series((cohort or {})[column]).drop_duplicates()}))
        return hospital().execute(checked.narrowed, parameters).df()


class Report:
    """Keeps what a program reports, in a form that can be compared."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []

    def step(self, label: str, frame: pd.DataFrame) -> None:
        self.said.append(("step", label, str(len(frame))))

    def value(self, label: str, value: Any) -> None:
        self.said.append(("value", label, repr(value)))

    def table(self, label: str, frame: pd.DataFrame) -> None:
        self.said.append(("table", label, frame.to_csv()))

    def figure(self, label: str, figure: Any) -> None:
        self.said.append(("figure", label, f"{len(figure.axes)} axes"))

    def text(self, text: str) -> None:
        self.said.append(("text", "", text))


def run_guarded(text: str, **changes: Any) -> list[tuple[str, str, str]]:
    """Run a program as the runner does, under the policy."""
    check = check_program(text)
    main = compile_program(text).run_module()["main"]
    return _run(main, check.parameters | changes)


def run_plain(text: str) -> list[tuple[str, str, str]]:
    """Run the same text as ordinary Python."""
    module = sys.modules["program"] = ModuleType("program")  # dataclasses look their own module up by name
    try:
        exec(compile(text, "program", "exec", dont_inherit=True), module.__dict__)
        return _run(module.__dict__["main"], check_program(text).parameters)
    finally:
        del sys.modules["program"]


def _run(main: Any, parameters: dict[str, Any]) -> list[tuple[str, str, str]]:
    report = Report()
    try:
        main(Data(), report, **parameters)
    finally:
        plt.close("all")  # matplotlib warns once more than twenty are open
    return report.said
