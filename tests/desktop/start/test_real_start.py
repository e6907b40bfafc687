"""With the real engine: a demo is set up, closed in the middle, gone on with, and ready for its first question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot
from real_desk import RealDesk
from showing import show_in_front

from desktop.start.steps import Step, next_step
from desktop.start.view import StartPage
from sandbox.workspace import Workspace

PASSPHRASE = "four unrelated words"
LONG = 120_000  # ms, on a busy machine


class Opened:
    def __init__(self, qtbot: QtBot, root: Path) -> None:
        self.qtbot = qtbot
        self.desk = RealDesk(root)
        self.finished: list[bool] = []
        opened: list[bool] = []
        self.desk.open(lambda: opened.append(True))
        self.until(lambda: bool(opened))
        self.page = StartPage(self.desk, lambda: self.finished.append(True))
        qtbot.addWidget(self.page)
        show_in_front(qtbot, self.page)

    def until(self, holds: object) -> None:
        self.qtbot.waitUntil(holds, timeout=LONG)

    def is_at(self, step: Step) -> bool:
        return next_step(self.desk.standing) is step


@contextmanager
def opened(qtbot: QtBot, root: Path) -> Iterator[Opened]:
    window = Opened(qtbot, root)
    try:
        yield window
    finally:
        window.desk.close()


def test_a_demo_that_was_closed_in_the_middle_goes_on_there(qtbot: QtBot, tmp_path: Path) -> None:
    root = tmp_path / "Preceptor"
    with opened(qtbot, root) as first:
        first.page.presenter.choose("throwaway")
        first.page.presenter.who.set_up("A Reviewer", PASSPHRASE, PASSPHRASE)
        first.until(lambda: first.is_at(Step.HOSPITAL) and "start" in first.desk.busy_with)
    with opened(qtbot, root) as second:
        assert second.is_at(Step.HOSPITAL)
        second.until(lambda: second.is_at(Step.KNOW) and bool(second.page.know.tables()))
        assert all(source.looked for source in second.desk.standing.sources)
    with opened(qtbot, root) as third:
        third.until(lambda: bool(third.page.know.tables()))
        assert third.is_at(Step.KNOW)
        third.page.presenter.know.sign("not the passphrase")
        third.until(lambda: third.page.know.notice.sentence != "")
        assert third.is_at(Step.KNOW)
        third.page.presenter.know.sign(PASSPHRASE)
        third.until(lambda: bool(third.finished))
        assert third.desk.went == [("questions", {})]
    signed = sorted(path.stem for path in (Workspace.open(root).source_folder("ehr") / "signed").glob("*.json"))
    assert signed == sorted(third.desk.standing.demo.tables if third.desk.standing.demo else ())
    assert (Workspace.open(root).source_folder("ehr") / "known.enc").exists()
