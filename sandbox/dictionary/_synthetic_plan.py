"""In which order tables can be filled, and which table's rows each table's rows belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from .model import Column, Dictionary, Fact, Table
from .schema import key_role
from .words import words_of


class Plan(Fact, frozen=True):
    """How one table is filled.

    `owns` are the domains whose keys are made here, `parent` the table whose rows these belong to (none:
    patients directly; `below_patients` then too), `per_parent` the mean number of rows for each of them.
    """

    table: Table
    kind: Literal["standalone", "patient", "event"]
    owns: tuple[str, ...] = ()
    parent: str = ""
    below_patients: bool = True
    per_parent: float = 0.0


def plan_tables(dictionary: Dictionary) -> list[Plan]:
    """Every table, each after the tables it refers to."""
    plans: list[Plan] = []
    for source in dict.fromkeys(table.source for table in dictionary.tables):
        tables = [table for table in dictionary.tables if table.source == source]
        plans += _plan_source(tables)
    order = {"standalone": 0, "patient": 1, "event": 2}
    return sorted(plans, key=lambda plan: order[plan.kind])  # stable: events stay parents first


def _plan_source(tables: list[Table]) -> list[Plan]:
    homes = _homes(tables)
    per_patient = {table.full_name: table.per_patient for table in tables}
    plans, placed, waiting = list[Plan](), set[str](), list(tables)
    while waiting:
        ready = [table for table in waiting if _needs(table, homes) <= placed] or [_least(waiting, homes, placed)]
        for table in ready:
            plans.append(_plan_table(table, homes, placed, plans, per_patient))
        placed.update(table.full_name for table in ready)
        waiting = [table for table in waiting if table.full_name not in placed]
    return plans


def _plan_table(
    table: Table, homes: dict[str, str], placed: set[str], plans: list[Plan], per_patient: dict[str, float]
) -> Plan:
    keys = _keys(table)
    owns = tuple(dict.fromkeys(key.domain for key in keys if homes.get(key.domain) == table.full_name))
    if not keys or table.reference:
        return Plan(table=table, kind="standalone", owns=owns)
    if "patient" in owns:
        if table.per_patient <= 1 and ("patient" in table.grain or len(owns) == 1):
            return Plan(table=table, kind="patient", owns=owns)
        owns = tuple(domain for domain in owns if domain != "patient")  # one wide table of everybody's events
    parents = [homes[key.domain] for key in keys if homes.get(key.domain) in placed]
    parent = max(parents, key=lambda name: _depth(name, plans), default="")
    mine, theirs = per_patient[table.full_name], per_patient.get(parent, 0.0)
    above = theirs if parent and _depth(parent, plans) else 1.0
    deeper = bool(parent) and _depth(parent, plans) > 0
    mean = mine / above if mine and above else (1.5 if deeper else 4.0)
    return Plan(
        table=table, kind="event", owns=owns, parent=parent, below_patients=not deeper, per_parent=min(mean, 40.0)
    )


def _depth(name: str, plans: Iterable[Plan]) -> int:
    """Steps from the patient: 0 for the patients' own table."""
    by_name = {plan.table.full_name: plan for plan in plans}
    depth, plan = 0, by_name.get(name)
    while plan is not None and plan.kind == "event":
        depth, plan = depth + 1, by_name.get(plan.parent)
    return depth


def _keys(table: Table) -> list[Column]:
    return [column for column in table.columns if key_role(column) != "none" and column.domain]


def _needs(table: Table, homes: dict[str, str]) -> set[str]:
    needed = {homes[key.domain] for key in _keys(table)}
    needed |= {join.to_table for join in table.joins if join.to_table in homes.values()}
    return needed - {table.full_name}


def _least(waiting: list[Table], homes: dict[str, str], placed: set[str]) -> Table:
    """Tables can refer to each other in a circle: begin with the one that misses least."""
    return min(waiting, key=lambda table: (len(_needs(table, homes) - placed), table.full_name))


def _homes(tables: list[Table]) -> dict[str, str]:
    """For each domain the table that makes its keys."""
    homes: dict[str, str] = {}
    for domain in dict.fromkeys(key.domain for table in tables for key in _keys(table)):
        candidates = [table for table in tables if any(key.domain == domain for key in _keys(table))]
        homes[domain] = max(candidates, key=lambda table: _home_score(table, domain, tables)).full_name
    return homes


def _home_score(table: Table, domain: str, tables: list[Table]) -> tuple[int, int, int, int, int]:
    names = {key.name for key in _keys(table) if key.domain == domain}
    referred = sum(
        join.to_table == table.full_name and join.to_column in names for other in tables for join in other.joins
    )
    says_so = int(f"one row per {domain}" in table.grain.lower().replace("_", " "))
    named = len(set(words_of(domain)) & set(words_of(table.name)))
    others = len({key.domain for key in _keys(table)} - {domain})
    return referred, says_so, table.rows_band, named, -others
