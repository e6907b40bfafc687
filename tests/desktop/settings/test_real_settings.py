"""With the real engine: what Settings saves is on the disk, what it refuses is not, secrets are in the store alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from real_desk import RealDesk
from showing import show_in_front

from desktop.settings.view import SettingsScreen
from sandbox.reviewing.orders.starting import SetUp, Standing
from sandbox.workspace import Workspace

PASSPHRASE = "four unrelated words"
LONG = 60_000  # ms, on a busy machine


class Dialog:
    """Stands for the dialog that takes a secret."""

    def __init__(self) -> None:
        self.finished = False
        self.problems: list[str] = []

    def busy(self, sentence: str | None) -> None: ...

    def show_problem(self, problem: object) -> None:
        self.problems.append(str(problem))

    def finish(self) -> None:
        self.finished = True


class Settled:
    """A workspace with a reviewer, and its settings on the screen."""

    def __init__(self, qtbot: QtBot, root: Path) -> None:
        self.qtbot = qtbot
        self.root = root
        self.desk = RealDesk(root)
        stands: list[Standing] = []
        order = SetUp(name="A Reviewer", passphrase=PASSPHRASE, store="throwaway")
        self.desk.processes.asks.ask(order, stands.append, self.desk.failures.append)
        self.until(lambda: bool(stands))
        self.desk.standing = stands[0]
        self.screen = SettingsScreen(self.desk)
        qtbot.addWidget(self.screen)
        show_in_front(qtbot, self.screen)
        self.screen.presenter.arrive({})
        self.until(lambda: self.screen.limits.lines["program_seconds"].text() != "")

    def until(self, holds: object) -> None:
        self.qtbot.waitUntil(holds, timeout=LONG)

    def type(self, key: str, text: str) -> None:
        cards = (self.screen.model, self.screen.project, self.screen.limits)
        line = next(card.lines[key] for card in cards if key in card.lines)
        line.setFocus()
        line.selectAll()
        self.qtbot.keyClicks(line, text)


@pytest.fixture
def settled(qtbot: QtBot, tmp_path: Path) -> Iterator[Settled]:
    settled = Settled(qtbot, tmp_path / "Preceptor")
    yield settled
    settled.desk.close()


def test_saving_keeps_all_changes_on_the_disk(settled: Settled) -> None:
    settled.type("program_seconds", "900")
    settled.type("purpose", "The heart-failure pathway")
    settled.screen.presenter.save()
    settled.until(lambda: settled.screen.bar.sentence == "Everything is saved.")
    settings = Workspace.open(settled.root).settings
    assert (settings.program_seconds, settings.purpose) == (900, "The heart-failure pathway")
    assert settings.reviewer == "A Reviewer"


def test_what_the_engine_refuses_changes_nothing_and_stays_typed(settled: Settled) -> None:
    before = Workspace.open(settled.root).settings
    settled.screen.presenter.typed("model_url", "http://far.example.org")
    settled.screen.presenter.typed("program_seconds", "900")
    settled.screen.presenter.save()
    settled.until(lambda: settled.screen.notice.sentence != "")
    assert "http" in settled.screen.notice.sentence
    assert "Address, Longest run" in settled.screen.bar.sentence
    assert Workspace.open(settled.root).settings == before


def test_a_pin_needs_the_passphrase_and_is_shown_as_set(settled: Settled) -> None:
    wrong, right = Dialog(), Dialog()
    settled.screen.presenter.set_pin("not the passphrase", "4821", wrong)
    settled.until(lambda: bool(wrong.problems))
    settled.screen.presenter.set_pin(PASSPHRASE, "4821", right)
    settled.until(lambda: right.finished)
    settled.until(lambda: settled.desk.standing.has_pin)


def test_a_model_key_goes_to_the_store_and_into_no_file_of_settings(settled: Settled) -> None:
    dialog = Dialog()
    settled.screen.presenter.keep_key("sk-a-key-of-nobody", dialog)
    settled.until(lambda: dialog.finished)
    holding = [path.name for path in settled.root.rglob("*") if path.is_file() and b"sk-a-key" in path.read_bytes()]
    assert holding == [Workspace.open(settled.root).throwaway_store.name]
