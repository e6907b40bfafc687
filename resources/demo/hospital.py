"""The demo hospital: one DuckDB file of made-up patients that behaves like an extract of a health record.

    facts = write_hospital(Path("hospital.duckdb"), patients=2000, seed=1, password="a login")
    facts.tables["enc_adm"]                     # rows
    is_demo_source(Path("hospital.duckdb"), "a login")

The same seed and size give the same rows. Patients are made in chunks, so that memory stays bounded for
millions. Nobody in it exists, and no number in it is anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ._calendar import EXTRACTED
from ._chunk import make_chunk
from ._encounter_tables import diagnoses, encounter_table, movements, problem_list, procedures
from ._labs import lab_results
from ._medications import medication_tables
from ._notes import notes_table
from ._person_tables import patient_tables, provider_table, reference_tables, ward_table
from ._store import MARK, Store, new_database, opened, schema
from ._vitals import vital_signs

CHUNK = 10_000  # about 0.8 GB of memory at the peak


@dataclass(frozen=True)
class HospitalFacts:
    """What was written: rows by table, and the day on which the extract was taken."""

    path: Path
    patients: int
    seed: int
    tables: dict[str, int]
    extracted: date = EXTRACTED


def write_hospital(path: Path, *, patients: int = 2000, seed: int = 1, password: str | None = None) -> HospitalFacts:
    """Write the hospital to a new file, encrypted under `password` when there is one; `BadInput` if it exists."""
    with new_database(path, password) as store:
        store.create(schema("schema.toml"))
        store.append("PROVIDER", provider_table())
        store.append("ward", ward_table())
        for name, columns in reference_tables().items():
            store.append(name, columns)
        for first in range(0, patients, CHUNK):
            _write_chunk(store, first, min(CHUNK, patients - first), seed)
        store.mark(f"made-up patients, {patients} of them, seed {seed}")
        return HospitalFacts(path=path, patients=patients, seed=seed, tables=dict(store.counts))


def is_demo_source(path: Path, password: str | None) -> bool:
    """Whether this database is one of ours, full of made-up patients; `SourceUnavailable` if it can't be read."""
    with opened(path, password) as connection:
        found = connection.execute("SELECT count(*) FROM duckdb_functions() WHERE function_name = ?", [MARK]).fetchone()
    return found is not None and found[0] > 0


def _write_chunk(store: Store, first: int, count: int, seed: int) -> None:
    """One chunk of patients with everything that happened to them. Row numbers go on from chunk to chunk."""
    chunk, counts = make_chunk(first, count, seed, store.counts["enc_adm"]), store.counts
    tables: dict[str, Mapping[str, Any]] = {
        **patient_tables(chunk),
        **medication_tables(chunk, counts["med_order"], counts["MAR_ADMIN"]),
        "enc_adm": encounter_table(chunk),
        "adt_move": movements(chunk, counts["adt_move"]),
        "enc_dx": diagnoses(chunk),
        "prob_list": problem_list(chunk, counts["prob_list"]),
        "px_proc": procedures(chunk),
        "vitals_flow": vital_signs(chunk, counts["vitals_flow"]),
        "LAB_RESULT": lab_results(chunk, counts["LAB_RESULT"]),
        "clin_note": notes_table(chunk, counts["clin_note"]),
    }
    for name, columns in tables.items():
        store.append(name, columns)
