"""What goes wrong around the window: the reviewer knows what happened, what is safe, and what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from process_tree import descendants, is_running
from PySide6.QtCore import QTimer
from window_parts import Place

from desktop import patience
from desktop import window as window_module
from desktop.tour.eyes import reads
from sandbox.records import AuditLog
from sandbox.reviewing.orders.questions import ListQuestions
from sandbox.reviewing.orders.starting import ReadStanding

OpenDesk = Callable[..., Place]
DIED = "A session of Preceptor ended unexpectedly (status -9)."


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Late after half a second instead of ten."""
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(patience, "PATIENT_FOR", 0.5)
    monkeypatch.setattr(window_module, "SLOW_AFTER", 0.2)


# A second desk.


def test_a_second_window_is_refused_and_opens_once_the_first_is_closed(open_desk: OpenDesk, study: Path) -> None:
    first = open_desk(study)
    second = open_desk(study, unlocked=False)
    second.see("This workspace is open in another window of Preceptor.")
    second.see("Go on in that window, or close it and try again.")
    first.window.close()
    second.window.activateWindow()
    second.hand.push("Try again")
    second.unlock()


# The reviewing session dies or hangs.


def test_a_session_that_dies_while_nothing_is_asked_is_told_and_started_again(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    died = place.kill("reviewing")
    place.see(DIED)
    place.see("what was acknowledged before is kept")
    place.screen("runs")
    place.see("Counts for a while")
    assert place.session("reviewing") != died


def test_a_session_that_dies_over_an_order_fails_it_and_the_next_one_works(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    os.kill(place.session("reviewing"), signal.SIGSTOP)
    place.hand.press("Ctrl+3")
    place.kill("reviewing")
    place.see(DIED)
    assert place.window.asks.waiting_longest() == ("", 0.0)
    place.screen("data")
    place.screen("runs")
    place.see("Counts for a while")
    place.hand.wait(lambda: not reads(DIED), "the sentence goes once it is not true any more")


def test_a_session_that_hangs_is_told_while_the_window_goes_on_and_can_be_given_up(
    open_desk: OpenDesk, study: Path, impatient: None
) -> None:
    place = open_desk(study)
    hung = place.session("reviewing")
    os.kill(hung, signal.SIGSTOP)  # as a reader of a network drive that is gone: it waits in the kernel
    ticks = ticking(place)
    place.hand.press("Ctrl+3")
    place.see("The workspace has not answered for more than")
    place.see("nothing of it is lost")
    place.hand.wait(lambda: len(ticks) > 20, "the window goes on", 10.0)
    place.hand.push("Stop waiting")
    place.see("did not answer and was ended.")
    place.hand.wait(lambda: not is_running(hung), "the end of the session that hung")
    place.screen("data")
    place.screen("runs")
    place.see("Counts for a while")


def test_what_is_told_when_waiting_was_stopped_is_not_taken_back_with_it(
    open_desk: OpenDesk, study: Path, impatient: None
) -> None:
    place = open_desk(study)
    os.kill(place.session("reviewing"), signal.SIGSTOP)
    place.window.asks.ask(ReadStanding(), lambda _: None)
    place.see("The workspace has not answered for more than")
    place.hand.push("Stop waiting")
    place.see("did not answer and was ended.")
    ticks = ticking(place)
    place.hand.wait(lambda: len(ticks) > 40, "patience looks again")
    assert reads("did not answer and was ended.")


def test_an_answer_that_comes_late_after_all_takes_the_notice_back(
    open_desk: OpenDesk, study: Path, impatient: None
) -> None:
    place = open_desk(study)
    pid = place.session("reviewing")
    os.kill(pid, signal.SIGSTOP)
    place.hand.press("Ctrl+3")
    place.see("The workspace has not answered for more than")
    os.kill(pid, signal.SIGCONT)
    place.see("Counts for a while")
    place.hand.wait(lambda: not reads("The workspace has not answered"), "the notice goes")
    assert place.session("reviewing") == pid


def test_a_workspace_that_does_not_open_says_so_and_is_tried_again_with_another_session(
    open_desk: OpenDesk, study: Path, impatient: None
) -> None:
    place = open_desk(study, unlocked=False)
    hung = place.session("reviewing")
    os.kill(hung, signal.SIGSTOP)
    place.see("Waiting for the workspace's folder to answer …")
    place.hand.push("Try again")
    place.unlock()
    assert not is_running(hung)


def test_a_window_closes_although_its_session_hangs_behind_a_full_pipe(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    os.kill(place.session("reviewing"), signal.SIGSTOP)
    for _ in range(3000):  # more than a pipe holds
        place.window.asks.ask(ListQuestions(), lambda _: None, lambda _: None)
    place.window.close()
    place.hand.wait(lambda: not place.processes(), "the end of every process")


# The workspace's folder goes.


def test_a_folder_that_is_gone_is_one_sentence_and_works_again_once_it_is_back(
    open_desk: OpenDesk, study: Path
) -> None:
    place = open_desk(study)
    elsewhere = study.with_name("elsewhere")
    study.rename(elsewhere)
    for name in ("runs", "data", "records", "settings", "doctor", "questions"):
        place.screen(name)
        place.hand.wait(lambda: place.window.is_at_work, "the window goes on")
    place.screen("runs")
    place.see("The workspace's folder is gone")
    place.see("What was signed is there.")
    assert not study.exists(), "an order made another folder in its place"
    place.hand.press("Ctrl+L")
    place.see("Locked")
    elsewhere.rename(study)
    place.unlock()
    place.screen("data")
    place.screen("runs")
    place.see("Counts for a while")


# Closing during a run, and a run that is killed.


def test_closing_during_a_run_asks_first_and_keeping_it_open_lets_the_run_end(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    place.start_counting()
    place.hand.press("Ctrl+Q")
    place.see("Something is still going on")
    place.see("it counts as used")
    place.hand.push("Keep it open")
    place.see("total")
    assert place.window.isVisible() and not place.window.shell.status.busy
    place.hand.press("Ctrl+Q")
    assert not place.window.isVisible()


def test_stop_and_close_ends_every_process_and_the_run_says_so(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    place.start_counting()
    place.hand.press("Ctrl+Q")
    place.see("Something is still going on")
    place.hand.push("Stop and close")
    assert not place.window.isVisible()
    place.hand.wait(lambda: not place.processes(), "the end of every process", 10.0)
    assert AuditLog(study / "audit.log").check(None).size
    again = open_desk(study)
    again.screen("runs")
    again.see("Stopped by you")


def test_a_run_whose_session_is_killed_is_told_and_counts_as_used(open_desk: OpenDesk, study: Path) -> None:
    place = open_desk(study)
    place.start_counting()
    before = set(descendants(place.session("running")))
    place.kill("running")
    place.see("Cut off: Counts for a while")
    place.see("It counts as a run that is used up.")
    place.see("8 runs left")
    assert not place.window.shell.status.busy
    place.hand.wait(lambda: not any(map(is_running, before)), "the end of its processes")


def ticking(place: Place) -> list[int]:
    """A list that grows while the event loop goes on."""
    ticks: list[int] = []
    timer = QTimer(place.window)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(10)
    return ticks
