"""The window: pages for opening, first start, work and lock; and the desk that presenters see (`desk.Desk`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.asking import Asking
from desktop.clock import QtClock
from desktop.kept import Kept, keep_place, kept_path
from desktop.keys import WindowKeys
from desktop.lock.hiding import HiddenDialogs
from desktop.lock.presenter import LockPresenter
from desktop.lock.view import LockPage
from desktop.opening.view import OpeningPage
from desktop.patience import Patience
from desktop.processes import Processes
from desktop.questions.drafting import Drafting
from desktop.shell import Shell
from desktop.theme import Space, dress
from desktop.touches import Touches, application
from desktop.widgets import Notice
from desktop.widgets.code_spans import get_ready
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.starting import Open, ReadStanding, Standing

NARROW = 1000  # logical pixels; below it the navigation shows icons alone
SMALLEST = (720, 460)
USUAL = (1360, 860)
SLOW_AFTER = 3.0  # seconds
READY_AFTER = 1.0  # seconds from the lock page to what can be made while the passphrase is typed


class Window(QMainWindow):
    """One workspace. `elsewhere_wanted` asks for another one; `closed` when this one is over."""

    elsewhere_wanted = Signal(str)
    closed = Signal()

    def __init__(self, root: Path) -> None:
        super().__init__()
        dress(self)
        self.setWindowTitle("Preceptor")
        self.setMinimumSize(*SMALLEST)
        self.root = root
        self.clock = QtClock(self)
        self.standing = Standing(root=str(root), exists=False, finished=False)
        self.processes = Processes(root, self.fail, self)
        self.drafting = Drafting(self)
        self._dialogs = HiddenDialogs(self)
        self._wanted: tuple[str, dict[str, str]] | None = None  # where to go once the desk is unlocked
        self._slow = ""
        self._may_close = False
        self._start_page: QWidget | None = None
        self._opening = OpeningPage()
        self._opening.again.connect(self.open_workspace)
        self._opening.elsewhere.connect(self.elsewhere_wanted)
        self._lock_page = LockPage()
        self.shell = Shell(self, self)
        self._pages = QStackedWidget()
        for page in (self._opening, self.shell, self._lock_page):
            self._pages.addWidget(page)
        self._notice = Notice()
        self.setCentralWidget(stacked(self._notice, self._pages))
        self._lock = LockPresenter(self._lock_page, self, self._hide_everything, self._show_again)
        self._touches = Touches(self, self._lock.touched)
        self._lock_page.tried.connect(self._lock.unlock)
        self._lock_page.other_way_wanted.connect(self._lock.other_way)
        self._patience = Patience(self.processes.asks, self.clock, self._show_slow)
        self._keys = WindowKeys(self)
        self._lay()

    # What presenters see.

    @property
    def asks(self) -> Asking:
        return self.processes.asks

    @property
    def sessions(self) -> Processes:
        return self.processes

    def go(self, screen: str, **place: str) -> None:
        if self._lock.locked:
            self._wanted = (screen, place)
        else:
            self.shell.go(screen, place)

    def tell(self, sentence: str) -> None:
        self.shell.status.tell(sentence)

    def fail(self, problem: PreceptorError) -> None:
        self._notice.show_problem(problem)

    def refresh(self, then: Callable[[], None] | None = None) -> None:
        self.asks.ask(ReadStanding(), lambda standing: self._on_standing(standing, then))

    def busy(self, what: str, sentence: str) -> None:
        self.shell.status.set_busy(what, sentence)

    @property
    def is_at_work(self) -> bool:
        """Screens are shown: not the first start, not a locked desk."""
        return self._pages.currentWidget() is self.shell

    def lock(self) -> None:
        """Hide everything now, where there is something to come back to."""
        if self.standing.finished:
            self._lock.lock()

    # Opening, first start, lock.

    def open_workspace(self) -> None:
        """Ask for the workspace; the window is on the screen already. What did not answer before is ended first."""
        if self.asks.waiting_longest()[0]:
            self.asks.give_up()
        self._pages.setCurrentWidget(self._opening)
        self._opening.show_opening(str(self.root))
        slow = self.clock.after(SLOW_AFTER, self._opening.show_waiting)

        def opened(standing: Standing) -> None:
            slow.drop()
            self._on_opened(standing)

        def refused(problem: PreceptorError) -> None:
            slow.drop()
            self._opening.show_problem(problem)

        self.asks.ask(Open(), opened, refused)

    def _on_opened(self, standing: Standing) -> None:
        from desktop.start import build, is_needed

        self._on_standing(standing, None)
        self._lock.watch()
        self._patience.watch()
        self._touches.watch()
        self.clock.after(READY_AFTER, get_ready)
        if not is_needed(standing):
            self._lock.lock()
            return
        self._start_page = build(self, self._on_first_start_over)
        self._pages.addWidget(self._start_page)
        self._pages.setCurrentWidget(self._start_page)

    def _on_first_start_over(self) -> None:
        self.refresh(self._leave_first_start)

    def _leave_first_start(self) -> None:
        if not self._lock.locked:
            self._pages.setCurrentWidget(self.shell)
        self.go(self.shell.shown or self._where_work_is())
        if self._start_page is not None:
            self._pages.removeWidget(self._start_page)
            self._start_page.deleteLater()
            self._start_page = None

    def _where_work_is(self) -> str:
        return "questions" if any(source.signed for source in self.standing.sources) else "data"

    def _on_standing(self, standing: Standing, then: Callable[[], None] | None) -> None:
        self.standing = standing
        demo = "a demo: made-up data, throwaway store" if standing.exists and standing.store == "throwaway" else ""
        self.shell.status.show_place("  ·  ".join(filter(None, (self.root.name, demo))))
        self.shell.standing_changed()
        if then is not None:
            then()

    def _hide_everything(self) -> None:
        application().installEventFilter(self)  # only while locked: it is called for each event of each widget
        self.shell.lock()
        self._dialogs.hide()
        self._pages.setCurrentWidget(self._lock_page)

    def _show_again(self) -> None:
        application().removeEventFilter(self)
        self._pages.setCurrentWidget(self._start_page or self.shell)
        if self._start_page is None:
            screen, place = self._wanted or (self.shell.shown or self._where_work_is(), {})
            self.go(screen, **place)
        self._wanted = None
        self._dialogs.show()

    def _show_slow(self, sentence: str) -> None:
        """Said, or taken back; what else was said meanwhile stays."""
        if sentence:
            self._notice.show_notice("warn", sentence, action="Stop waiting", do=self.asks.give_up)
        elif self._notice.sentence == self._slow:
            self._notice.clear()
        self._slow = sentence

    # Place and closing.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._lock.locked:
            QTimer.singleShot(0, self._keep_hidden)
        return False

    def _keep_hidden(self) -> None:
        """A dialog that opens by itself waits until the desk is unlocked."""
        if self._lock.locked:
            self._dialogs.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.shell.navigation.set_narrow(self.width() < NARROW)

    def closeEvent(self, event: QCloseEvent) -> None:
        busy = self.shell.status.busy
        if busy and not self._may_close:
            from desktop.closing import ClosingDialog

            event.ignore()
            dialog = ClosingDialog(busy, self)
            dialog.close_wanted.connect(self.close_at_once)
            dialog.open()
            return
        keep_place(bytes(self.saveGeometry().toBase64().data()).decode(), str(self.root))
        self.hide()
        application().removeEventFilter(self)
        self.processes.close()
        super().closeEvent(event)
        self.closed.emit()

    def close_at_once(self) -> None:
        """Close without asking; what goes on is stopped."""
        self._may_close = True
        self.close()

    def _lay(self) -> None:
        """As it lay last time, when that is still on a screen; else the usual size, or all there is."""
        screen = QApplication.primaryScreen().availableSize() - QSize(Space.PAGE, 2 * Space.PAGE)  # room for its frame
        self.resize(min(USUAL[0], screen.width()), min(USUAL[1], screen.height()))
        self.restoreGeometry(QByteArray.fromBase64(Kept.read(kept_path()).geometry.encode()))


def stacked(*widgets: QWidget) -> QWidget:
    """One below the other; the last takes the room."""
    found = QWidget()
    layout = QVBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is widgets[-1] else 0)
    return found
