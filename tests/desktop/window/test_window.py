"""The assembled window: its screens and dialogs by keyboard, its sizes, its lock, its last resort."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from names import unnamed
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QWidget
from window_parts import PASSPHRASE, Place

from desktop import bugs
from desktop.clock import QtClock
from desktop.lock import presenter as lock_presenter
from desktop.lock.hiding import HiddenDialogs
from desktop.navigation import SCREENS
from desktop.tour.eyes import reads, texts
from desktop.tour.hand import name_of
from desktop.window import Window
from sandbox.review.setting_up import set_up

OpenDesk = Callable[..., Place]
QUESTION = "How many stays are there by class?"
# What each screen is there for, and the keys that lead to it from where the screen begins.
PRIMARY = {
    "questions": "New question",
    "review": "Sign again",
    "runs": "Run this program",
    "data": "Look at it",
    "records": "Bundle",
    "settings": "Set a PIN",
    "doctor": "Try every way out",
}


class Shown(QObject):
    """Remembers every window that is shown and is neither ours, nor a dialog, nor a menu, list or tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            popup = watched.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
            if not popup and not isinstance(watched, (Window, QDialog, QMenu)):
                self.strange.append(f"{type(watched).__name__} {watched.objectName()!r} {name_of(watched)!r}")
        return False


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[Shown]:
    shown = Shown()
    qapp.installEventFilter(shown)
    yield shown
    qapp.removeEventFilter(shown)


def arrive(place: Place, name: str) -> None:
    """On a screen, with something chosen where one chooses."""
    place.screen(name)
    chosen = {"questions": "Questions", "runs": "Ready to run", "records": "Approvals"}
    if name in chosen:
        place.hand.go_to(chosen[name])
        place.hand.press("Home")
    if name == "review":
        place.window.go("review", question=newest_asked(place))
    place.settle()


def newest_asked(place: Place) -> str:
    """The question with a draft of the agent's."""
    folders = sorted((place.window.root / "questions").glob("*/draft-2"))
    return folders[-1].parent.name


# Sizes.


@pytest.mark.parametrize("size", [(720, 460), (1024, 640)])
def test_each_screen_can_be_used_on_a_small_screen(open_desk: OpenDesk, study: Path, size: tuple[int, int]) -> None:
    place = open_desk(study)
    place.window.resize(*size)
    for name in SCREENS:
        arrive(place, name)
        button = place.hand.go_to(PRIMARY[name])
        assert button.isEnabled() and not button.visibleRegion().isEmpty(), name
        assert place.window.size().toTuple() == size


def test_a_narrow_window_shows_icons_with_tips_and_names(open_desk: OpenDesk, study: Path) -> None:
    navigation = open_desk(study).window.shell.navigation
    for width, words in ((720, ""), (1100, "Questions")):
        navigation.window().resize(width, 600)
        QApplication.processEvents()
        first = navigation.item(0)
        assert first.text() == words
        names = [navigation.fontMetrics().horizontalAdvance(navigation.item(row).text()) for row in range(7)]
        assert navigation.iconSize().width() + max(names) < navigation.width() < 160
        assert first.toolTip() == "Questions (Ctrl+1)"
        assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "Questions"
        rows = [navigation.visualItemRect(navigation.item(row)) for row in range(navigation.count())]
        assert not any(one.intersects(other) for one, other in zip(rows, rows[1:], strict=False))
        assert all(navigation.viewport().rect().contains(row) for row in rows)


# Every widget.


def test_no_screen_and_no_dialog_has_a_nameless_part_or_flashes_up_outside_of_the_window(
    open_desk: OpenDesk, study: Path, shown: Shown
) -> None:
    place = open_desk(study)
    nameless = {"window": unnamed(place.window)}
    for name in SCREENS:
        arrive(place, name)
        nameless[name] = unnamed(place.window)
        for what, opened in DIALOGS.get(name, {}).items():
            opened(place)
            place.hand.wait(QApplication.activeModalWidget, what)
            nameless[f"{name}: {what}"] = unnamed(QApplication.activeModalWidget())
            place.hand.press("Esc")
            place.hand.wait(lambda: QApplication.activeModalWidget() is None, f"{what} closes")
            arrive(place, name)
    place.hand.press("Ctrl+L")
    nameless["locked"] = unnamed(place.window)
    assert {where: found for where, found in nameless.items() if found} == {}
    assert shown.strange == []


def test_the_first_start_and_a_refused_opening_have_no_nameless_part(
    open_desk: OpenDesk, tmp_path: Path, shown: Shown
) -> None:
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "workspace.json").write_text("{")
    refused = open_desk(tmp_path / "damaged", unlocked=False)
    refused.see("is damaged")
    assert unnamed(refused.window) == []
    refused.window.close()
    first = open_desk(tmp_path / "new", unlocked=False)
    first.see("The agent can talk but cannot see.")
    assert unnamed(first.window) == []
    first.hand.push("Open the made-up hospital")
    first.see("Who you are")
    assert unnamed(first.window) == []
    assert shown.strange == []


def push(name: str) -> Callable[[Place], None]:
    return lambda place: place.hand.push(name)


def press(keys: str) -> Callable[[Place], None]:
    return lambda place: place.hand.press(keys)


def close_while_busy(place: Place) -> None:
    place.window.busy("run", "A program is running.")
    place.window.close()
    place.window.busy("run", "")


def comment(place: Place) -> None:
    place.hand.go_to("Program")
    place.hand.press("C")


def to_the_finished_run(place: Place) -> None:
    place.hand.go_to("Runs")
    place.hand.press("Home")
    place.hand.press("End")
    place.see("By class of stay.")


def export(place: Place) -> None:
    to_the_finished_run(place)
    place.hand.push("Export the table")


DIALOGS: dict[str, dict[str, Callable[[Place], None]]] = {
    "questions": {"the keys": press("F1"), "closing": close_while_busy},
    "review": {
        "a comment": comment,
        "a signature": push("Sign again"),
        "a made-up patient": push("Open the chosen made-up patient"),
        "a patient of mine": push("Add one of mine"),
    },
    "runs": {"an export": export},
    "data": {"a connection": push("Connect")},
    "records": {"a revocation": push("Revoke"), "a bundle": push("Bundle")},
    "settings": {"a PIN": push("Set a PIN"), "a key": push("Store a key")},
}


# The lock.


def pass_an_hour(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    now = place.window.clock.now
    monkeypatch.setattr(place.window.clock, "now", lambda: now() + 3600)


def test_an_idle_desk_hides_results(open_desk: OpenDesk, study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_presenter, "CHECK_EVERY", 0.05)
    place = open_desk(study)
    place.screen("runs")
    to_the_finished_run(place)
    place.see("ED")
    results = set(texts())
    pass_an_hour(place, monkeypatch)
    place.see("Locked")
    left = results & set(texts())
    assert left <= {"", "study  ·  a demo: made-up data, throwaway store"}
    behind = place.window.shell.screen_named("runs")
    assert not [one for one in behind.findChildren(QLineEdit) if "ED" in one.text()]


def test_a_dialog_is_hidden_and_comes_back_with_what_was_typed_but_no_passphrase(
    open_desk: OpenDesk, study: Path
) -> None:
    place = open_desk(study)
    arrive(place, "records")
    place.hand.push("Revoke")
    place.hand.fill("Reason", "It counts too much")
    place.hand.fill("Passphrase", PASSPHRASE)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    place.window.lock()
    place.see("Locked")
    assert not dialog.isVisible() and not reads("It counts too much")
    place.unlock()
    place.hand.wait(lambda: QApplication.activeModalWidget() is dialog, "the dialog")
    assert reads("It counts too much")
    assert [one.text() for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Passphrase"] == [""]
    place.hand.press("Esc")


def test_a_dialog_whose_work_was_done_behind_the_lock_does_not_come_back(open_desk: OpenDesk, study: Path) -> None:
    window = open_desk(study).window
    done, waits = QDialog(window), QDialog(window)
    for dialog in (done, waits):
        dialog.open()
    hidden = HiddenDialogs(window)
    hidden.hide()
    assert not done.isVisible() and not waits.isVisible()
    done.accept()
    hidden.show()
    assert not done.isVisible() and waits.isVisible()
    waits.reject()


def test_a_dialog_that_opens_by_itself_waits_until_the_desk_is_unlocked(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    place.window.lock()
    late = QDialog(place.window)
    late.open()
    place.hand.wait(lambda: not late.isVisible(), "it is hidden")
    place.unlock()
    assert late.isVisible()
    late.reject()


def test_a_wrong_passphrase_and_the_keys_of_screens_do_not_open_a_locked_desk(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study, unlocked=False)
    place.see("Locked")
    place.hand.write("not the one, surely")
    place.hand.press("Return")
    place.see("This passphrase does not open the reviewer's key.")
    for key in ("Ctrl+3", "F6", "F1", "Ctrl+N"):
        place.hand.press(key)
    assert not place.window.is_at_work and place.window.shell.shown == "" and not QApplication.activeModalWidget()
    place.unlock()


def test_a_lock_during_the_first_start_comes_back_to_it(open_desk: OpenDesk, tmp_path: Path) -> None:
    set_up(tmp_path / "study", "Dr A Reviewer", PASSPHRASE, store="throwaway")
    place = open_desk(tmp_path / "study", unlocked=False)
    place.hand.wait(lambda: place.window.standing.finished, "the workspace")
    page = place.window.findChild(QWidget, "screen-start")
    assert page is not None and page.isVisible()
    place.hand.press("Ctrl+L")
    place.see("Locked")
    assert not page.isVisible()
    place.hand.write(PASSPHRASE)
    place.hand.press("Return")
    place.hand.wait(page.isVisible, "the first start")


# Time, and the last resort.


def test_what_is_due_comes_also_when_nobody_keeps_its_ticket(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    come: list[str] = []
    clock = QtClock(place.window)
    clock.after(0.01, lambda: come.append("not kept"))
    clock.after(0.0, lambda: come.append("dropped")).drop()
    place.hand.wait(lambda: come, "what is due")
    assert come == ["not kept"]


def test_an_error_in_a_slot_is_told_once_by_its_place_and_never_by_its_text(
    open_desk: OpenDesk, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = open_desk(study)
    told: list[str] = []

    def tell(problem: Exception) -> None:
        told.append(str(problem))
        place.window.fail(problem)  # type: ignore[arg-type]

    def slip() -> None:
        raise KeyError("Mary Sample, MRN 4711234")

    catching = bugs.Catching(tell)
    try:
        for _ in range(3):
            QTimer.singleShot(0, slip)
        QApplication.processEvents()  # as in the application; QTest.qWait would raise it here
        place.see("Something unexpected happened (KeyError in test_window.py, line")
        place.hand.breathe()
    finally:
        catching.stop()
    assert len(told) == 1
    assert not reads("4711234") and not reads("Mary")
    assert "Mary" not in capsys.readouterr().err
