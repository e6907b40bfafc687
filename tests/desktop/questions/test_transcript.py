"""The conversation as one text: complete, plain, cheap to add to, and still where its reader reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop import theme
from desktop.questions.blocks import Block
from desktop.questions.transcript import Transcript
from desktop.questions.transcript_cards import cards_between
from desktop.questions.transcript_text import CARD, CARD_TONE


@pytest.fixture
def transcript(qtbot: QtBot) -> Transcript:
    transcript = Transcript()
    qtbot.addWidget(transcript)
    transcript.resize(500, 300)
    show_in_front(qtbot, transcript)
    return transcript


def lines(transcript: Transcript) -> list[str]:
    return transcript.toPlainText().split("\n")


def tones(transcript: Transcript) -> list[str]:
    block, found = transcript.document().begin(), []
    while block.isValid():
        found.append(block.blockFormat().stringProperty(CARD_TONE))
        block = block.next()
    return found


def links(transcript: Transcript) -> list[str]:
    cursor, found = transcript.textCursor(), []
    for place in range(transcript.document().characterCount()):
        cursor.setPosition(place)
        found.append(cursor.charFormat().anchorHref())
    return [link for link in found if link]


@pytest.fixture
def in_light() -> Iterator[None]:
    """Light before and after, whatever the test does."""
    theme.use("light")
    yield
    theme.use("system")


@pytest.fixture
def filled(transcript: Transcript, qtbot: QtBot) -> Transcript:
    """One with much more in it than is in sight."""
    transcript.show_blocks(tuple(Block("you", f"Question {n}") for n in range(60)))
    qtbot.waitUntil(lambda: transcript.is_written)
    return transcript


def test_streamed_text_is_complete_and_code_is_told_from_it(transcript: Transcript) -> None:
    for piece in ("I coun", "t:\n\n``", "`py\nx = 1\n", "y = 2\n`", "``\nThat is", " it.\n"):
        transcript.add_text(piece)
    transcript.add_block(Block("act", "Ran draft 1"))
    assert lines(transcript) == ["Agent", "I count:", "x = 1", "y = 2", "That is it.", "·  Ran draft 1"]
    assert tones(transcript) == ["", "", "code", "code", "", ""]


def test_text_of_a_model_is_text_and_never_more(transcript: Transcript) -> None:
    hostile = '<b>bold</b> <a href="draft:9">Review draft 9</a> [x](draft:9) \u202egnirts'
    transcript.add_text(hostile)
    transcript.add_block(Block("agent", hostile))
    assert transcript.toPlainText().count('<a href="draft:9">') == 2
    assert "\\u202egnirts" in transcript.toPlainText()
    assert links(transcript) == []
    transcript.add_block(Block("draft", hostile, 3))
    assert set(links(transcript)) == {"draft:3"}


def test_a_dropped_answer_leaves_no_trace(transcript: Transcript) -> None:
    transcript.add_block(Block("you", "How many?"))
    before = transcript.toPlainText()
    transcript.add_text("Half an ans\n```\ncode")
    transcript.forget_text()
    assert transcript.toPlainText() == before
    transcript.add_text("A whole answer")
    assert lines(transcript) == ["You", "How many?", "Agent", "A whole answer"]


def test_the_agent_is_named_once_until_somebody_else_speaks(transcript: Transcript, qtbot: QtBot) -> None:
    agent = Block("agent", "I look.")
    transcript.show_blocks((agent, Block("act", "Read"), agent, Block("draft", "Nothing refused.", 1), agent))
    transcript.add_block(Block("you", "Go on"))
    transcript.add_block(agent)
    qtbot.waitUntil(lambda: transcript.is_written)
    assert lines(transcript).count("Agent") == 2


def test_a_card_holds_the_paragraphs_of_one_block(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_blocks((Block("you", "One\ntwo"), Block("you", "Three")))
    qtbot.waitUntil(lambda: transcript.is_written)
    document = transcript.document()
    numbers = [document.findBlockByNumber(n).blockFormat().intProperty(CARD) for n in range(document.blockCount())]
    assert numbers == [1, 1, 1, 2, 2]
    cards = list(cards_between(document.begin(), 10_000.0, 400))
    assert len(cards) == 2
    assert cards[0][0].bottom() < cards[1][0].top()


def test_the_reader_at_the_end_follows_and_one_further_up_is_left_alone(filled: Transcript) -> None:
    transcript = filled
    bar = transcript.verticalScrollBar()
    transcript.add_text("word " * 400)
    assert bar.value() == bar.maximum()
    bar.setValue(bar.maximum() // 2)
    at = bar.value()
    transcript.add_text("word " * 400)
    transcript.add_block(Block("act", "Ran"))
    assert bar.value() == at
    transcript.add_block(Block("you", "What I sent is always shown"))
    assert bar.value() == bar.maximum()


def test_who_is_at_the_end_stays_there_when_the_window_changes(filled: Transcript) -> None:
    filled.resize(320, 240)
    bar = filled.verticalScrollBar()
    assert bar.value() >= bar.maximum() - 4


def test_the_same_conversation_read_again_stays_where_its_reader_is(filled: Transcript) -> None:
    bar = filled.verticalScrollBar()
    bar.setValue(7)
    filled.show_blocks(tuple(Block("you", f"Question {n}") for n in range(60)))
    assert bar.value() == 7
    filled.show_blocks((Block("you", "Another"),))
    assert filled.toPlainText() == "You\nAnother"


def test_a_long_conversation_is_written_in_slices_and_what_comes_meanwhile_follows(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_blocks(tuple(Block("agent", "word " * 200) for _ in range(600)))
    assert not transcript.is_written
    transcript.add_text("This came")
    transcript.add_text(" meanwhile.")
    transcript.add_text("\nDropped")
    qtbot.waitUntil(lambda: transcript.is_written)
    bar = transcript.verticalScrollBar()
    assert lines(transcript)[-2:] == ["This came meanwhile.", "Dropped"]
    assert bar.value() == bar.maximum()


def test_text_that_is_dropped_while_a_long_conversation_is_written_is_not_written(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_blocks(tuple(Block("agent", "word " * 200) for _ in range(600)))
    transcript.add_text("Half an ans")
    transcript.forget_text()
    qtbot.waitUntil(lambda: transcript.is_written)
    assert "Half an ans" not in transcript.toPlainText()


def test_other_colours_keep_every_word_and_the_place(filled: Transcript, qtbot: QtBot, in_light: None) -> None:
    transcript = filled
    transcript.add_text("And this.")
    qtbot.waitUntil(lambda: transcript.is_written)
    before = transcript.toPlainText()
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    at = bar.value()
    theme.use("dark")
    qtbot.waitUntil(lambda: transcript.is_written)
    assert transcript.toPlainText() == before
    assert bar.value() == at
    theme.use("light")
    qtbot.waitUntil(lambda: transcript.is_written)
    transcript.add_text(" More.")
    assert transcript.toPlainText() == before + " More."


def test_a_line_without_end_is_broken_before_it_costs_too_much(transcript: Transcript) -> None:
    for _ in range(20):
        transcript.add_text("x" * 1000)
    assert max(len(line) for line in lines(transcript)) < 6000
    assert transcript.toPlainText().count("x") == 20_000
