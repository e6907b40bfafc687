"""Windows on a workspace in which a small job was done to its end, with one more program that counts for a while."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "reviewing"))

from finished_job import sign
from job_done_once import job_done_once
from made_once import made_once
from process_tree import descendants
from window_parts import COUNTING, Place

from desktop.app import application
from sandbox.reviewing import questions, review
from sandbox.reviewing.orders.questions import OpenQuestion
from sandbox.reviewing.orders.review import WriteDraft
from sandbox.reviewing.room import Room

HELD = []  # windows are kept, not deleted: collecting one takes Qt down with it
OpenDesk = Callable[..., Place]


@pytest.fixture(scope="session")
def kept_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the job of `tests/reviewing`, with a signed program that takes some seconds. Copy it."""

    def make(folder: Path) -> None:
        _sign_counting(Path(shutil.copytree(job_done_once(tmp_path_factory).root, folder / "study")))

    return made_once(tmp_path_factory, "counting", make) / "study"


@pytest.fixture
def study(kept_study: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept_study, tmp_path / "study"))


@pytest.fixture
def open_desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDesk]:
    """A function that shows a window on a workspace, unlocked unless told otherwise. All are closed in the end, and
    leave no process behind."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    application([])
    before = set(descendants(os.getpid()))
    opened: list[Place] = []

    def open_it(root: Path, *, unlocked: bool = True) -> Place:
        place = Place(root)
        HELD.append(place.window)
        opened.append(place)
        place.window.open_workspace()
        if unlocked:
            place.unlock()
        return place

    yield open_it
    for place in opened:
        if place.window.isVisible():
            place.window.close_at_once()
    QApplication.processEvents()
    assert not set(descendants(os.getpid())) - before


def _sign_counting(root: Path) -> None:
    room = Room(root)
    room.open()
    try:
        question = questions.open_question(room, OpenQuestion()).name
        review.write_draft(room, WriteDraft(question=question, program=COUNTING))
        sign(room, question, 1, runs=9)
    finally:
        room.end_children()
