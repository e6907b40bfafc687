"""What a program is given in these tests: real queries on a made-up hospital, and a report that remembers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import query_examples

from sandbox.checks.language import check_program, compile_program
from sandbox.checks.query import check_query

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))


class Data:
    """`data.sql` over a DuckDB in memory, with every query checked and narrowed as in a run."""

    def __init__(self) -> None:
        self._database = duckdb.connect()
        self._database.execute(query_examples.CREATE)

    def sql(self, query: str, *, cohort: dict[str, Any] | None = None, **parameters: Any) -> pd.DataFrame:
        checked = check_query(query, query_examples.SCHEMA, cohort=tuple(cohort or ()))
        for column, relation in checked.cohort.items():
            self._database.register(relation, pd.DataFrame({"k": pd.Series((cohort or {})[column]).drop_duplicates()}))
        return self._database.execute(checked.narrowed, parameters).df()


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
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, "program", "exec", dont_inherit=True), names)
    return _run(names["main"], check_program(text).parameters)


def _run(main: Any, parameters: dict[str, Any]) -> list[tuple[str, str, str]]:
    report = Report()
    main(Data(), report, **parameters)
    return report.said
