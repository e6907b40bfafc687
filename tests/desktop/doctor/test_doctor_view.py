"""Doctor on the screen: a verdict in words, findings that say what to do, ways out that can be narrowed."""

from __future__ import annotations

import msgspec
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.doctor import build
from desktop.doctor.view import DoctorScreen
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.settings import DoctorReport, Finding, Probe, ReadDoctor, RunDoctor

HELD = "blocked: EACCES"
REPORT = DoctorReport(
    ok=True,
    sentence="Everything holds.",
    findings=(
        Finding(name="Isolation", ok=True, sentence="None led out."),
        Finding(name="Disk", ok=False, sentence="Little room is left.", advice="Free some space."),
    ),
    probes=(
        Probe(name="read_home", role="agent", outside="allowed", inside=HELD, held=True),
        Probe(name="tcp", role="agent", outside="allowed", inside=HELD, held=True),
        Probe(name="read_home", role="program", outside="allowed", inside="allowed", held=False),
    ),
    layers={"agent": {"landlock": "enforced"}},
    kernel="6.8.0",
    landlock=6,
    seconds=7.2,
    tested_at="2026-01-02T03:04:05Z",
)


def arrived(qtbot: QtBot, report: DoctorReport = REPORT) -> tuple[FakeDesk, DoctorScreen]:
    desk = FakeDesk()
    desk.asks.answers = {ReadDoctor: report, RunDoctor: report}
    screen = build(desk)
    assert isinstance(screen, DoctorScreen)
    qtbot.addWidget(screen)
    screen.resize(1024, 640)
    show_in_front(qtbot, screen)
    screen.presenter.arrive({})
    desk.asks.answer_all()
    return desk, screen


def texts(screen: DoctorScreen) -> list[str]:
    return [label.text() for label in screen.findChildren(QLabel) if not label.isHidden()]


def test_nothing_that_takes_the_focus_is_nameless(qtbot: QtBot) -> None:
    assert not unnamed(arrived(qtbot)[1])


def test_the_verdict_and_how_it_was_found_out_are_on_the_screen(qtbot: QtBot) -> None:
    shown = texts(arrived(qtbot)[1])
    assert "Isolation holds on this computer" in shown
    assert any("Kernel 6.8.0" in text and "Landlock 6" in text for text in shown)


def test_a_finding_says_what_is_wrong_and_what_to_do(qtbot: QtBot) -> None:
    _, screen = arrived(qtbot)
    assert screen.findings.texts() == [
        "Disk: needs you. Little room is left.\nFree some space.",
        "Isolation: good. None led out.",
    ]


def test_advice_is_shown_also_where_nothing_is_wrong(qtbot: QtBot) -> None:
    slower = Finding(name="Start", ok=True, sentence="It is slower than it could be.", advice="Compile.")
    _, screen = arrived(qtbot, msgspec.structs.replace(REPORT, findings=(slower,)))
    assert screen.findings.texts() == ["Start: could be better. It is slower than it could be.\nCompile."]


def test_what_leads_out_comes_first_and_choosing_who_narrows_the_list(qtbot: QtBot) -> None:
    _, screen = arrived(qtbot)
    assert [way.role for way in screen.ways.table.rows()] == ["program", "agent", "agent"]
    screen.ways.roles.setFocus()
    qtbot.keyClick(screen.ways.roles, Qt.Key.Key_Down)
    assert [way.role for way in screen.ways.table.rows()] == ["agent", "agent"]
    assert any("landlock enforced" in text for text in texts(screen))


def test_the_list_can_be_searched(qtbot: QtBot) -> None:
    _, screen = arrived(qtbot)
    qtbot.keyClicks(screen.ways.search, "network")
    qtbot.waitUntil(lambda: len(screen.ways.table.rows()) == 1)
    assert screen.ways.table.rows()[0].what == "Open a network connection (TCP)"


def test_trying_again_shows_progress_and_gives_the_keyboard_back(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    screen.verdict.again.setFocus()
    qtbot.keyClick(screen.verdict.again, Qt.Key.Key_Space)
    assert not screen.verdict.again.isEnabled()
    desk.asks.tell_progress(Progress(sentence="The agent", done=2, of=8))
    bar = screen.findChildren(QProgressBar)[0]
    assert (bar.isVisible(), bar.value(), bar.maximum()) == (True, 2, 8)
    desk.asks.answer_all()
    assert not bar.isVisible()
    assert screen.focusWidget() is screen.verdict.again


def test_before_the_first_trial_there_is_one_thing_to_do(qtbot: QtBot) -> None:
    untried = msgspec.structs.replace(REPORT, ok=False, probes=(), tested_at="")
    _, screen = arrived(qtbot, untried)
    assert "Not tried on this computer yet" in texts(screen)
    assert screen.verdict.again.accessibleName() == "Try every way out now"
    assert not screen.ways.isVisible()
