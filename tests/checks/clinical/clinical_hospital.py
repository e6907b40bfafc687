"""The tables that the planted programs are about: those of the demo hospital, its registry, and of `query_examples`."""

from __future__ import annotations

import csv
import tomllib
from importlib import resources
from typing import Any

import query_examples

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema

_EVENTS = {
    "enc_csn": "encounter",
    "order_med_id": "order",
    "result_id": "result",
    "fsd_id": "recording",
    "move_id": "move",
}
_KEYS = {"enc_adm": "enc_csn", "med_order": "order_med_id", "lab_result": "result_id", "vitals_flow": "fsd_id"}
_VALUES = {
    "enc_class": ("IP", "ED", "OP"),
    "enc_stat": ("Discharged", "Admitted", "Completed", "Cancelled", "No show", "Entered in error"),
    "result_stat": ("Final", "Corrected", "Entered in error"),
    "planned_yn": ("Y", "N"),
}
_HIDDEN = ("ssn", "pat_last_name", "pat_first_name", "note_text", "email_address")
_REFERENCES = {"dx_cd": "ref_dx", "loinc_cd": "ref_lab", "rxcui": "ref_drug", "disch_disp_c": "ref_disch_disp"}


def _codes(file: str, column: str) -> tuple[str, ...]:
    text = resources.files("resources").joinpath("demo", file).read_text("utf-8")
    return tuple(row[column] for row in csv.DictReader(text.splitlines()))


def _column(name: str, written: Any) -> ColumnSchema:
    kind = written if isinstance(written, str) else written[0]
    if name in ("pat_id", "hfr_id"):
        return ColumnSchema(type="BIGINT", given="token", key="patient", domain="patient")
    if name in _EVENTS:
        return ColumnSchema(type="BIGINT", given="token", key="event", domain=_EVENTS[name])
    if name == "birth_date":
        return ColumnSchema(type="DATE", given="derived", derivation="year")
    return ColumnSchema(type=kind, given="full", values=_VALUES.get(name, ()))


def _tables(source: str, file: str) -> dict[str, TableSchema]:
    read = tomllib.loads(resources.files("resources").joinpath("demo", file).read_text("utf-8"))
    found = {}
    for name, table in read.items():
        columns = {key.lower(): _column(key.lower(), kind) for key, kind in table["columns"].items()}
        columns = {key: column for key, column in columns.items() if key not in _HIDDEN}
        key = table.get("key", _KEYS.get(name.lower(), "")).lower()
        joins = {one: (f"{source}.{_REFERENCES[one]}", one) for one in columns if one in _REFERENCES and one != key}
        repeats = tuple(one for one in ("pat_id", "enc_csn", "hfr_id") if one in columns and one != key)
        found[f"{source}.{name.lower()}"] = TableSchema(
            columns=columns, key=(key,) if key else (), repeats=repeats, joins=joins
        )
    return found


def hospital() -> Schema:
    """Codes of the reference tables are those of the demo."""
    tables = {**query_examples.SCHEMA.tables, **_tables("ehr", "schema.toml"), **_tables("reg", "registry.toml")}
    return Schema(
        tables=tables,
        dialects={"ehr": "duckdb", "reg": "duckdb"},
        codes={
            "ehr.ref_dx.dx_cd": _codes("diagnoses.csv", "code"),
            "ehr.ref_lab.loinc_cd": _codes("labs.csv", "loinc"),
            "ehr.ref_disch_disp.disch_disp_c": _codes("dispositions.csv", "code"),
        },
    )
