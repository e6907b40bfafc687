"""The first start on the screen: the list of steps at the left, one page at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.start.connect_pane import ConnectPane
from desktop.start.know_pane import KnowPane
from desktop.start.pane import Pane
from desktop.start.presenter import StartPresenter, Welcome
from desktop.start.step_list import StepList
from desktop.start.steps import Listed, Step
from desktop.start.welcome_pane import WelcomePane
from desktop.start.who_pane import WhoPane
from desktop.start.work_pane import WorkPane
from desktop.theme import Space
from desktop.widgets import Label, scrolled

_NARROW = 110  # letters


class StartPage(QWidget):
    """Shown by the window instead of its screens until `on_finished` is called."""

    def __init__(self, desk: Desk, on_finished: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("screen-start")
        self.setAccessibleName("First start")
        self._desk = desk
        self.welcome = WelcomePane()
        self.who, self.connect_data = WhoPane(), ConnectPane()
        self.work, self.know = WorkPane(), KnowPane()
        self._pane: Pane = self.welcome
        self._list, self._rule = StepList(), QFrame()
        self._where = Label(role="muted")
        self._pages = QStackedWidget()
        self._areas: dict[Pane, QScrollArea] = {}
        for pane in (self.welcome, self.who, self.connect_data, self.work, self.know):
            self._areas[pane] = scrolled(pane)
            self._pages.addWidget(self._areas[pane])
        self._lay()
        self.presenter = StartPresenter(self, desk, on_finished)
        self._connect_panes()
        self.presenter.begin()

    @property
    def connecting(self) -> ConnectPane:
        return self.connect_data

    def show_welcome(self, welcome: Welcome) -> None:
        self.welcome.show_welcome(welcome)

    def show_step(self, step: Step, steps: tuple[Listed, ...]) -> None:
        self._list.show_steps(steps, self._desk.standing.root)
        self._where.setText(self._list.accessibleName())
        panes: dict[Step, Pane] = {
            Step.WELCOME: self.welcome,
            Step.WHO: self.who,
            Step.CONNECT: self.connect_data,
            Step.KNOW: self.know,
        }
        self._pane = panes.get(step, self.work)
        self._pages.setCurrentWidget(self._areas[self._pane])
        self._pane.first_focus().setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pane.first_focus().setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for the list of steps, one line says where one is."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * _NARROW
        self._where.setVisible(narrow)
        for widget in (self._list, self._rule):
            widget.setVisible(not narrow)

    def _lay(self) -> None:
        self._rule.setProperty("rule", True)
        self._rule.setFixedWidth(1)
        self._where.setContentsMargins(Space.PAGE, Space.MEDIUM, Space.PAGE, 0)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._where)
        right.addWidget(self._pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._list)
        row.addWidget(self._rule)
        row.addLayout(right, 1)

    def _connect_panes(self) -> None:
        presenter = self.presenter
        self.welcome.chosen.connect(presenter.choose)
        self.welcome.look_again.connect(presenter.look_again)
        self.who.typed.connect(presenter.who.typed)
        self.who.wanted.connect(presenter.who.set_up)
        self.who.back_wanted.connect(presenter.back)
        self.work.again.connect(presenter.work.again)
        self.work.disconnect_wanted.connect(presenter.work.disconnect)
        self.work.doctor_wanted.connect(self._on_doctor)
        self.work.later.connect(self._on_later)
        self.know.chosen.connect(presenter.know.choose)
        self.know.typed.connect(presenter.know.typed)
        self.know.wanted.connect(presenter.know.sign)
        self.know.later.connect(self._on_later)
        self.connect_data.typed.connect(presenter.connect.typed)
        self.connect_data.wanted.connect(presenter.connect.connect)
        self.connect_data.later.connect(self._on_later)

    def _on_later(self) -> None:
        self.presenter.later("data")

    def _on_doctor(self) -> None:
        self.presenter.later("doctor")
