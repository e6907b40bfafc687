"""Every widget in every state, rendered to pictures, to be looked at.

QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=2 python tests/desktop/widgets/gallery.py FOLDER [prefix]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.theme import Space, icon
from desktop.widgets import (
    Busy,
    Button,
    Card,
    Chip,
    CodeEdit,
    CodeView,
    Column,
    EmptyState,
    FormDialog,
    Heading,
    Label,
    LineMark,
    Meter,
    Notice,
    NumberField,
    PagedTable,
    PassphraseField,
    PathField,
    RowsTable,
    SearchField,
    Segments,
    scrolled,
    two_panes,
)
from sandbox.errors import WrongPassphrase

ICONS = sorted(path.stem for path in Path("resources/icons").glob("*.svg") if path.stem != "preceptor")

PROGRAM = '''"""Share of heart-failure stays followed by an unplanned readmission within 30 days."""
import pandas as pd

PARAMETERS = {"start": "2022-01-01", "codes": ["I50.21", "I50.23"], "days": 30}


def main(data, report, start, codes, days):
    stays = data.sql(
        """
        SELECT pat_id, enc_id, admit_dt, disch_dt, age_at_admit
        FROM ehr.encounters WHERE disch_dt >= :start AND primary_dx IN (:codes)
        """,
        start=start, codes=codes,
    )
    adults = stays[stays.age_at_admit >= 18]  # as in the protocol
    report.step("adults", adults)
    later = adults.groupby("pat_id").admit_dt.shift(-1)
    gap = (later - adults.disch_dt).dt.days
    report.value("30-day readmission rate", float((gap <= days).mean()))
'''


@dataclass(frozen=True)
class Run:
    id: str
    title: str
    outcome: str
    started: str
    rows: int


RUNS = (
    Run("run-20260102-1a2b", "30-day readmissions in heart failure", "finished", "2 January 2026, 03:04", 12480),
    Run("run-20260102-77f0", "Sepsis bundle timing by ward", "limit", "1 January 2026, 17:40", 250000),
    Run("run-20251230-0c4e", "Median time to first antibiotic", "failed", "30 December 2025, 09:12", 0),
    Run("run-20251229-5d1a", "Length of stay after hip fracture", "finished", "29 December 2025, 14:55", 3127),
)
TONES = {"finished": "good", "limit": "warn", "failed": "bad"}
COLUMNS = (
    Column[Run]("Run", lambda run: run.id, mono=True),
    Column[Run]("Program", lambda run: run.title, stretch=True),
    Column[Run](
        "Outcome", lambda run: run.outcome, tone=lambda run: TONES[run.outcome], icon=lambda r: TONES[r.outcome]
    ),
    Column[Run]("Started", lambda run: run.started),
    Column[Run]("Rows read", lambda run: f"{run.rows:,}", right=True),
)


def row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(Space.SMALL)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return layout


def off(widget: QWidget) -> QWidget:
    widget.setEnabled(False)
    return widget


def buttons() -> Card:
    card = Card("Buttons", "One primary per screen; danger asks before it acts.")
    card.head.addWidget(Button("Reload", kind="quiet", icon="reload"))
    for kind, text, name in (
        ("primary", "Sign draft 2", "sign"),
        ("plain", "Try again", "play"),
        ("quiet", "Show what was sent", "sent"),
        ("danger", "Revoke…", "bad"),
    ):
        card.body.addLayout(
            row(
                Button(text, kind=kind),
                Button(text, kind=kind, icon=name),  # type: ignore[arg-type]
                off(Button(text, kind=kind, icon=name)),
            )
        )  # type: ignore[arg-type]
    card.body.addLayout(row(Segments("Shown", [("all", "All"), ("mine", "Changed"), ("new", "New columns")])))
    return card


def inputs() -> Card:
    card = Card("Inputs")
    grid = QGridLayout()
    grid.setSpacing(Space.SMALL)
    text, combo = QLineEdit("Quality improvement, heart failure"), QComboBox()
    spin = NumberField("Runs", 1, 50, 1)
    combo.addItems(["Full approval", "First look"])
    empty = QLineEdit()
    empty.setPlaceholderText("Why this may be read")
    for place, widget in enumerate(
        (
            text,
            empty,
            combo,
            off(QComboBox()),
            spin,
            off(QLineEdit("not now")),
            PassphraseField(),
            SearchField("Search tables"),
        )
    ):
        grid.addWidget(widget, place // 2, place % 2)
    card.body.addLayout(grid)
    card.body.addWidget(PathField("Bundle folder", "new folder"))
    boxes = [QCheckBox("Told"), QCheckBox("Given"), off(QCheckBox("Not now"))]
    boxes[0].setChecked(True)
    boxes[2].setChecked(True)
    boxes[1].setTristate(True)
    boxes[1].setCheckState(Qt.CheckState.PartiallyChecked)
    radios = [QRadioButton("Care team"), QRadioButton("Research")]
    radios[0].setChecked(True)
    card.body.addLayout(row(*boxes, *radios))
    note = QPlainTextEdit("Adults only. Count a readmission once per stay.")
    note.setFixedHeight(60)
    card.body.addWidget(note)
    return card


def words() -> Card:
    card = Card("Words", "Headings, roles and chips")
    card.body.addWidget(Heading("Review", 1))
    card.body.addWidget(Heading("What it may read", 2))
    card.body.addWidget(Heading("Encounters", 3))
    card.body.addWidget(Label("The program asks for five columns of one table; two of them no approval read before."))
    card.body.addWidget(Label("Two columns are new since draft 1.", role="muted"))
    card.body.addWidget(Label("Signed 2 January 2026, 03:04", role="small"))
    card.body.addWidget(Label("sha256 9f86d081884c", role="mono"))
    card.body.addLayout(
        row(
            *(
                Chip(text, tone)
                for text, tone in (  # type: ignore[arg-type]
                    ("draft 2", "plain"),
                    ("signed", "good"),
                    ("new column", "info"),
                    ("changed", "warn"),
                    ("refused", "bad"),
                )
            )
        )
    )
    return card


def notices() -> Card:
    card = Card("Notices and progress")
    said = (
        ("info", "The dictionary of ehr was signed again."),
        ("good", "Draft 2 was signed."),
        ("warn", "The approval ends in 3 hours."),
        ("bad", "The run was cut off."),
    )
    for tone, sentence in said:
        notice = Notice()
        notice.show_notice(
            tone,
            sentence,
            "Run it again; nothing was lost." if tone == "bad" else "",  # type: ignore[arg-type]
            "Run again" if tone == "bad" else "",
        )
        card.body.addWidget(notice)
    meter, busy = Meter("Rows read"), Busy()
    meter.set(12480, 50000, "12,480 of 50,000")
    busy.start("Trying draft 2 on 6 made-up patients …")
    card.body.addWidget(meter)
    card.body.addWidget(busy)
    return card


def tables() -> Card:
    card = Card("Runs")
    table: RowsTable[Run] = RowsTable("Runs", COLUMNS, empty="No run yet.", sortable=True)
    table.set_rows(RUNS, key=lambda run: run.id)
    table.set_current("run-20260102-77f0")
    none: RowsTable[Run] = RowsTable("Exports", COLUMNS[:2], empty="Nothing was exported yet.")
    none.setFixedHeight(110)
    table.setMinimumHeight(190)
    card.body.addWidget(table)
    card.body.addWidget(none)
    return card


def paged() -> Card:
    card = Card("Results")
    names = [f"column_{n}" for n in range(300)]
    table = PagedTable("By month", names, 2_000_000, lambda *_: None, numeric=(True, False))
    cells = tuple(tuple(f"{r * 17 % 997}.{c}" for c in range(50)) for r in range(3))
    table.arrived(0, 0, cells + tuple(tuple("" for c in range(50)) for r in range(0)))
    table.setMinimumHeight(180)
    card.body.addWidget(table)
    return card


def code() -> QWidget:
    view, edit = CodeView("Program"), CodeEdit("Your draft")
    view.show_code(PROGRAM, "python")
    view.set_marks(
        (
            LineMark(10, "warn", "age_at_admit: no approval read it before."),
            LineMark(16, "info", "Never executed on made-up patients."),
            LineMark(19, "bad", "A refusal."),
        )
    )
    edit.show_code(PROGRAM, "python")
    edit.set_tints({4: "changed", 15: "added", 16: "removed"})
    panes = two_panes(view, edit, (1, 1), "code")
    panes.setMinimumHeight(360)
    return panes


def window_parts() -> QWidget:
    tabs, navigation = QTabWidget(), QListWidget()
    for name in ("questions", "review", "runs", "data", "records", "settings", "doctor"):
        navigation.addItem(QListWidgetItem(icon(name, "muted"), name.capitalize()))
    navigation.setObjectName("navigation")
    navigation.setCurrentRow(1)
    navigation.setMinimumWidth(170)
    tabs.addTab(EmptyState("runs", "No run yet", "Sign a draft, then run it here.", "Review a draft"), "Results")
    tabs.addTab(QWidget(), "What was sent")
    tabs.setMinimumHeight(260)
    page = QWidget()
    layout = QHBoxLayout(page)
    layout.addWidget(navigation)
    layout.addWidget(tabs, 1)
    return page


def icons() -> Card:
    card = Card("Icons")
    grid = QGridLayout()
    for place, name in enumerate(ICONS):
        button = Button(name, kind="quiet", icon=name)
        grid.addWidget(button, place // 9, place % 9)
    card.body.addLayout(grid)
    return card


def dialog(problem: bool) -> FormDialog:
    form = FormDialog("Sign draft 2", None, primary="Sign", icon="sign")
    form.add_text("You approve that exactly this program may read 5 columns of ehr.encounters.")
    purpose, hours = QLineEdit("Quality improvement"), NumberField("Valid for hours", 1, 72, 24)
    form.add("Purpose", purpose, "It is written into the approval and the records.")
    form.add("Valid for hours", hours)
    form.add("Passphrase", PassphraseField())
    if problem:
        form.show_problem(WrongPassphrase("The passphrase does not open your key."))
    else:
        form.busy("Signing …")
    return form


def gallery() -> list[tuple[str, QWidget, tuple[int, int]]]:
    first, second, third = QWidget(), QWidget(), QWidget()
    grid = QGridLayout(first)
    grid.setContentsMargins(Space.PAGE, Space.WIDE, Space.PAGE, Space.WIDE)
    grid.setSpacing(Space.LARGE)
    for place, card in enumerate((buttons(), inputs(), words(), notices())):
        grid.addWidget(card, place // 2, place % 2)
    for page, parts in ((second, (tables(), paged(), window_parts())), (third, (code(), icons()))):
        layout = QVBoxLayout(page)
        layout.setContentsMargins(Space.PAGE, Space.WIDE, Space.PAGE, Space.WIDE)
        layout.setSpacing(Space.LARGE)
        for part in parts:
            layout.addWidget(part)
    return [
        ("1", scrolled(first), (1280, 860)),
        ("2", second, (1280, 860)),
        ("3", third, (1280, 860)),
        ("dialog", dialog(problem=True), (0, 0)),
        ("busy", dialog(problem=False), (0, 0)),
    ]


def main(folder: Path, prefix: str) -> None:
    app = QApplication([])
    theme.apply(app)
    pages = gallery()
    for choice in ("light", "dark"):
        theme.use(choice)  # type: ignore[arg-type]
        for name, page, (width, height) in pages:
            theme.dress(page)
            page.show()
            if width:
                page.resize(width, height)
            for _turn in range(60):
                app.processEvents()
            page.grab().save(str(folder / f"{prefix}{name}-{choice}.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "gallery-")
