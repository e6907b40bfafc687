"""Changing a draft by hand makes a new draft; nothing that was typed is lost."""

from __future__ import annotations

import pytest
from fakes import FakeDesk
from review_facts import PROGRAM, View, shown

from desktop.review.editing_presenter import EditingPresenter
from sandbox.errors import BadInput
from sandbox.reviewing.orders.review import DraftRow, WriteDraft

WRITTEN = DraftRow(number=3, author="reviewer", sha256="cd" * 32)


class Scene:
    def __init__(self) -> None:
        self.view, self.desk = View(), FakeDesk()
        self.desk.asks.answers[WriteDraft] = WRITTEN
        self.written: list[DraftRow] = []
        self.editing = EditingPresenter(self.view, self.view, self.desk, self.written.append, self.view.show_problem)
        self.editing.show(shown())


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_an_edit_begins_with_the_draft_and_is_written_as_the_next(scene: Scene) -> None:
    scene.editing.begin()
    assert scene.view.told["show_editor"] == ("A new draft of yours, from draft 2", PROGRAM, False)
    scene.view.text = "x = 1"
    scene.editing.save()
    assert scene.desk.asks.given == [WriteDraft(question="q-1", program="x = 1", basis=2)]
    scene.desk.asks.answer_all()
    assert scene.written == [WRITTEN] and scene.view.count["close_editor"] == 1
    assert not scene.editing.has_kept


def test_an_edit_that_was_left_is_there_again(scene: Scene) -> None:
    scene.editing.begin()
    scene.view.text = "half"
    scene.editing.leave()
    assert scene.editing.has_kept
    scene.editing.begin()
    assert scene.view.told["show_editor"][1:] == ("half", True)
    assert scene.editing.original() == PROGRAM


def test_another_draft_closes_the_editor_and_keeps_the_edit(scene: Scene) -> None:
    scene.editing.begin()
    scene.view.text = "half"
    scene.editing.show(shown({"number": 3}))
    assert scene.view.count["close_editor"] == 1
    scene.editing.show(shown())
    assert scene.editing.has_kept


def test_without_a_change_there_is_no_new_draft(scene: Scene) -> None:
    scene.editing.begin()
    scene.editing.save()
    assert not scene.desk.asks.given
    assert scene.desk.told == ["Nothing was changed, so there is no new draft."]


def test_a_refused_edit_stays_in_the_editor(scene: Scene) -> None:
    scene.desk.asks.answers[WriteDraft] = BadInput("The program is empty.")
    scene.editing.begin()
    scene.view.text = " "
    scene.editing.save()
    scene.desk.asks.answer_all()
    assert scene.view.told["show_problem"][0].sentence == "The program is empty."
    assert "close_editor" not in scene.view.count


def test_a_file_is_brought_by_its_path(scene: Scene) -> None:
    scene.editing.bring(" /home/me/query.py ")
    assert scene.desk.asks.given == [WriteDraft(question="q-1", path="/home/me/query.py", basis=2)]
    scene.editing.bring("  ")
    assert len(scene.desk.asks.given) == 1
