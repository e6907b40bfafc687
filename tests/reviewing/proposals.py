"""A small proposal with a column of every kind that a decision differs for."""

from __future__ import annotations

from typing import Any

from sandbox.dictionary.model import Column, Proposal, ReferenceRows, Table

RECORD_NUMBER = "45 CFR 164.514(b)(2)(i)(H)"
NAME = "45 CFR 164.514(b)(2)(i)(A)"


def column(name: str, column_class: str, told: str, given: str, **more: Any) -> Column:
    return Column(name=name, type="VARCHAR", column_class=column_class, told=told, given=given, **more)  # type: ignore[arg-type]


PATIENTS = Table(
    source="ehr",
    name="patient",
    columns=(
        column("pat_id", "patient_key", "name", "token", domain="patient"),
        column("enc_id", "event_key", "name", "token", domain="encounter"),
        column("mrn", "direct_identifier", "nothing", "nothing", rule=RECORD_NUMBER),
        column("last_name", "direct_identifier", "nothing", "nothing", rule=NAME),
        column("zip", "geography", "name", "derived", derivation="zip3"),
        column("sex", "plain", "values", "full", values=("F", "M")),
        column("weight", "plain", "values", "full", low="40", high="120"),
        column("note", "free_text", "nothing", "nothing"),
        column("surgeon", "staff", "nothing", "nothing"),
        column("token_of_app", "secret", "nothing", "nothing"),
        column("flag_7", "unknown", "nothing", "nothing", evidence=("nothing is known of it",)),
        column("flag_8", "unknown", "nothing", "nothing"),
    ),
    physical=("main", "PATIENT"),
    description="One row per patient.",
)
CODES = Table(
    source="ehr",
    name="ref_dx",
    columns=(column("dx_cd", "plain", "values", "full"), column("dx_name", "plain", "values", "full")),
    physical=("main", "ref_dx"),
    reference=True,
)
EHR = Proposal(
    source="ehr",
    dialect="duckdb",
    tables=(PATIENTS, CODES),
    references=(
        ReferenceRows(table="ehr.ref_dx", columns=("dx_cd", "dx_name"), rows=(("I50", "Heart failure"), ("I10", "HT"))),
    ),
)
