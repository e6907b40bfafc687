"""A person's decisions outlive a fresh look; one that is no longer allowed gives way to what was proposed."""

from __future__ import annotations

import msgspec
from proposals import EHR

from sandbox.dictionary.model import Column, Proposal
from sandbox.review.deciding import decide
from sandbox.review.decisions import carried
from sandbox.reviewing.room import Room


def column(proposal: Proposal, name: str) -> Column:
    return next(one for one in proposal.tables[0].columns if one.name == name)


def test_a_fresh_look_carries_every_decision(room: Room) -> None:
    decide(room.workspace, "ehr", "patient.flag_7", "name", "full")
    decide(room.workspace, "ehr", "patient.flag_7", "nothing", None)
    decide(room.workspace, "ehr", "patient.sex", "name", None)
    assert column(EHR, "flag_7").given == "nothing" and column(EHR, "sex").told == "values"
    fresh = carried(room.workspace, EHR)
    assert (column(fresh, "flag_7").told, column(fresh, "flag_7").given) == ("nothing", "full")
    assert (column(fresh, "sex").told, column(fresh, "sex").given) == ("name", "full")
    assert column(fresh, "weight") == column(EHR, "weight")


def test_a_decision_that_is_no_longer_allowed_gives_way(room: Room) -> None:
    decide(room.workspace, "ehr", "patient.sex", None, "full")
    columns = tuple(
        msgspec.structs.replace(one, column_class="direct_identifier", told="nothing", given="nothing", values=())
        if one.name == "sex"
        else one
        for one in EHR.tables[0].columns
    )
    now = msgspec.structs.replace(EHR, tables=(msgspec.structs.replace(EHR.tables[0], columns=columns),))
    assert column(carried(room.workspace, now), "sex").given == "nothing"


def test_a_column_that_is_gone_takes_nothing_along(room: Room) -> None:
    decide(room.workspace, "ehr", "patient.weight", "name", None)
    left = tuple(one for one in EHR.tables[0].columns if one.name != "weight")
    now = msgspec.structs.replace(EHR, tables=(msgspec.structs.replace(EHR.tables[0], columns=left),))
    assert carried(room.workspace, now) == now
