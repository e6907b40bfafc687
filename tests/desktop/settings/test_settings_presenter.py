"""Settings change only by Save, all or none; what was typed is never lost; secrets go through and are kept nowhere."""

from __future__ import annotations

from typing import Any

import msgspec
from fakes import STANDING, FakeDesk

from desktop.settings.presenter import SettingsPresenter
from sandbox.errors import BadInput, WrongPassphrase
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.settings import ChangeSettings, KeepModelKey, ReadSettings, SettingsShown
from sandbox.reviewing.orders.starting import DemoScript, SetPin, Standing
from sandbox.workspace import Settings

SHOWN = SettingsShown(
    settings=Settings(reviewer="A Reviewer", model_url="https://models.example.org", model="m-1"),
    root="/workspace",
    fingerprint="ab" * 32,
    store="os",
    keyring="Secret Service",
    has_model_key=True,
    model_key_for="https://models.example.org",
    has_pin=False,
    versions={"preceptor": "1.0"},
)


class View:
    def __init__(self) -> None:
        self.typed: dict[str, str] = {}
        self.changes: tuple[tuple[str, ...], dict[str, str], bool] = ((), {}, False)
        self.model: Any = None
        self.pointed: list[tuple[str, str]] = []
        self.problems: list[Any] = []
        self.sources: Any = None
        self.closed = 0

    def show_settings(self, shown: SettingsShown, reviewer: str, typed: dict[str, str]) -> None:
        self.typed = typed

    def show_sources(self, sources: Any) -> None:
        self.sources = sources

    def show_model(self, model: Any) -> None:
        self.model = model

    def show_changes(self, labels: tuple[str, ...], wrong: dict[str, str], busy: bool) -> None:
        self.changes = (labels, wrong, busy)

    def point_to(self, key: str, sentence: str) -> None:
        self.pointed.append((key, sentence))

    def show_problem(self, problem: Any) -> None:
        self.problems.append(problem)

    def clear_problem(self) -> None:
        self.problems.clear()

    def close_dialogs(self) -> None:
        self.closed += 1


class Dialog:
    def __init__(self) -> None:
        self.said: list[str | None] = []
        self.problems: list[Any] = []
        self.finished = False

    def busy(self, sentence: str | None) -> None:
        self.said.append(sentence)

    def show_problem(self, problem: Any) -> None:
        self.problems.append(problem)

    def finish(self) -> None:
        self.finished = True


class Arrived:
    def __init__(self, shown: SettingsShown = SHOWN, standing: Standing = STANDING) -> None:
        self.desk = FakeDesk(standing)
        self.view = View()
        self.presenter = SettingsPresenter(self.view, self.desk)
        self.desk.asks.answers = {ReadSettings: shown, ChangeSettings: self._change}
        self.shown = shown
        self.presenter.arrive({})
        self.desk.asks.answer_all()

    def _change(self, order: ChangeSettings) -> SettingsShown:
        return msgspec.structs.replace(self.shown, settings=order.settings)


def test_arriving_shows_what_is_saved_and_no_change() -> None:
    arrived = Arrived()
    assert arrived.view.typed["query_rows"] == "50,000,000"
    assert arrived.view.typed["model"] == "m-1"
    assert arrived.view.changes == ((), {}, False)


def test_a_change_counts_until_it_is_typed_back() -> None:
    arrived = Arrived()
    arrived.presenter.typed("program_seconds", "900")
    arrived.presenter.typed("model", "m-2")
    assert arrived.view.changes[0] == ("Model", "Longest run")
    arrived.presenter.typed("model", "m-1")
    assert arrived.view.changes[0] == ("Longest run",)


def test_a_number_written_another_way_is_no_change() -> None:
    arrived = Arrived()
    arrived.presenter.typed("query_rows", "50000000")
    assert arrived.view.changes[0] == ()


def test_nothing_is_asked_before_save_and_then_all_at_once() -> None:
    arrived = Arrived()
    arrived.presenter.typed("program_seconds", "900")
    arrived.presenter.typed("query_rows", "1 000 000")
    assert not arrived.desk.asks.of(ChangeSettings)
    arrived.presenter.save()
    arrived.presenter.save()
    arrived.desk.asks.answer_all()
    (order,) = arrived.desk.asks.of(ChangeSettings)
    assert order.settings == msgspec.structs.replace(SHOWN.settings, program_seconds=900, query_rows=1_000_000)
    assert arrived.view.changes == ((), {}, False)
    assert arrived.desk.told == ["Settings saved."]
    assert arrived.desk.refreshed == 1


def test_a_number_out_of_its_range_is_pointed_to_and_nothing_is_saved() -> None:
    arrived = Arrived()
    arrived.presenter.typed("lock_after_minutes", "0")
    assert "1 to 240" in arrived.view.changes[1]["lock_after_minutes"]
    arrived.presenter.save()
    assert arrived.view.pointed[0][0] == "lock_after_minutes"
    assert not arrived.desk.asks.of(ChangeSettings)


def test_a_refused_address_keeps_what_was_typed_and_is_pointed_to() -> None:
    arrived = Arrived()
    refusal = BadInput("The model's address uses http, which is allowed on this machine only.", "Use https://.")
    arrived.desk.asks.answers[ChangeSettings] = refusal
    arrived.presenter.typed("model_url", "http://far.example.org")
    arrived.presenter.typed("program_seconds", "900")
    arrived.presenter.save()
    arrived.desk.asks.answer_all()
    assert arrived.view.problems == [refusal]
    assert arrived.view.pointed == [("model_url", refusal.sentence)]
    assert arrived.view.changes == (("Address", "Longest run"), {}, False)


def test_coming_back_keeps_what_was_typed() -> None:
    arrived = Arrived()
    arrived.presenter.typed("model", "m-2")
    arrived.presenter.leave()
    arrived.presenter.arrive({})
    arrived.desk.asks.answer_all()
    assert arrived.view.typed["model"] == "m-2"
    assert arrived.view.changes[0] == ("Model",)


def test_discarding_shows_what_is_saved() -> None:
    arrived = Arrived()
    arrived.presenter.typed("model", "m-2")
    arrived.presenter.discard()
    assert arrived.view.typed["model"] == "m-1"
    assert arrived.view.changes == ((), {}, False)


def test_a_key_is_kept_for_the_saved_address_only() -> None:
    arrived = Arrived()
    assert not arrived.view.model.why_not
    assert "https://models.example.org" in arrived.view.model.key
    arrived.presenter.typed("model_url", "https://other.example.org")
    assert "Save the new address first" in arrived.view.model.why_not
    assert "other.example.org" in arrived.view.model.place


def test_where_what_is_sent_goes_is_said_for_a_near_and_for_a_far_address() -> None:
    arrived = Arrived()
    assert "another computer" in arrived.view.model.place
    for near in ("http://127.0.0.1:8080", "http://[::1]:1", "http://localhost:9"):
        arrived.presenter.typed("model_url", near)
        assert "on this computer" in arrived.view.model.place


def test_a_demo_says_that_a_recording_plays_the_model() -> None:
    script = DemoScript(question="?", comment="", comment_on="", purpose="", tables=())
    arrived = Arrived(standing=msgspec.structs.replace(STANDING, store="throwaway", demo=script))
    assert "recording" in arrived.view.model.place
    assert arrived.view.model.why_not


def test_a_stored_key_is_said_and_read_again() -> None:
    arrived = Arrived()
    dialog = Dialog()
    arrived.desk.asks.answers[KeepModelKey] = Done(sentence="The key is kept.")
    arrived.presenter.keep_key("secret", dialog)
    arrived.desk.asks.answer_all()
    assert arrived.desk.asks.of(KeepModelKey) == [KeepModelKey(key="secret")]
    assert dialog.finished
    assert arrived.desk.told == ["The key is kept."]
    assert len(arrived.desk.asks.of(ReadSettings)) == 2


def test_a_wrong_passphrase_keeps_the_dialog_open() -> None:
    arrived = Arrived()
    dialog = Dialog()
    arrived.desk.asks.answers[SetPin] = WrongPassphrase("This passphrase does not open the reviewer's key.")
    arrived.presenter.set_pin("wrong", "1234", dialog)
    arrived.desk.asks.answer_all()
    assert not dialog.finished
    assert dialog.said[-1] is None
    assert len(dialog.problems) == 1


def test_locking_closes_dialogs_with_secrets_in_them() -> None:
    arrived = Arrived()
    arrived.presenter.lock()
    assert arrived.view.closed == 1


def test_sources_follow_the_standing() -> None:
    arrived = Arrived()
    from sandbox.reviewing.orders.starting import SourceStanding

    source = SourceStanding(name="ehr", location="/data/ehr.duckdb", login=True)
    arrived.desk.standing = msgspec.structs.replace(STANDING, sources=(source,))
    arrived.presenter.standing_changed()
    assert arrived.view.sources == (source,)
