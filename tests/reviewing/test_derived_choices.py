"""What is derived from a column is chosen by a person, kept through another look, and can be taken back."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner
from proposals import EHR, PATIENTS, column

from sandbox.cli import cli
from sandbox.dictionary.model import Column, Proposal
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.review.deciding import read_proposal
from sandbox.review.decisions import carried
from sandbox.review.deriving import derive
from sandbox.reviewing.room import Room
from sandbox.workspace import readable_json

DATES = (
    msgspec.structs.replace(column("birth_dt", "date", "name", "derived", derivation="year"), type="DATE"),
    msgspec.structs.replace(column("admit_dt", "date", "name", "nothing"), type="DATE"),
    msgspec.structs.replace(column("disch_dt", "date", "name", "full"), type="DATE"),
)
PATIENT = msgspec.structs.replace(PATIENTS, columns=(*PATIENTS.columns, *DATES))
PROPOSED = msgspec.structs.replace(EHR, tables=(PATIENT,))


@pytest.fixture
def dated(room: Room) -> Room:
    replace_file(room.workspace.source_folder("ehr") / "proposal.json", readable_json(PROPOSED))
    return room


def of(proposal: Proposal, name: str) -> Column:
    return next(one for one in proposal.tables[0].columns if one.name == name)


def test_a_choice_is_kept_and_survives_another_look(dated: Room) -> None:
    derive(dated.workspace, "ehr", "patient.disch_dt", "days_since:admit_dt")
    kept = of(read_proposal(dated.workspace, "ehr"), "disch_dt")
    assert (kept.given, kept.derivation, kept.anchor) == ("derived", "days_since", "admit_dt")
    assert of(carried(dated.workspace, PROPOSED), "disch_dt") == kept


def test_a_choice_that_no_longer_holds_gives_nothing_instead(dated: Room) -> None:
    derive(dated.workspace, "ehr", "patient.disch_dt", "days_since:admit_dt")
    columns = tuple(
        msgspec.structs.replace(one, type="VARCHAR", column_class="free_text") if one.name == "admit_dt" else one
        for one in PATIENT.columns
    )
    looked = msgspec.structs.replace(PROPOSED, tables=(msgspec.structs.replace(PATIENT, columns=columns),))
    assert of(carried(dated.workspace, looked), "disch_dt") == msgspec.structs.replace(DATES[2], given="nothing")


def test_another_form_and_none_start_from_what_was_proposed(dated: Room) -> None:
    derive(dated.workspace, "ehr", "patient.disch_dt", "days_since:admit_dt")
    assert derive(dated.workspace, "ehr", "patient.disch_dt", "month").anchor == ""
    assert derive(dated.workspace, "ehr", "patient.disch_dt", "none") == DATES[2]
    with pytest.raises(BadInput, match="Nobody chose"):
        derive(dated.workspace, "ehr", "patient.birth_dt", "none")
    assert of(read_proposal(dated.workspace, "ehr"), "birth_dt") == DATES[0]


def test_the_command_line_takes_the_form_after_as(dated: Room) -> None:
    here = ["--workspace", str(dated.root)]
    done = CliRunner().invoke(
        cli,
        ["dictionary", "decide", "ehr", "patient.admit_dt", "--given", "derived", "--as", "age_at:birth_dt", *here],
    )
    assert done.exit_code == 0, done.output
    assert of(read_proposal(dated.workspace, "ehr"), "admit_dt").anchor == "birth_dt"
    done = CliRunner().invoke(
        cli, ["dictionary", "decide", "ehr", "patient.admit_dt", "--given", "full", "--as", "year", *here]
    )
    assert done.exit_code != 0
