"""The presenter over the real engine: decided on the screen, signed, and told to the byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from data_facts import KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN
from data_view import FakeDataView
from fakes import FakeClock, FakeDesk

from desktop.asking import as_error
from desktop.data.presenter import DataPresenter
from sandbox.dictionary import describe
from sandbox.dictionary.model import Proposal, Table
from sandbox.errors import PreceptorError
from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.records import Trust, load_dictionary
from sandbox.review.connecting import add_source
from sandbox.review.deciding import decide
from sandbox.review.setting_up import set_up
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders import Refused
from sandbox.reviewing.room import Room
from sandbox.workspace import Workspace, readable_json

PASSPHRASE = "correct horse battery staple"
TABLE = Table(
    source="ehr",
    name="enc_adm",
    columns=(KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN),
    physical=("main", "ENC_ADM"),
    description="One row per stay.",
)
PROPOSAL = Proposal(source="ehr", dialect="duckdb", tables=(TABLE, msgspec.structs.replace(TABLE, name="ward")))


class EngineAsks:
    """Answers each order at once by the handler of the reviewing session, over its JSON."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def ask(self, order: Any, done: Any, failed: Any = None, progress: Any = None) -> Any:
        try:
            answer = handler_of(type(order))(self._room, order)
        except PreceptorError as problem:
            failed(as_error(Refused(kind=type(problem).__name__, sentence=problem.sentence, advice=problem.advice)))
        else:
            done(msgspec.json.decode(msgspec.json.encode(answer), type=type(answer)))
        return self

    def drop(self) -> None:
        """It was answered already."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place = tmp_path / "ehr.duckdb"
    place.write_bytes(b"8 bytes:DUCK, and nobody opens it")
    workspace = set_up(tmp_path / "study", "Dr A Reviewer", PASSPHRASE, store="throwaway")
    add_source(workspace, open_keystore(workspace), "ehr", place, None)
    replace_file(workspace.source_folder("ehr") / "proposal.json", readable_json(PROPOSAL))
    return workspace


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def view(workspace: Workspace, clock: FakeClock) -> FakeDataView:
    room = Room(workspace.root)
    room.open()
    desk: Any = FakeDesk()
    desk.asks, desk.clock = EngineAsks(room), clock
    view = FakeDataView()
    view.presenter = DataPresenter(view, desk)
    view.presenter.arrive({})
    return view


def test_what_is_offered_is_accepted_and_counts_as_decided(view: FakeDataView) -> None:
    assert view.last["show_table"][0].undecided == ("flag_7",)
    view.presenter.deciding.take_offer("2")
    assert not view.problems
    assert view.last["show_table"][0].undecided == ()
    row = view.last["show_columns"][0][0]
    assert (row.name, row.told, row.given, row.kind) == ("flag_7", "name", "full", "unknown, decided by you")


def test_deciding_nothing_counts_as_decided_too(view: FakeDataView) -> None:
    view.presenter.deciding.take_offer("1")
    assert view.last["show_table"][0].undecided == ()


def test_the_text_on_the_screen_is_what_agents_get_once_it_is_signed(
    view: FakeDataView, workspace: Workspace, clock: FakeClock
) -> None:
    view.presenter.deciding.take_offer("2")
    clock.pass_by(0.1)
    on_screen = view.last["show_told"][1]
    view.presenter.sign()
    assert view.last["open_signing"][0].tables[0].told == "3 of 3"
    view.presenter.signing.sign(PASSPHRASE)
    assert view.finished == ["signing"]
    signed = load_dictionary(workspace, Trust.open(workspace, open_keystore(workspace)))
    assert describe(signed, ["ehr.enc_adm"]) == on_screen


def test_a_signed_table_that_is_decided_differently_says_what_changed(view: FakeDataView) -> None:
    view.presenter.sign()
    view.presenter.signing.sign(PASSPHRASE)
    assert view.last["show_table"][0].table.name == "ward"
    view.presenter.tables.choose("enc_adm", ("enc_adm",))
    view.presenter.deciding.choose("enc_class", ("enc_class",))
    view.presenter.deciding.decide(told="name")
    rows = {row.name: row for row in view.last["show_columns"][0]}
    assert rows["enc_class"].since == "told was values"
    view.presenter.sign()
    assert view.last["open_signing"][0].tables[0].changes == (
        "1 column is different.",
        "enc_class: told was values; now told name, given full",
    )


def test_a_wrong_passphrase_signs_nothing(view: FakeDataView, workspace: Workspace) -> None:
    view.presenter.sign()
    view.presenter.signing.sign("not the passphrase")
    assert [type(one).__name__ for one in view.refused] == ["WrongPassphrase"]
    assert not list((workspace.source_folder("ehr") / "signed").glob("*.json"))


def test_a_table_that_was_decided_elsewhere_meanwhile_is_read_again_and_can_be_signed_then(
    view: FakeDataView, workspace: Workspace
) -> None:
    view.presenter.sign()
    assert view.last["open_signing"][0].tables[0].told == "2 of 3"
    decide(workspace, "ehr", "enc_adm.enc_class", "nothing", "nothing")  # as the command line does
    view.presenter.signing.sign(PASSPHRASE)
    assert not view.finished and view.closed == 1
    assert view.problems[-1].sentence.endswith("so nothing was signed.")
    assert "It was read again just now" in view.problems[-1].advice
    rows = {row.name: row.told for row in view.last["show_columns"][0]}
    assert rows["enc_class"] == "nothing"
    view.presenter.sign()
    assert view.last["open_signing"][0].tables[0].told == "1 of 3"
    view.presenter.signing.sign(PASSPHRASE)
    assert view.finished == ["signing"]


def test_what_is_given_by_its_key_can_be_used_by_an_agent_and_is_undone_in_one(
    view: FakeDataView, workspace: Workspace
) -> None:
    before = (workspace.source_folder("ehr") / "proposal.json").read_bytes()
    view.presenter.deciding.decide(given="full")
    row = view.last["show_columns"][0][0]
    assert (row.name, row.told, row.given) == ("flag_7", "name", "full")
    view.presenter.deciding.take_back()
    assert (workspace.source_folder("ehr") / "proposal.json").read_bytes() == before


def test_a_decision_that_no_screen_offers_is_refused_in_words(view: FakeDataView) -> None:
    view.presenter.deciding.choose("pat_id", ("pat_id",))
    view.presenter.deciding.decide(given="full")
    assert "is a key" in view.problems[0].sentence


def test_undoing_leads_back_through_every_decision_to_the_byte(view: FakeDataView, workspace: Workspace) -> None:
    path = workspace.source_folder("ehr") / "proposal.json"
    before, deciding = path.read_bytes(), view.presenter.deciding
    deciding.choose("pat_id", ("pat_id", "enc_class", "flag_7"))
    deciding.take_offer("2")
    deciding.choose("enc_class", ("enc_class",))
    deciding.decide(given="nothing")
    assert view.last["show_undo"] == ("enc_class: given nothing", 2)
    deciding.take_back()
    assert view.last["show_undo"] == ("3 columns: told name, given token or full", 1)
    deciding.take_back()
    assert view.last["show_undo"] == ("", 0)
    assert path.read_bytes() == before and not view.problems
    assert not (path.with_name("decisions.json")).exists()


def test_undoing_behind_a_signature_is_refused_in_words(view: FakeDataView) -> None:
    view.presenter.deciding.take_offer("2")
    view.presenter.sign()
    view.presenter.signing.sign(PASSPHRASE)
    view.presenter.tables.choose("enc_adm", ("enc_adm",))
    view.presenter.deciding.take_back()
    assert view.problems[0].sentence == "enc_adm was signed since that decision, so nothing was taken back."


def test_a_half_finished_decision_survives_the_window(view: FakeDataView, workspace: Workspace) -> None:
    view.presenter.deciding.choose("enc_class", ("enc_class",))
    view.presenter.deciding.decide(told="name")
    view.presenter.lock()
    room = Room(workspace.root)  # another session, as the next window starts one
    shown = room.tables.proposal(workspace, "ehr").tables[0]
    assert {column.name: column.told for column in shown.columns}["enc_class"] == "name"
    assert {column.name: column.column_class for column in shown.columns}["flag_7"] == "unknown"
