"""The evidence in the order in which a reviewer decides: the verdict, then one section after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.review.evidence_sections import ClaimsSection, CodesSection, FlagsSection, ParametersSection, ReadsSection
from desktop.review.evidence_shown import Exhibits
from desktop.review.flow import FlowRow
from desktop.review.folds import read_folded, write_folded
from desktop.review.patients_section import PatientsSection
from desktop.review.trials_section import TrialsSection
from desktop.review.wording import Verdict
from desktop.theme import ICON, Space
from desktop.widgets import Button, Heading, Label, Picture, scrolled
from desktop.widgets.texts import set_tone

if TYPE_CHECKING:
    from desktop.review.presenter import ReviewPresenter

LETTERS = {"reads": "M", "flags": "F", "codes": "O", "trials": "Y", "patients": "P", "parameters": "T", "claims": "W"}


class EvidencePane(QWidget):
    """Implements `EvidenceView`. `go_to` shows a line of the program, `run` goes to where an approval is run."""

    def __init__(self, go_to: Callable[[int], None], sign: Callable[[], None], run: Callable[[str], None]) -> None:
        super().__init__()
        self.setAccessibleName("Evidence")
        self._verdict = VerdictBox(sign, run)
        self._patients = PatientsSection()
        self._sections = (
            ReadsSection(),
            FlagsSection(go_to),
            CodesSection(go_to),
            TrialsSection(go_to),
            self._patients,
            ParametersSection(),
            ClaimsSection(),
        )
        self._area = self._make_area()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(self._verdict)
        layout.addWidget(self._area, 1)

    def drive(self, presenter: ReviewPresenter) -> None:
        self._patients.drive(presenter.patients)

    def show_verdict(self, verdict: Verdict) -> None:
        self._verdict.show_verdict(verdict)

    def show_exhibits(self, exhibits: Exhibits) -> None:
        for section in self._sections:
            section.show_exhibits(exhibits)
        self._area.verticalScrollBar().setValue(0)  # another draft is read from its beginning

    def listen_for_letters(self, screen: QWidget) -> None:
        """Alt and a section's letter unfolds it and goes there, wherever the keyboard is on the screen."""
        for section in self._sections:
            scope = Qt.ShortcutContext.WidgetWithChildrenShortcut
            key = QShortcut(QKeySequence(f"Alt+{LETTERS[section.key]}"), screen, context=scope)
            key.activated.connect(section.go_to)

    def _on_reached(self, key: str) -> None:
        section = next(one for one in self._sections if one.key == key)
        self._area.ensureWidgetVisible(section, 0, Space.LARGE)

    def _make_area(self) -> QScrollArea:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, Space.SMALL, 0)
        layout.setSpacing(Space.SMALL)
        folded = read_folded()
        for section in self._sections:
            section.set_folded(section.key in folded)
            section.folded.connect(write_folded)
            section.reached.connect(self._on_reached)
            layout.addWidget(section)
        layout.addStretch(1)
        return scrolled(inside)


class VerdictBox(QFrame):
    """What the reviewer is told first, and the button that follows from it: to sign; once signed, to run."""

    def __init__(self, sign: Callable[[], None], run: Callable[[str], None]) -> None:
        super().__init__()
        self._run_it = run
        self._approval = ""
        self.setProperty("notice", True)
        self.setProperty("tone", "info")
        self._picture = Picture("info", ICON + 4, "info")
        self._title = Heading(level=3)
        self._detail = Label()
        self._sign = Button("Sign…", sign, kind="primary", icon="sign", name="Sign this draft")
        self._run = Button("Run it", self._on_run, kind="primary", icon="play")
        self._again = Button("Sign again…", sign, icon="sign")
        words = QVBoxLayout()
        words.setSpacing(Space.TIGHT)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        words.addWidget(FlowRow(self._sign, self._run, self._again))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.MEDIUM, Space.MEDIUM, Space.MEDIUM, Space.MEDIUM)
        layout.setSpacing(Space.SMALL)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    def show_verdict(self, verdict: Verdict) -> None:
        set_tone(self, verdict.tone)
        self._picture.set_picture(verdict.tone, verdict.tone)
        self._title.setText(verdict.title)
        self._detail.setText(verdict.detail)
        self.setAccessibleName(f"{verdict.title}. {verdict.detail}")
        for button in (self._sign, self._again):
            button.setText(verdict.action)
            button.setEnabled(verdict.may_sign)
            button.setAccessibleName(verdict.action)
            button.setAccessibleDescription(verdict.reason)
        self._show_run(verdict.approval)

    def _show_run(self, approval: str) -> None:
        """After signing the keyboard is on what comes next."""
        had_focus = self._sign.hasFocus() or self.window().focusWidget() is self._sign
        self._approval = approval
        self._run.setVisible(bool(approval))
        self._again.setVisible(bool(approval))
        if had_focus and approval:
            self._run.setFocus()
        self._sign.setVisible(not approval)

    def _on_run(self) -> None:
        self._run_it(self._approval)
