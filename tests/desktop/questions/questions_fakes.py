"""Views of ours that remember what they were told, and facts for them."""

from __future__ import annotations

from typing import Any

from fakes import STANDING
from msgspec.structs import replace

from desktop.questions.blocks import NOTHING, Block, Next
from desktop.questions.listing import Listed
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.questions import Conversation, Mark, QuestionRow, SentRequest, SentRow, Turn
from sandbox.reviewing.orders.starting import DemoScript, SourceStanding, Standing

SIGNED = replace(STANDING, sources=(SourceStanding(name="ehr", location="ehr.duckdb", login=True, signed=9),))
DEMO = replace(
    SIGNED, demo=DemoScript(question="What share?", comment="", comment_on="", purpose="", tables=("patient",))
)
ASKED_AT = "2026-01-02T03:04:05.000Z"


def row(name: str = "q-1", text: str = "What share of stays?", **more: Any) -> QuestionRow:
    return QuestionRow(**{"name": name, "asked_at": ASKED_AT, "text": text, "state": "answered", **more})


def conversation(*turns: Turn, **more: Any) -> Conversation:
    return Conversation(question=row(**more), turns=turns)


def sent_row(n: int, size: int = 900) -> SentRow:
    return SentRow(
        n=n, time=ASKED_AT, method="POST", url="https://model.example/v1/messages", bytes=size, sha256="0" * 64
    )


def sent_request(n: int, body: str = '{"a":1}', **more: Any) -> SentRequest:
    headers = (("content-type", "application/json"),)
    return SentRequest(**{"row": sent_row(n), "headers": headers, "body": body, "readable": '{\n "a": 1\n}', **more})


class FakeTalkView:
    """A conversation as it would be read on the screen."""

    def __init__(self) -> None:
        self.is_new = False
        self.blocks: list[Block] = []
        self.streaming = ""
        self.work = ""
        self.may_stop = False
        self.next: Next = NOTHING
        self.text = ""
        self.held = False
        self.marks: tuple[Mark, ...] = ()
        self.mark_sentence = ""
        self.hint = ""
        self.trouble: PreceptorError | None = None

    def show_blocks(self, blocks: tuple[Block, ...]) -> None:
        self.blocks, self.streaming, self.is_new = list(blocks), "", False

    def show_new(self) -> None:
        self.is_new = True

    def add_block(self, block: Block) -> None:
        if self.streaming:
            self.blocks.append(Block("agent", self.streaming))
            self.streaming = ""
        self.blocks.append(block)

    def add_text(self, text: str) -> None:
        self.streaming += text

    def forget_text(self) -> None:
        self.streaming = ""

    def show_work(self, sentence: str, *, may_stop: bool) -> None:
        self.work, self.may_stop = sentence, may_stop

    def show_next(self, following: Next) -> None:
        self.next = following

    def write(self, text: str) -> None:
        self.text = text

    def hold(self, held: bool) -> None:
        self.held = held

    def show_marks(self, marks: tuple[Mark, ...], sentence: str) -> None:
        self.marks, self.mark_sentence = marks, sentence

    def show_hint(self, sentence: str) -> None:
        self.hint = sentence

    def show_trouble(self, problem: PreceptorError) -> None:
        self.trouble = problem

    def clear_trouble(self) -> None:
        self.trouble = None

    def kinds(self) -> list[str]:
        return [block.kind for block in self.blocks]


class FakeSentView:
    """What was sent, as it would be read on the screen."""

    def __init__(self) -> None:
        self.rows: tuple[SentRow, ...] = ()
        self.sentence = ""
        self.whole = True
        self.chosen: list[int] = []
        self.body = ("", "", "text", 0)
        self.trouble: PreceptorError | None = None

    def show_requests(self, rows: tuple[SentRow, ...], sentence: str, *, whole: bool) -> None:
        self.rows, self.sentence, self.whole = rows, sentence, whole

    def choose(self, n: int) -> None:
        self.chosen.append(n)

    def show_body(self, says: str, text: str, language: str, new_from: int) -> None:
        self.body = (says, text, language, new_from)

    def show_trouble(self, problem: PreceptorError) -> None:
        self.trouble = problem


class FakeQuestionsView:
    """The whole screen."""

    def __init__(self) -> None:
        self.talk = FakeTalkView()
        self.sent = FakeSentView()
        self.rows: tuple[Listed, ...] = ()
        self.chosen = ""
        self.title = ""
        self.page = ""
        self.sent_allowed = False
        self.composer_focused = 0
        self.problem: PreceptorError | None = None

    def show_questions(self, rows: tuple[Listed, ...], chosen: str) -> None:
        self.rows, self.chosen = rows, chosen

    def show_title(self, title: str) -> None:
        self.title = title

    def show_page(self, page: str) -> None:
        self.page = page

    def allow_sent(self, allowed: bool) -> None:
        self.sent_allowed = allowed

    def focus_composer(self) -> None:
        self.composer_focused += 1

    def show_problem(self, problem: PreceptorError) -> None:
        self.problem = problem


def standing(**more: Any) -> Standing:
    return replace(SIGNED, **more)
