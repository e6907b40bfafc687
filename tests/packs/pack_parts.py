"""A small pack and tables that it is applied to."""

from __future__ import annotations

from sandbox.dictionary.model import Column, Table

TOML = b"""
name = "wards"
version = "1"
title = "Wards"
about = "Two tables of a ward."
facts_from = "The ward's own documentation."
prefixes = ["x_"]
suffixes = ["_v"]
least_share = 0.5

[tables.stay]
description = "Stays on the ward."
grain = "one row per stay"
order = "begin_dt within a patient"
conventions = ["A stay that goes on has no end_dt."]
[tables.stay.columns]
stay_no = { class = "event_key", domain = "stay", description = "The stay." }
pat_no = { class = "patient_key", domain = "patient", joins = "person.pat_no" }
reason = { class = "plain", told = "values", given = "full", description = "Why." }
flag9 = { class = "plain", told = "name", given = "full" }

[tables.person]
[tables.person.columns]
pat_no = { class = "patient_key", domain = "patient" }
"""


def plain(name: str, column_class: str = "unknown", **more: object) -> Column:
    return Column(name=name, type="VARCHAR", column_class=column_class, **more)  # type: ignore[arg-type]


STAY = Table(
    source="ehr",
    name="x_stay_v",
    physical=("src", "main", "X_STAY_V"),
    columns=(
        plain("stay_no", physical="STAY_NO"),
        plain("pat_no"),
        plain("reason", "direct_identifier", evidence=("40 of 40 different sampled values look like an e-mail",)),
        plain("flag9"),
        plain("other"),
    ),
)
PERSON = Table(source="ehr", name="person", columns=(plain("pat_no"),))
