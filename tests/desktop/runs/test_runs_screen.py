"""The screen *Runs* as a person meets it: what is on it, what a key does, what can't be copied."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from runs_parts import APPROVAL, FAILED, FINISHED, LIST, RESULTS
from showing import show_in_front

from desktop.runs import build
from desktop.runs.decoding import PIXELS, picture
from desktop.runs.export_form import ExportForm, file_name
from desktop.runs.figure_view import FigureView
from desktop.runs.table_pane import ResultTable
from desktop.runs.view import RunsScreen
from sandbox.errors import WrongPassphrase
from sandbox.messages.desk import Cancel, Ready, RunBegan, RunEnded, Step
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.runs import (
    CloseResults,
    ColumnShown,
    Export,
    Exported,
    Figure,
    ListRuns,
    OpenResults,
    ReadFigure,
    ReadRows,
    Result,
    Rows,
    RunList,
)


def png(width: int, height: int) -> bytes:
    from PySide6.QtCore import QBuffer

    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def cells(order: ReadRows) -> Rows:
    row = tuple(f"{order.sort_by}{column}" for column in range(order.columns))
    return Rows(first=order.first, cells=(row,) * order.count)


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk()
    made.asks.answers |= {
        ListRuns: LIST,
        OpenResults: RESULTS,
        CloseResults: Done(),
        ReadRows: cells,
        ReadFigure: Figure(png=png(640, 480)),
    }
    return made


@pytest.fixture
def screen(desk: FakeDesk, qtbot: QtBot) -> RunsScreen:
    made = build(desk)  # type: ignore[arg-type]
    assert isinstance(made, RunsScreen)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    show_in_front(qtbot, made)
    made.presenter.arrive({})
    desk.asks.answer_all()
    return made


def shown_results(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    screen.presenter.choose_run(FINISHED.id)
    desk.asks.answer_all()
    qtbot.waitUntil(lambda: any(view.isVisible() for view in screen.findChildren(FigureView)))


def button(screen: Any, text: str) -> QPushButton:
    return next(one for one in screen.findChildren(QPushButton) if one.text() == text and one.isVisible())


def visible_buttons(screen: Any) -> list[str]:
    return [one.text() for one in screen.findChildren(QPushButton) if one.isVisible()]


def texts(widget: Any) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_everything_that_takes_the_keyboard_has_a_name(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    assert unnamed(screen) == []
    screen.presenter.choose_run(FAILED.id)
    screen.presenter.choose_approval(APPROVAL.id)
    assert unnamed(screen) == []


def test_getting_the_keyboard_chooses_nothing(screen: RunsScreen, qtbot: QtBot) -> None:
    for table in (screen._list._ready, screen._list._runs):
        table.setFocus()
        QApplication.processEvents()
        assert table.marked() == ""
    qtbot.keyClick(screen._list._runs, Qt.Key.Key_Down)
    assert screen._list._runs.marked() == FAILED.id
    assert "KeyError" in texts(screen)


def test_a_run_is_started_and_stopped_by_keyboard(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    qtbot.keyClick(screen._list._ready, Qt.Key.Key_Down)
    qtbot.keyClick(button(screen, "Run this program"), Qt.Key.Key_Space)
    line = desk.sessions.lines[-1]
    assert "closed room" in texts(screen)
    line.hear(Ready(jails={}))
    line.hear(RunBegan(run="r-1", seconds=0.1))
    line.hear(Step(label="stays", rows=10, patients=9))
    desk.clock.pass_by(3.0)
    assert "0:03 of 10:00" in texts(screen)
    stop = button(screen, "Stop the run")
    stop.setFocus()
    qtbot.keyClick(stop, Qt.Key.Key_Space)
    assert line.sent[-1] == Cancel() and not stop.isEnabled()


def test_no_key_falls_on_a_button_that_came_by_itself(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    screen.presenter.choose_approval(APPROVAL.id)
    button(screen, "Run this program").setFocus()
    screen.presenter.start()
    line = desk.sessions.lines[-1]
    line.hear(Ready(jails={}))
    line.hear(RunBegan(run=FAILED.id, seconds=0.1))
    desk.asks.answers[ListRuns] = LIST
    line.hear(RunEnded(run=FAILED.id, outcome="failed", sentence=FAILED.sentence))
    desk.asks.answer_all()
    assert not isinstance(QApplication.focusWidget(), QPushButton)


def test_values_texts_tables_figures_and_steps_stand_on_the_screen(
    screen: RunsScreen, desk: FakeDesk, qtbot: QtBot
) -> None:
    shown_results(screen, desk, qtbot)
    qtbot.waitUntil(lambda: "Step by step" in texts(screen))
    words = texts(screen)
    for expected in ("30-day readmission rate", "0.183", "Stays from January 2024 on.", "12 rows × 2 columns"):
        assert expected in words
    assert screen.findChild(FigureView).accessibleName() == "Figure: Trend"


def test_a_line_that_did_not_run_is_a_button_to_review(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    qtbot.waitUntil(lambda: "Lines that ran" in texts(screen))
    assert "37 of 42." in texts(screen)
    button(screen, "Lines 12–15").click()
    assert desk.went == [("review", {"question": FINISHED.question, "draft": "3", "line": "12"})]


def test_a_table_reads_only_windows_and_sorts_in_the_session(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    columns = tuple(ColumnShown(name=f"c{number}", type="number", numeric=True) for number in range(300))
    huge = Result(kind="table", label="Huge", columns=columns, rows=2_000_000)
    desk.asks.answers[OpenResults] = msgspec.structs.replace(RESULTS, results=(huge,))
    screen.presenter.choose_run(FINISHED.id)
    desk.asks.answer_all()
    qtbot.waitUntil(lambda: bool(desk.asks.of(ReadRows)))
    desk.asks.answer_all()
    assert all(order.count <= 500 and order.columns <= 100 for order in desk.asks.of(ReadRows))
    table = screen.findChild(ResultTable)
    assert table.model().index(0, 1).data() == "1"
    table.sort_asked.emit(2, True)
    qtbot.waitUntil(lambda: desk.asks.of(ReadRows)[-1].sort_by == "c2")
    desk.asks.answer_all()
    assert desk.asks.of(ReadRows)[-1].descending
    assert table.model().index(0, 1).data() == "c21"


def test_a_window_in_an_order_that_is_over_is_dropped(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    table = screen.findChild(ResultTable)
    qtbot.waitUntil(lambda: bool(desk.asks.of(ReadRows)))
    table.sort_asked.emit(1, False)
    qtbot.waitUntil(lambda: bool(desk.asks.of(ReadRows)[-1].sort_by))
    desk.asks.answer_all()
    assert table.model().index(0, 0).data() == "stays0"


def test_nothing_of_results_reaches_the_clipboard(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("before")
    shown_results(screen, desk, qtbot)
    table = screen.findChild(ResultTable)
    table.setFocus()
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "before"
    assert "Copying is an export" in texts(screen)


def test_a_table_opens_whole_and_escape_leads_back(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    button(screen, "Whole table").click()
    whole = screen._results._whole
    assert whole.isVisible()
    table = whole.findChild(ResultTable)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert not whole.isVisible()


def test_an_export_is_filled_in_and_signed(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    qtbot.waitUntil(lambda: "Export…" in visible_buttons(screen))
    desk.asks.answers[Export] = Exported(file="/tmp/by-month.csv", sha256="ab", sentence="2 counts were hidden.")
    button(screen, "Export…").click()
    form = screen.findChild(ExportForm)
    assert "below 11 are hidden" in texts(form)
    assert "By month" not in form.windowTitle()  # the system lists it; a label may be of the results
    assert not button(form, "Sign and export").isEnabled()
    for field, text in ((form._recipient, "The board"), (form._authority, "QI-1"), (form._passphrase, "secret")):
        field.setText(text)
    assert unnamed(form) == []
    button(form, "Sign and export").click()
    desk.asks.answer_all()
    order = desk.asks.of(Export)[0]
    assert (order.label, order.recipient, order.audience) == ("By month", "The board", "care team")
    assert order.to.endswith("by-month.csv")
    assert "2 counts were hidden." in screen.notice.sentence
    assert not form.isVisible()


def test_a_refused_export_keeps_what_was_typed_but_the_passphrase(
    screen: RunsScreen, desk: FakeDesk, qtbot: QtBot
) -> None:
    shown_results(screen, desk, qtbot)
    qtbot.waitUntil(lambda: "Export…" in visible_buttons(screen))
    desk.asks.answers[Export] = WrongPassphrase("The passphrase does not open the key.")
    button(screen, "Export…").click()
    form = screen.findChild(ExportForm)
    for field, text in ((form._recipient, "The board"), (form._authority, "QI-1"), (form._passphrase, "wrong")):
        field.setText(text)
    button(form, "Sign and export").click()
    desk.asks.answer_all()
    assert "does not open the key" in texts(form)
    assert form._recipient.text() == "The board" and form._passphrase.text() == ""


def test_a_first_look_can_not_be_exported(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    refused = "A first look is for your screen only."
    desk.asks.answers[OpenResults] = msgspec.structs.replace(RESULTS, export_refused=refused)
    shown_results(screen, desk, qtbot)
    qtbot.waitUntil(lambda: "Export…" in visible_buttons(screen))
    exports = [one for one in screen.findChildren(QPushButton) if one.text() == "Export…"]
    assert exports and not any(one.isEnabled() for one in exports)
    assert "For your screen only" in texts(screen)


def test_the_lock_leaves_nothing_of_results_behind(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    button(screen, "Whole table").click()
    screen._results._export("table", "By month")
    screen.presenter.lock()
    for kind in (ResultTable, FigureView, ExportForm):
        qtbot.waitUntil(lambda kind=kind: not screen.findChildren(kind))
    assert "0.183" not in texts(screen)


def test_a_thousand_results_do_not_all_stand_there_at_once(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    many = tuple(Result(kind="text", label=f"Note {number}", text="words") for number in range(1000))
    desk.asks.answers[OpenResults] = msgspec.structs.replace(RESULTS, results=many, steps=())
    screen.presenter.choose_run(FINISHED.id)
    desk.asks.answer_all()
    qtbot.waitUntil(lambda: "Show 60 more of 940 results" in visible_buttons(screen))
    button(screen, "Show 60 more of 940 results").click()
    qtbot.waitUntil(lambda: "Show 60 more of 880 results" in visible_buttons(screen))


def test_foreign_text_is_never_read_as_markup(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    evil = "<img src='http://127.0.0.1/x'><b>bold</b>"
    named = msgspec.structs.replace(FINISHED, title=evil)
    desk.asks.answers[ListRuns] = RunList(ready=(), runs=(named,))
    text = Result(kind="text", label=evil, text=evil)
    desk.asks.answers[OpenResults] = msgspec.structs.replace(RESULTS, run=named, results=(text,))
    screen.presenter.arrive({"run": FINISHED.id})
    desk.asks.answer_all()
    qtbot.waitUntil(lambda: evil in texts(screen))
    from PySide6.QtWidgets import QLabel

    labels = [label for label in screen.findChildren(QLabel) if evil in label.text()]
    assert labels and all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)


def test_a_figure_is_never_enlarged(qtbot: QtBot) -> None:
    view = FigureView("Trend")
    qtbot.addWidget(view)
    small = picture(png(100, 50))
    view.show_images(small, small)
    view.resize(800, 600)
    assert view._shown(800).width() == round(100 / view.devicePixelRatioF())
    assert view._shown(40).width() == 40


def test_what_is_no_picture_or_too_large_is_none() -> None:
    assert picture(b"GIF89a no picture").isNull()
    assert picture(b"").isNull()
    assert picture(_claiming(20_000, 20_000)).isNull()
    assert PIXELS < 20_000 * 20_000


def _claiming(width: int, height: int) -> bytes:
    """A PNG whose head claims that size."""
    import struct
    import zlib

    out = io.BytesIO(b"")
    out.write(b"\x89PNG\r\n\x1a\n")
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    out.write(struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)))
    return out.getvalue()


@pytest.mark.parametrize(
    ("label", "name"), [("By month", "by-month"), ("../../etc/passwd", "etc-passwd"), ("§$%", "results")]
)
def test_a_label_becomes_a_plain_file_name(label: str, name: str) -> None:
    assert file_name(label) == name


def test_the_form_for_a_figure_says_that_nothing_is_hidden(screen: RunsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    shown_results(screen, desk, qtbot)
    screen._results._export("figure", "Trend")
    form = screen.findChild(ExportForm)
    assert "not hidden" in texts(form)
    assert form._to.path().endswith("trend.png")
