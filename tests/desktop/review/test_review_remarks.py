"""Comments on lines: collected, sent together, never lost."""

from __future__ import annotations

import msgspec
import pytest
from fakes import FakeDesk
from review_facts import View, shown

from desktop.review.program_presenter import ProgramPresenter
from desktop.review.remarks import Remark
from desktop.review.remarks_presenter import RemarksPresenter
from sandbox.errors import BadInput
from sandbox.messages.desk import Comments, LineComment, Sent, TurnOver, Withheld
from sandbox.reviewing.orders.starting import DemoScript


class Scene:
    """Draft 2 is shown."""

    def __init__(self) -> None:
        self.view, self.desk = View(), FakeDesk()
        self.program = ProgramPresenter(self.view)
        self.remarks = RemarksPresenter(self.view, self.view, self.program, self.desk, self.view.show_problem)
        self.program.show(shown(), 1)
        self.remarks.show(shown())

    def write(self, first: int, last: int, text: str, severity: str = "must") -> bool:
        self.remarks.begin(first, last)
        remark = self.view.told["write_remark"][2]
        return self.remarks.keep_remark(remark._replace(text=text, severity=severity))

    @property
    def kept(self) -> tuple[Remark, ...]:
        return self.view.told["show_remarks"][0]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_comment_is_on_lines_of_the_new_program(scene: Scene) -> None:
    assert scene.write(30, 32, " too many ")
    assert scene.kept == (Remark(30, 31, "too many"),)
    assert scene.view.told["write_remark"][:2] == ("Comment on lines 30–31", "line_30 = 31\nnew = 1")


def test_lines_that_were_taken_out_can_not_be_commented(scene: Scene) -> None:
    scene.remarks.begin(30, 30)
    assert isinstance(scene.view.told["show_problem"][0], BadInput)
    assert "write_remark" not in scene.view.told


def test_a_comment_without_words_is_none(scene: Scene) -> None:
    assert not scene.write(3, 3, "  ")
    assert scene.kept == ()


def test_a_comment_that_was_left_unfinished_is_there_when_these_lines_are_commented_again(scene: Scene) -> None:
    scene.remarks.begin(3, 4)
    scene.remarks.put_aside(Remark(3, 4, "half a", "should"))
    assert scene.kept == () and scene.desk.told[-1].endswith("It is there when you comment on lines 3–4 again.")
    scene.remarks.begin(5, 5)
    assert scene.view.told["write_remark"][2].text == ""
    scene.remarks.begin(3, 4)
    assert scene.view.told["write_remark"][2] == Remark(3, 4, "half a", "should")
    scene.remarks.keep_remark(Remark(3, 4, "half a comment", "should"))
    scene.remarks.begin(3, 4)
    assert scene.view.told["write_remark"][2].text == ""


def test_leaving_a_change_of_a_comment_keeps_the_comment_as_it_was(scene: Scene) -> None:
    scene.write(3, 3, "first")
    scene.remarks.edit(scene.kept[0])
    scene.remarks.put_aside(Remark(3, 3, "other words"))
    assert [remark.text for remark in scene.kept] == ["first"]
    scene.remarks.edit(scene.kept[0])
    assert scene.view.told["write_remark"][2].text == "first"


def test_in_a_demo_the_dialog_says_which_comment_the_recording_answers(scene: Scene) -> None:
    scene.remarks.begin(3, 3)
    assert scene.view.told["write_remark"][3] == ""
    script = DemoScript(question="?", comment="Hospice leaves, too.", comment_on="x", purpose="", tables=())
    scene.desk.standing = msgspec.structs.replace(scene.desk.standing, demo=script)
    scene.remarks.begin(3, 3)
    assert scene.view.told["write_remark"][3].endswith("it answers this comment: “Hospice leaves, too.”")


def test_comments_stand_in_the_order_of_the_lines_and_are_marked_there(scene: Scene) -> None:
    scene.write(20, 20, "second")
    scene.write(3, 3, "first")
    assert [remark.text for remark in scene.kept] == ["first", "second"]
    assert [mark.row for mark in scene.view.told["show_marks"][0]] == [3, 20]
    assert scene.view.told["show_remarks"][1] == "Send 2 comments"


def test_a_comment_can_be_changed_and_taken_away(scene: Scene) -> None:
    scene.write(3, 3, "first")
    scene.remarks.edit(scene.kept[0])
    assert scene.remarks.keep_remark(Remark(3, 3, "better", "question"))
    assert scene.kept == (Remark(3, 3, "better", "question"),)
    scene.remarks.remove(scene.kept[0])
    assert scene.kept == ()


def test_comments_are_sent_as_one_message_and_the_answer_is_waited_for_where_it_comes(scene: Scene) -> None:
    scene.write(31, 31, "why 31?", "question")
    scene.write(3, 4, "rename")
    scene.remarks.send()
    (line,) = scene.desk.sessions.lines
    assert line.sent == [
        Comments(
            draft=2,
            comments=(
                LineComment(id="c1", first=3, last=4, text="rename", quote="line_3 = 3\nline_4 = 4", severity="must"),
                LineComment(id="c2", first=30, last=30, text="why 31?", quote="line_30 = 31", severity="question"),
            ),
        )
    ]
    assert scene.desk.went == [("questions", {"question": "q-1"})]
    assert scene.kept == ()


def test_unsent_comments_are_there_when_the_draft_is_shown_again(scene: Scene) -> None:
    scene.write(3, 3, "first")
    scene.remarks.show(shown({"number": 3}))
    assert scene.kept == ()
    scene.remarks.show(shown())
    assert [remark.text for remark in scene.kept] == ["first"]


def test_comments_that_were_withheld_are_unsent_again(scene: Scene) -> None:
    scene.write(3, 3, "patient 4711")
    scene.remarks.send()
    assert scene.remarks.is_sending
    scene.remarks.heard(Withheld(sentence="A patient was recognised."))
    assert [remark.text for remark in scene.kept] == ["patient 4711"]
    assert not scene.remarks.is_sending


def test_comments_that_left_are_gone(scene: Scene) -> None:
    scene.write(3, 3, "first")
    scene.remarks.send()
    scene.remarks.heard(Sent(number=4, bytes=100))
    scene.remarks.heard(TurnOver(outcome="submitted"))
    assert scene.kept == () and not scene.remarks.is_sending


def test_while_the_agent_works_comments_stay(scene: Scene) -> None:
    scene.write(3, 3, "first")
    scene.remarks.send()
    scene.remarks.heard(Sent(number=4, bytes=100))
    scene.write(5, 5, "second")
    scene.remarks.send()
    assert scene.view.told["show_problem"][0].sentence == "The agent is still working on this question."
    assert [remark.text for remark in scene.kept] == ["second"]


def test_a_quote_is_short(scene: Scene) -> None:
    scene.write(1, 29, "all of it")
    scene.remarks.send()
    assert len(scene.desk.sessions.lines[0].sent[0].comments[0].quote) == 120
