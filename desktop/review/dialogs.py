"""Every dialog of the screen is opened here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QDialog, QWidget

from desktop.review.file_dialog import FileDialog
from desktop.review.patient_dialog import PatientView
from desktop.review.patient_form import PatientForm
from desktop.review.patient_form_dialog import PatientFormDialog
from desktop.review.patients_presenter import SmallTable
from desktop.review.remark_dialog import RemarkDialog
from desktop.review.remarks import Remark
from desktop.review.sign_dialog import SignDraftDialog
from desktop.review.signing_presenter import SignForm
from desktop.review.trials import PatientRow

if TYPE_CHECKING:
    from desktop.review.presenter import ReviewPresenter

D = TypeVar("D", bound=QDialog)


class ReviewDialogs:
    """Implements `Dialogs`; one dialog at a time."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._presenter: ReviewPresenter | None = None
        self._open: QDialog | None = None

    def drive(self, presenter: ReviewPresenter) -> None:
        self._presenter = presenter

    def write_remark(self, title: str, quote: str, remark: Remark, note: str) -> None:
        self._show(RemarkDialog(self._parent, title, quote, remark, note, self._driven.remarks))

    def open_sign(self, form: SignForm) -> SignDraftDialog:
        return self._show(SignDraftDialog(self._parent, form, self._driven.signing))

    def open_patient(self, row: PatientRow, tables: tuple[SmallTable, ...]) -> None:
        self._show(PatientView(self._parent, row, tables, self._driven.patients))

    def open_form(self, form: PatientForm, labels: tuple[str, ...], basis: str) -> PatientFormDialog:
        return self._show(PatientFormDialog(self._parent, form, labels, basis, self._driven.patients))

    def open_file(self) -> None:
        self._show(FileDialog(self._parent, self._driven.editing))

    @property
    def _driven(self) -> ReviewPresenter:
        assert self._presenter is not None
        return self._presenter

    def _show(self, dialog: D) -> D:
        self._open = dialog
        dialog.finished.connect(self._on_finished)
        dialog.open()
        return dialog

    def _on_finished(self, _result: int) -> None:
        if self._open is not None:
            self._open.deleteLater()
            self._open = None
