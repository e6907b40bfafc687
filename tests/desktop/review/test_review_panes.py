"""The parts of the screen one by one: they show all they are told, in whatever room they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from review_facts import DAY_30, TRIAL, refusal, shown, warning
from showing import show_in_front

from desktop.review.evidence_pane import EvidencePane
from desktop.review.evidence_sections import ClaimsSection, CodesSection, FlagsSection, ReadsSection
from desktop.review.evidence_shown import exhibits
from desktop.review.fitted_table import FittedTable
from desktop.review.flow import FlowRow, beside
from desktop.review.folds import read_folded, write_folded
from desktop.review.patients_section import PatientsSection
from desktop.review.program_text import ProgramText
from desktop.review.remarks import Remark
from desktop.review.remarks_bar import RemarksBar
from desktop.review.sheet import changes, plain
from desktop.review.top_bar import TopBar
from desktop.review.trials_section import TrialsSection
from desktop.review.wording import verdict
from desktop.widgets import Button, Column, Label, Meter, Segments
from sandbox.review.diff import compare_lines
from sandbox.review.made_up import Expectation
from sandbox.reviewing.orders.review import DraftShown, TableRead

ALIVE: list[QWidget] = []  # until pytest-qt has closed them: a text that is collected while it is coloured complains


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("APPDATA", raising=False)
    yield
    ALIVE.clear()


def words_of(widget: QWidget) -> list[str]:
    """Every label that is not hidden."""
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget) and one.text()]


def shown_alone(qtbot: QtBot, widget: QWidget, width: int = 380, height: int = 700) -> None:
    qtbot.addWidget(widget)
    ALIVE.append(widget)
    widget.resize(width, height)
    show_in_front(qtbot, widget)
    QApplication.processEvents()
    QTest.qWait(0)


def lines_of_cells(table: FittedTable[object]) -> list[list[str]]:
    model = table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_what_is_new_to_be_read_is_said_in_words(qtbot: QtBot) -> None:
    section = ReadsSection()
    facts = shown(reads=(*shown().reads, TableRead(table="ehr.lab", columns=("value",), first_use=True)))
    section.show_exhibits(exhibits(facts))
    shown_alone(qtbot, section)
    words = words_of(section)
    assert words[:5] == ["2 columns new", "ehr.enc_adm", "1 new", "New, as tokens: pat_id", "In full: enc_csn"]
    assert words[5:] == ["ehr.lab", "first use of this table", "In full: value"]


def test_nothing_of_another_draft_stays(qtbot: QtBot) -> None:
    section = ReadsSection()
    section.show_exhibits(exhibits(shown()))
    section.show_exhibits(exhibits(shown(reads=())))
    shown_alone(qtbot, section)
    assert words_of(section) == ["nothing"]


def test_a_flag_shows_its_whole_reason_and_what_to_write_instead(qtbot: QtBot) -> None:
    went: list[int] = []
    section = FlagsSection(went.append)
    section.show_exhibits(exhibits(shown({"flags": (refusal(30), warning(12, "word " * 60))})))
    shown_alone(qtbot, section)
    table = section.findChild(FittedTable)
    assert isinstance(table, FittedTable)
    assert lines_of_cells(table)[0] == ["refused\nLine 30", "os can't be imported\nInstead: Leave it out."]
    assert table.rowHeight(1) > 3 * table.rowHeight(0) / 2
    assert table.height() >= table.rowHeight(0) + table.rowHeight(1)
    table.go_to_row(0)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert went == [30]


def test_choosing_a_flag_shows_why_it_matters_and_another_hides_it(qtbot: QtBot) -> None:
    section = FlagsSection(lambda line: None)
    section.show_exhibits(
        exhibits(shown({"flags": (refusal(30), warning(12))}, why={"slow": "Slow\n\nA row at a time."}))
    )
    shown_alone(qtbot, section)
    table = section.findChild(FittedTable)
    assert isinstance(table, FittedTable)
    assert lines_of_cells(table)[1][1].endswith("Why: choose this row (slow)")
    assert "Slow" not in " ".join(words_of(section))
    table.go_to_row(1)
    assert "Slow\n\nA row at a time." in words_of(section)
    table.go_to_row(0)
    assert "Slow" not in " ".join(words_of(section))


def test_without_flags_there_is_a_sentence(qtbot: QtBot) -> None:
    section = FlagsSection(lambda line: None)
    section.show_exhibits(exhibits(shown()))
    shown_alone(qtbot, section)
    assert words_of(section) == ["0", "No check noticed anything."]


def test_a_code_goes_to_its_first_line(qtbot: QtBot) -> None:
    went: list[int] = []
    section = CodesSection(went.append)
    section.show_exhibits(exhibits(shown()))
    shown_alone(qtbot, section)
    table = section.findChild(FittedTable)
    assert isinstance(table, FittedTable)
    assert lines_of_cells(table) == [["I50.9", "Heart failure, unspecified", "3, 9"]]
    table.go_to_row(0)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert went == [3]


def test_claims_are_called_claims(qtbot: QtBot) -> None:
    section = ClaimsSection()
    section.show_exhibits(exhibits(shown()))
    shown_alone(qtbot, section)
    assert words_of(section) == [
        "claims",
        "Claims. Nothing of this was checked.",
        "What changed in this draft, and why",
        "Day 30 counts now.",
    ]


def trials(**changes: object) -> DraftShown:
    second = msgspec.structs.replace(TRIAL, seed=2, **changes)
    return shown({"trials": (TRIAL, second)})


def test_a_trial_shows_what_was_otherwise_before(qtbot: QtBot) -> None:
    section = TrialsSection(lambda line: None)
    section.show_exhibits(exhibits(trials()))
    shown_alone(qtbot, section)
    facts = section.findChildren(FittedTable)[0]
    assert ["stays readmitted", "3\ndraft 1: 4"] in lines_of_cells(facts)
    assert ["rate", "0.075"] in lines_of_cells(facts)
    assert "2 ran to their end" in words_of(section)


def test_a_trial_that_failed_says_so_and_leads_to_its_line(qtbot: QtBot) -> None:
    went: list[int] = []
    section = TrialsSection(went.append)
    section.show_exhibits(
        exhibits(trials(clean=False, sentence="KeyError: 'x'.", line=7, traceback="line 7\nKeyError"))
    )
    shown_alone(qtbot, section)
    assert "1 of 2 did not end well" in words_of(section)
    choice = section.findChild(Segments)
    assert isinstance(choice, Segments)
    choice.set_value("1")
    section._on_chosen("1")
    QApplication.processEvents()
    assert "KeyError: 'x'." in words_of(section) and "line 7\nKeyError" in words_of(section)
    next(one for one in section.findChildren(Button) if one.text() == "Go to line 7").click()
    assert went == [7]


@pytest.mark.parametrize(
    ("expectation", "words"),
    [
        (Expectation(patient=DAY_30.name, label="n", expected=1, got=1, ok=True), "1, all as expected"),
        (Expectation(patient=DAY_30.name, label="n", expected=1, got=2), "1 of 1 not as expected"),
        (None, "1 not tried"),
    ],
)
def test_patients_say_how_they_went(qtbot: QtBot, expectation: Expectation | None, words: str) -> None:
    section = PatientsSection()
    found = () if expectation is None else (expectation,)
    section.show_exhibits(exhibits(shown({"trials": (msgspec.structs.replace(TRIAL, expectations=found),)})))
    shown_alone(qtbot, section)
    assert words in words_of(section)


def test_the_evidence_is_named_and_its_verdict_stays_above_what_scrolls(qtbot: QtBot) -> None:
    signed: list[bool] = []
    pane = EvidencePane(lambda line: None, lambda: signed.append(True), str)
    pane.show_verdict(verdict(shown()))
    pane.show_exhibits(exhibits(shown()))
    shown_alone(qtbot, pane, height=300)
    assert unnamed(pane) == []
    pane._area.verticalScrollBar().setValue(pane._area.verticalScrollBar().maximum())
    sign = next(one for one in pane.findChildren(Button) if one.text() == "Sign draft 2…")
    assert not sign.visibleRegion().isEmpty()
    sign.click()
    assert signed == [True]


def test_a_signed_draft_is_run_from_its_verdict_where_the_keyboard_goes_once_it_is_signed(qtbot: QtBot) -> None:
    ran: list[str] = []
    pane = EvidencePane(lambda line: None, lambda: None, ran.append)
    pane.show_verdict(verdict(shown()))
    shown_alone(qtbot, pane)
    named = {one.text(): one for one in pane.findChildren(Button)}
    named["Sign draft 2…"].setFocus()
    assert not named["Run it"].isVisible()
    pane.show_verdict(verdict(shown(approval="a-7")))
    assert pane.window().focusWidget() is named["Run it"] and named["Run it"].isVisible()
    named["Run it"].click()
    assert ran == ["a-7"]
    assert [one.text() for one in pane._verdict.findChildren(Button) if one.isVisible()] == ["Run it", "Sign again…"]
    pane.show_verdict(verdict(shown()))
    assert [one.text() for one in pane._verdict.findChildren(Button) if one.isVisible()] == ["Sign draft 2…"]


def test_what_was_folded_is_kept_and_what_was_unfolded_is_forgotten() -> None:
    write_folded("codes", True)
    write_folded("claims", True)
    write_folded("codes", False)
    assert read_folded() == {"claims"}


def test_a_row_goes_on_below_where_there_is_no_room_and_leaves_none_for_what_is_hidden(qtbot: QtBot) -> None:
    buttons = [Button(f"Button number {n}") for n in range(4)]
    row = FlowRow(*buttons[:2], push=(beside(*buttons[2:]),))
    wide, one = row.sizeHint().width(), row.sizeHint().height()
    assert row.heightForWidth(wide) == one
    assert row.heightForWidth(wide // 2) >= 2 * one
    buttons[0].hide()
    assert row.sizeHint().width() < wide
    shown_alone(qtbot, row, width=wide + 100, height=one)
    assert buttons[3].mapTo(row, buttons[3].rect().topRight()).x() == row.rect().right()


def test_a_table_is_as_high_as_its_rows_until_it_scrolls(qtbot: QtBot) -> None:
    table: FittedTable[str] = FittedTable("Words", [Column("Word", lambda row: row, stretch=True)], most=5)
    table.set_rows(("a",))
    shown_alone(qtbot, table)
    short = table.height()
    table.set_rows(tuple("abcde"))
    higher = table.height()
    table.set_rows(tuple(str(n) for n in range(500)))
    assert short < higher
    assert table.height() == higher


def test_progress_is_shown_while_the_draft_is_checked(qtbot: QtBot) -> None:
    bar = TopBar()
    shown_alone(qtbot, bar, width=900, height=150)
    meter = bar.findChild(Meter)
    assert isinstance(meter, Meter)
    bar.show_looking("Reading draft 2…")
    assert "Reading draft 2…" in words_of(bar) and not meter.isVisible()
    bar.show_looking("Trying it…", 2, 4)
    assert meter.isVisible() and not bar._again.isEnabled()
    bar.show_looking("")
    assert not meter.isVisible() and bar._again.isEnabled()
    assert "Trying it…" not in words_of(bar)


def test_the_hash_is_short_to_see_and_whole_to_hear(qtbot: QtBot) -> None:
    bar = TopBar()
    shown_alone(qtbot, bar, width=900, height=150)
    bar.show_facts("agent", "ab" * 32)
    assert "abababababab" in words_of(bar)
    label = next(one for one in bar.findChildren(Label) if one.text() == "abababababab")
    assert label.accessibleName() == f"Written by the agent, SHA-256 {'ab' * 32}"


class Spy:
    """Takes the place of the presenter of the comments."""

    def __init__(self) -> None:
        self.edited: list[Remark] = []
        self.removed: list[Remark] = []
        self.sent = 0

    def edit(self, remark: Remark) -> None:
        self.edited.append(remark)

    def remove(self, remark: Remark) -> None:
        self.removed.append(remark)

    def send(self) -> None:
        self.sent += 1


def test_comments_are_edited_and_removed_by_keyboard(qtbot: QtBot) -> None:
    bar, spy = RemarksBar(), Spy()
    bar.drive(spy)  # type: ignore[arg-type]
    remarks = (Remark(3, 4, "first"), Remark(9, 9, "second", "question"))
    shown_alone(qtbot, bar, width=600, height=300)
    bar.show_remarks(remarks, "Send 2 comments")
    table = bar.findChild(FittedTable)
    assert isinstance(table, FittedTable)
    assert lines_of_cells(table) == [["lines 3–4", "Must change", "first"], ["line 9", "Question", "second"]]
    bar.activateWindow()
    table.setFocus()
    table.go_to_row(1)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert (spy.edited, spy.removed) == ([remarks[1]], [remarks[1]])
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: spy.sent == 1)
    bar.show_remarks((), "Send 0 comments")
    assert not bar.isVisible()


def test_a_text_tells_only_the_rows_that_can_be_read_whole(qtbot: QtBot) -> None:
    text = ProgramText("Program", wraps=True)
    shown_alone(qtbot, text, width=500, height=200)
    told: list[tuple[int, int]] = []
    text.read.connect(lambda sheet, first, last, letters: told.append((first, last)))
    text.show_sheet(plain("\n".join(f"line_{n} = {n}" for n in range(200))), "new")
    first, last = told[-1]
    assert first == 1 and 5 < last < 20
    text.show_from(50)
    assert told[-1][0] == 50
    text.verticalScrollBar().setValue(text.verticalScrollBar().maximum())
    assert told[-1][1] == 200


def test_a_line_that_needs_more_than_the_window_has_is_not_read_whole_at_once(qtbot: QtBot) -> None:
    text = ProgramText("Program", wraps=True)
    shown_alone(qtbot, text, width=300, height=120)
    told: list[tuple[int, int]] = []
    text.read.connect(lambda sheet, first, last, letters: told.append((first, last)))
    text.show_sheet(plain("first\n" + "x = 1; " * 200 + "\nlast"), "new")
    assert told[-1] == (1, 1)


def test_without_wrapping_the_end_of_a_long_line_is_read_after_scrolling_there(qtbot: QtBot) -> None:
    text = ProgramText("Program", wraps=False)
    shown_alone(qtbot, text, width=300, height=120)
    told: list[int] = []
    text.read.connect(lambda sheet, first, last, letters: told.append(letters))
    text.show_sheet(plain("y" * 150), "new")
    assert told[-1] < 150
    text.horizontalScrollBar().setValue(text.horizontalScrollBar().maximum())
    assert told[-1] >= 150


def test_numbers_of_both_versions_have_the_same_width(qtbot: QtBot) -> None:
    text = ProgramText("Program", wraps=True)
    shown_alone(qtbot, text)
    old = "\n".join("abcdefghijkl")
    text.show_sheet(changes(compare_lines(old, old.replace("c", "x"))), "both")
    assert text._gutter.texts is not None
    assert {len(one) for one in text._gutter.texts} == {5}
    assert text._gutter.texts[2:4] == (" 3   ", "    3")
