"""Made-up data: lifelike where it matters to a program, awkward when asked, and never from a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from dictionary_parts import DICTIONARY, event_key, patient_key
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.dictionary import arrow_schema, synthetic
from sandbox.dictionary.model import Column, Dictionary, Table


@pytest.fixture(scope="module")
def made() -> dict[str, pa.Table]:
    return synthetic(DICTIONARY, 1, literals=("I50%", "zzz"))


def frame(made: dict[str, pa.Table], name: str):  # type: ignore[no-untyped-def]
    return made[name].to_pandas()


def test_every_table_is_there_in_the_types_of_the_dictionary(made: dict[str, pa.Table]) -> None:
    assert list(made) == [table.full_name for table in DICTIONARY.tables]
    for table in DICTIONARY.tables:
        assert made[table.full_name].schema == arrow_schema(table)
        made[table.full_name].validate(full=True)
    assert made["ehr.encounters"].schema.field("enc_id").type == pa.int64()
    assert made["ehr.encounters"].schema.field("charges").type == pa.decimal128(10, 2)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(made: dict[str, pa.Table]) -> None:
    assert synthetic(DICTIONARY, 1, literals=("I50%", "zzz")) == made
    assert synthetic(DICTIONARY, 2)["ehr.encounters"] != made["ehr.encounters"]


def test_keys_join_inside_a_domain_also_across_sources(made: dict[str, pa.Table]) -> None:
    patients, encounters, diagnoses = (frame(made, f"ehr.{name}") for name in ("patients", "encounters", "diagnoses"))
    assert patients.pat_id.is_unique and encounters.enc_id.is_unique
    assert set(encounters.pat_id) <= set(patients.pat_id) and set(diagnoses.enc_id) <= set(encounters.enc_id)
    owners = diagnoses.merge(encounters, on="enc_id")
    assert (owners.pat_id_x == owners.pat_id_y).all()
    assert set(frame(made, "reg.cases").person) <= set(patients.pat_id)
    earlier = encounters.dropna(subset=["prior_enc_id"])
    assert len(earlier) and set(earlier.prior_enc_id.astype("int64")) <= set(encounters.enc_id)


def test_tokens_survive_the_float_that_pandas_makes_of_gaps(made: dict[str, pa.Table]) -> None:
    keys = frame(made, "ehr.encounters").enc_id
    assert (keys.astype("float64").astype("int64") == keys).all()


def test_patients_have_several_events_that_follow_each_other(made: dict[str, pa.Table]) -> None:
    stays = frame(made, "ehr.encounters").dropna(subset=["disch_dt"]).sort_values(["pat_id", "admit_dt"])
    assert (stays.groupby("pat_id").size() > 1).mean() > 0.5
    assert (stays.admit_dt <= stays.disch_dt).all()
    gap = stays.admit_dt - stays.groupby("pat_id").disch_dt.shift()
    assert (gap.dropna().dt.total_seconds() >= 0).all()
    assert 0.1 < (gap.dropna().dt.days < 30).mean() < 0.6
    assert stays.admit_dt.dt.year.between(2021, 2024).all() and stays.admit_dt.dt.to_period("M").nunique() > 36


def test_lives_are_plausible(made: dict[str, pa.Table]) -> None:
    everyone = frame(made, "ehr.encounters").merge(frame(made, "ehr.patients"), on="pat_id")
    assert (everyone.admit_dt.dt.date >= everyone.birth_date).all()
    dead = everyone.dropna(subset=["death_date"])
    assert len(dead) and (dead.admit_dt.dt.date <= dead.death_date).all()
    years = (everyone.admit_dt.dt.year - everyone.birth_date.map(lambda day: day.year)) - everyone.age_at_admit
    assert years.isin([0, 1]).all()
    open_stays = frame(made, "ehr.encounters").disch_dt.isna().mean()
    assert 0.01 < open_stays < 0.12


def test_codes_come_from_what_was_signed_and_literals_are_planted(made: dict[str, pa.Table]) -> None:
    diagnoses = frame(made, "ehr.diagnoses")
    assert set(diagnoses.dx_cd) == {"E11.9", "I10", "I50.21", "I50.23"}
    plain = frame(synthetic(DICTIONARY, 1), "ehr.diagnoses").dx_cd
    assert (diagnoses.dx_cd.str.startswith("I50")).mean() > plain.str.startswith("I50").mean() + 0.1
    assert set(frame(made, "ehr.encounters").enc_class) == {"ED", "IP", "OP"}
    assert not (diagnoses == "zzz").any().any()  # a literal that nobody signed


def test_running_numbers_count_inside_their_parent(made: dict[str, pa.Table]) -> None:
    diagnoses = frame(made, "ehr.diagnoses")
    firsts = diagnoses[diagnoses.dx_rank == 1]
    assert firsts.enc_id.is_unique and set(firsts.enc_id) == set(diagnoses.enc_id)


def test_a_reference_table_is_what_was_signed(made: dict[str, pa.Table]) -> None:
    assert made["ehr.ref_dx"].column("dx_cd").to_pylist() == ["E11.9", "I10", "I50.21", "I50.23"]
    assert made["ehr.ref_dx"].column("n").to_pylist() == [3, 2, 1, None]


def test_edge_data_is_awkward() -> None:
    seeds = [synthetic(DICTIONARY, seed, edge=True) for seed in range(12)]
    diagnoses = [made["ehr.diagnoses"].num_rows for made in seeds]
    assert 0 in diagnoses and max(diagnoses) > 0
    assert all(made["ehr.encounters"].num_rows for made in seeds)
    encounters = [made["ehr.encounters"].to_pandas() for made in seeds]
    assert any(one.duplicated().any() for one in encounters)
    assert any(one.enc_class.isna().all() for one in encounters) and not all(
        one.enc_class.isna().all() for one in encounters
    )
    assert any((one.admit_dt.dt.strftime("%m-%d") == "02-29").sum() > 1 for one in encounters)
    assert all(one.pat_id.notna().all() for one in encounters)


def test_a_dictionary_of_unreadable_columns_still_has_rows() -> None:
    odd = Table(
        source="s",
        name="t",
        columns=tuple(
            Column(name=f"c{n}", type=kind, told="name", given="full", column_class="plain")
            for n, kind in enumerate(
                ("BLOB", "TIME", "HUGEINT", "UUID", "INTEGER[]", "REAL", "TIMESTAMPTZ", "WHATEVER")
            )
        )
        + (patient_key(),),
    )
    made = synthetic(Dictionary(tables=(odd,), dialects={"s": "duckdb"}), 1)
    assert made["s.t"].num_rows == 200


def test_one_wide_table_of_events_has_several_per_patient() -> None:
    columns = (event_key("encounter_id", "encounter"), patient_key("patient_nbr"))
    wide = Table(source="s", name="wide", columns=columns, grain="one row per encounter", per_patient=1.5)
    made = synthetic(Dictionary(tables=(wide,), dialects={"s": "duckdb"}), 1)["s.wide"].to_pandas()
    assert made.encounter_id.is_unique and 1.2 < len(made) / made.patient_nbr.nunique() < 2


def test_tables_that_refer_to_each_other_in_a_circle_are_filled() -> None:
    first = Table(source="s", name="a", columns=(patient_key(), event_key("a_id", "a"), event_key("b_id", "b")))
    second = Table(source="s", name="b", columns=(patient_key(), event_key("b_id", "b"), event_key("a_id", "a")))
    made = synthetic(Dictionary(tables=(first, second), dialects={"s": "duckdb"}), 1)
    assert all(table.num_rows for table in made.values())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), edge=st.booleans(), patients=st.integers(1, 40))
def test_any_seed_gives_valid_tables_with_stays_that_end_after_they_begin(seed: int, edge: bool, patients: int) -> None:
    made = synthetic(DICTIONARY, seed, edge=edge, patients=patients)
    for table in made.values():
        table.validate(full=True)
    stays = made["ehr.encounters"].to_pandas().dropna(subset=["admit_dt", "disch_dt"])
    assert (stays.admit_dt <= stays.disch_dt).all()
    assert np.isin(
        made["ehr.diagnoses"].column("enc_id").to_numpy(), made["ehr.encounters"].column("enc_id").to_numpy()
    ).all()
