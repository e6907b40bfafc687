"""The forms that a column is offered are exactly those that the engine accepts."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from proposals import EHR, PATIENTS, column

from sandbox.checks.facts import ANCHORED, Derivation
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.review.deriving import derive
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.data import Derive, FormsShown, ReadForms
from sandbox.reviewing.room import Room
from sandbox.workspace import readable_json


def dated(name: str, given: str, derivation: str = "none") -> object:
    return msgspec.structs.replace(column(name, "date", "name", given, derivation=derivation), type="DATE")


TABLE = msgspec.structs.replace(
    PATIENTS,
    columns=(
        *PATIENTS.columns,
        dated("birth_dt", "derived", "year"),
        dated("admit_dt", "nothing"),
        dated("disch_dt", "full"),
        msgspec.structs.replace(column("age", "plain", "name", "full"), type="INTEGER"),
    ),
)
NAMES = tuple(one.name for one in TABLE.columns)


@pytest.fixture
def with_dates(room: Room) -> Room:
    proposal = readable_json(msgspec.structs.replace(EHR, tables=(TABLE,)))
    replace_file(room.workspace.source_folder("ehr") / "proposal.json", proposal)
    return room


def forms(room: Room, name: str) -> FormsShown:
    return handler_of(ReadForms)(room, ReadForms(source="ehr", table="patient", column=name))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_accepted_if_and_only_if_it_is_offered(with_dates: Room, name: str) -> None:
    offered = set(forms(with_dates, name).open)
    kinds = [one for one in get_args(Derivation) if one != "none"]
    every = [f"{kind}:{anchor}" for kind in ANCHORED for anchor in NAMES]
    every += [one for one in kinds if one not in ANCHORED]
    folder = with_dates.workspace.source_folder("ehr")
    before = (folder / "proposal.json").read_bytes()
    for form in (*every, "none"):
        (folder / "decisions.json").unlink(missing_ok=True)
        replace_file(folder / "proposal.json", before)
        try:
            derive(with_dates.workspace, "ehr", f"patient.{name}", form)
        except BadInput:
            assert form not in offered, form
        else:
            assert form in offered, form


def test_dates_are_offered_what_is_safe_to_count(with_dates: Room) -> None:
    assert set(forms(with_dates, "admit_dt").open) == {"month", "year", "age_at:birth_dt"}
    assert "days_since:admit_dt" in forms(with_dates, "disch_dt").open
    assert forms(with_dates, "pat_id").open == ()


def test_a_chosen_form_is_named_and_can_be_taken_back_to_what_was(with_dates: Room) -> None:
    handler_of(Derive)(with_dates, Derive(source="ehr", table="patient", column="disch_dt", form="days_since:admit_dt"))
    found = forms(with_dates, "disch_dt")
    assert found.chosen == "days_since:admit_dt"
    assert "none" in found.open and "month" in found.open
    shown = handler_of(Derive)(with_dates, Derive(source="ehr", table="patient", column="disch_dt", form="none"))
    assert shown.table == TABLE
    assert forms(with_dates, "disch_dt").chosen == ""


def test_a_date_that_others_are_counted_from_is_offered_nothing_that_gives_them_back(with_dates: Room) -> None:
    assert "days_since:disch_dt" not in forms(with_dates, "admit_dt").open  # disch_dt is given in full
    handler_of(Derive)(with_dates, Derive(source="ehr", table="patient", column="disch_dt", form="days_since:admit_dt"))
    assert "days_since:disch_dt" not in forms(with_dates, "admit_dt").open
