"""The made-up patients: what each says, and whether the program says so too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from desktop.review.evidence_shown import Exhibits
from desktop.review.fitted_table import FittedTable
from desktop.review.section import Section
from desktop.review.trials import PatientRow
from desktop.theme import Space
from desktop.widgets import Button, Column

if TYPE_CHECKING:
    from desktop.review.patients_presenter import PatientsPresenter


class PatientsSection(Section):
    """Enter opens one."""

    def __init__(self) -> None:
        super().__init__("patients", "Made-up &patients")
        self._presenter: PatientsPresenter | None = None
        self._table: FittedTable[PatientRow] = FittedTable(
            "Made-up patients",
            [
                Column("Patient", _words, stretch=True),
                Column("Outcome", lambda row: row.state, tone=_tone, icon=_tone),
            ],
            empty="The draft has no made-up patients.",
            most=12,
        )
        self._table.opened.connect(self._on_opened)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        row.addWidget(Button("Open", self._on_open, name="Open the chosen made-up patient"))
        row.addWidget(Button("Add one of mine…", self._on_add, icon="add"))
        row.addStretch(1)
        self.body.addWidget(self._table)
        self.body.addLayout(row)

    def drive(self, presenter: PatientsPresenter) -> None:
        self._presenter = presenter

    def show_exhibits(self, exhibits: Exhibits) -> None:
        rows = exhibits.patients
        self._table.set_rows(rows, key=lambda row: row.id)
        wrong = sum(row.tone == "bad" for row in rows)
        untried = sum(row.tone == "warn" for row in rows)
        if wrong:
            self.show_words(f"{wrong} of {len(rows)} not as expected", "bad")
        elif untried or not rows:
            self.show_words(f"{untried} not tried" if rows else "none", "warn")
        else:
            self.show_words(f"{len(rows)}, all as expected", "good")

    def _on_opened(self, row: PatientRow) -> None:
        assert self._presenter is not None
        self._presenter.open(row.id)

    def _on_open(self) -> None:
        row = self._table.current() or next(iter(self._table.rows()), None)
        if row is not None:
            self._on_opened(row)

    def _on_add(self) -> None:
        assert self._presenter is not None
        row = self._table.current()
        self._presenter.add(row.id if row else "")


def _words(row: PatientRow) -> str:
    return f"{row.id}\n{row.says}" if row.says else row.id


def _tone(row: PatientRow) -> str:
    return row.tone
