"""How long does the window's event loop ever wait? By hand, with a finished demo workspace for the screen Review:

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_desk_loop.py DEMO_WORKSPACE PASSPHRASE [SCENE ...]

A timer of 5 ms in the window notes how late it comes, while real children work and the real screens show it. Beside
each gap stands what the window's own thread computed in it: the rest was waiting, for other work of the machine or
for another thread. An idle window and a plain QPlainTextEdit that gets the same text are measured in the same run.
Modules are compiled before, as an installation compiles them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QScrollBar, QWidget

from desktop.app import application
from desktop.processes import Processes
from desktop.questions.transcript import Transcript
from desktop.runs.table_pane import ResultTable
from desktop.widgets import RowsTable
from desktop.window import Window
from sandbox import sessions
from sandbox.messages.desk import Ask, Streamed, TurnOver
from sandbox.reviewing.orders.questions import OpenQuestion
from sandbox.reviewing.orders.runs import ColumnShown, ReadRows, Result, Rows

STREAMED_SECONDS = 15.0
PATIENCE = 240.0
AFTERWARDS = 1.0  # seconds that a scene is watched after it is over
HUGE, WIDE = "Every stay", "Wide"  # the tables of the run's results, as `loop_workspace` has them
WORKSPACE = Path(__file__).with_name("loop_workspace.py")
KEPT: list[Window] = []  # a window that is collected takes Qt down with it

CHILD = """
import json, sys, time
rate, seconds = float(sys.argv[1]), float(sys.argv[2])
def say(**line):
    sys.stdout.write(json.dumps(line) + "\\n")
sys.stdin.readline()
say(type="sent", number=1, bytes=1000)
words = "The share of stays that were followed by a readmission within thirty days is computed by month".split()
began, said = time.monotonic(), 0
while said < rate * seconds:
    while said < min(rate * seconds, rate * (time.monotonic() - began)):
        said += 1
        text = words[said % len(words)] + " "
        if said % 60 == 0:
            text = ".\\n\\n"
        if said % 900 == 600:
            text = "\\n```python\\n"
        if said % 900 == 800:
            text = "\\n```\\n"
        say(type="streamed", text=text)
    sys.stdout.flush()
    time.sleep(0.002)
say(type="turn_over", outcome="answered", sentence="")
sys.stdout.flush()
sys.stdin.readline()
"""


class Gap(NamedTuple):
    waited: float  # seconds between two ticks of the timer
    computed: float  # by the window's thread in that time


class Gaps:
    """Notes the time between two ticks; a loop that has nothing else to do ticks every 5 ms."""

    def __init__(self) -> None:
        self.found: list[Gap] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._at = self._now()
        self._timer.start(5)

    def stop(self) -> None:
        self._timer.stop()

    def _on_tick(self) -> None:
        before, self._at = self._at, self._now()
        self.found.append(Gap(self._at[0] - before[0], self._at[1] - before[1]))

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), time.thread_time()


def main(demo: str, passphrase: str, wanted: list[str]) -> None:
    app = application(["preceptor"])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = f"{folder}/config"
        making = subprocess.run([sys.executable, str(WORKSPACE), folder], check=True, capture_output=True)
        made = json.loads(making.stdout)
        shutil.copytree(demo, f"{folder}/demo")
        sys.stdout.write(f"{app.platformName()}\n\n| scene | longest ms | computed in it | > 50 ms | > 100 ms |")
        sys.stdout.write(" seconds | load |\n|---|---|---|---|---|---|---|\n")
        sys.stdout.flush()
        with opened(Path(made["root"]), made["passphrase"]) as window:
            scenes(window, made, wanted)
        with opened(Path(folder) / "demo", passphrase) as window:
            if not wanted or "review" in wanted:
                with watched("Review of a finished demo: the screen is made and its newest draft shown"):
                    window.go("review")
                    rest(6.0)


def scenes(window: Window, made: dict[str, str], wanted: list[str]) -> None:
    every: dict[str, Callable[[], None]] = {
        "idle": lambda: idle(window),
        "plain": lambda: plain(window),
        "stream": lambda: stream(window),
        "run": lambda: run(window, made),
        "tables": lambda: tables(window),
        "data": lambda: data(window),
    }
    for name, scene in every.items():
        if not wanted or name in wanted:
            scene()


def idle(window: Window) -> None:
    with watched("the window does nothing"):
        rest(5.0)


def plain(window: Window) -> None:
    """The same children and the same text, in a widget that is nothing but one."""
    for rate in (200, 2000):
        text = QPlainTextEdit()
        text.resize(window.size())
        text.show()
        processes = Processes(window.root, window.fail)
        over: list[Any] = []

        def heard(message: Any, text: QPlainTextEdit = text, over: list[Any] = over) -> None:
            if isinstance(message, Streamed):
                text.moveCursor(QTextCursor.MoveOperation.End)
                text.insertPlainText(message.text)
            elif isinstance(message, TurnOver):
                over.append(message)

        with talking(rate), watched(f"plain QPlainTextEdit, {rate:,} tokens/s"):
            processes.drafting("q", heard).send(Ask(text="Go"))
            until(lambda over=over: over)
        processes.close()
        text.close()
        text.deleteLater()


def stream(window: Window) -> None:
    for rate in (200, 2000):
        names: list[str] = []
        window.asks.ask(OpenQuestion(), lambda row, names=names: names.append(row.name))
        until(lambda names=names: names)
        with watched("Questions opens a new question") if rate == 200 else quiet():
            window.go("questions", question=names[0])
            rest(1.0)
        with talking(rate), watched(f"Questions, {rate:,} tokens/s"):
            window.drafting.send(names[0], Ask(text="How many stays are there?"))
            until(lambda names=names: window.drafting.state(names[0]).is_idle)
        transcript = window.shell.screen_named("questions").findChild(Transcript)
        assert transcript is not None and len(transcript.toPlainText()) > 4 * rate * STREAMED_SECONDS


def run(window: Window, made: dict[str, str]) -> None:
    window.go("runs", approval=made["approval"])
    rest(1.0)
    screen = window.shell.screen_named("runs")
    with watched("a run reads 1,000,000 rows: progress, then its results"):
        screen.presenter.start(made["approval"])  # type: ignore[attr-defined]
        until(lambda: named(screen, QPushButton, f"Whole table: {WIDE}"))
    huge, wide = (named(screen, QPushButton, f"Whole table: {name}") for name in (HUGE, WIDE))
    assert huge is not None and wide is not None
    for button, words in ((huge, "a table of 1,000,000 rows"), (wide, "a table of 300 columns")):
        with watched(f"{words}, whole, from the session"):
            button.click()
            rest(0.7)
        with watched(f"{words}, scrolled to its ends"):
            scroll(screen.findChildren(ResultTable)[-1])
    window.go("data")
    rest(0.5)


def tables(window: Window) -> None:
    """Sizes that no report may have: what the table itself takes, its windows answered after 10 ms."""
    for rows, columns in ((2_000_000, 12), (2_000_000, 300)):
        about = tuple(ColumnShown(name=f"column_{n}", type="number", numeric=True) for n in range(columns))
        result = Result(kind="table", label="Huge", rows=rows, columns=about)
        with watched(f"a table of {rows:,} rows and {columns} columns, made and scrolled"):
            table = ResultTable("r", result, answered, window.fail, lambda: None)
            table.resize(window.size())
            table.show()
            rest(0.5)
            scroll(table)
        table.close()
        table.deleteLater()


def answered(order: ReadRows, done: Callable[[Rows], None], _failed: object) -> None:
    columns = range(order.column, order.column + order.columns)
    rows = range(order.first, order.first + order.count)
    cells = tuple(tuple(f"{row}.{column}" for column in columns) for row in rows)
    QTimer.singleShot(10, lambda: done(Rows(first=order.first, cells=cells)))


def data(window: Window) -> None:
    window.go("data")
    rest(1.5)
    screen: Any = window.shell.screen_named("data")
    for source, rows, words in (("wide", 3000, "1 table of 3,000 columns"), ("many", 10, "300 tables of 10 columns")):
        with watched(f"Data, a dictionary of {words}, shown"):
            screen.presenter.sources.choose(source)
            until(lambda rows=rows: any(table.model().rowCount() >= rows for table in shown(screen)))
            rest(2.0)
        with watched(f"Data, {words}, scrolled"):
            for table in shown(screen):
                scroll(table)


def shown(screen: QWidget) -> list[Any]:
    return [table for table in screen.findChildren(RowsTable) if table.isVisible()]


@contextmanager
def watched(scene: str) -> Iterator[None]:
    gaps, began = Gaps(), time.perf_counter()
    yield
    rest(AFTERWARDS)
    gaps.stop()
    longest = max(gaps.found)
    over = [sum(gap.waited > limit for gap in gaps.found) for limit in (0.05, 0.1)]
    numbers = f"{longest.waited * 1000:.0f} | {longest.computed * 1000:.0f} | {over[0]} | {over[1]}"
    sys.stdout.write(f"| {scene} | {numbers} | {time.perf_counter() - began:.0f} | {os.getloadavg()[0]:.1f} |\n")
    sys.stdout.flush()


@contextmanager
def quiet() -> Iterator[None]:
    yield


@contextmanager
def talking(rate: int) -> Iterator[None]:
    """Drafting sessions are a child that says the desk's lines at that rate."""
    usual = sessions.drafting_command
    command = [sys.executable, "-c", CHILD, str(rate), str(STREAMED_SECONDS)]
    sessions.drafting_command = lambda root, question: command  # type: ignore[assignment]
    yield
    sessions.drafting_command = usual


@contextmanager
def opened(root: Path, passphrase: str) -> Iterator[Window]:
    """The real window on that workspace, unlocked."""
    window = Window(root)
    window.show()
    window.open_workspace()
    until(lambda: window.standing.finished)
    rest(0.5)
    window._lock.unlock(passphrase)
    until(lambda: window.is_at_work)
    rest(2.0)
    yield window
    window.close_at_once()
    KEPT.append(window)
    rest(0.5)


def scroll(table: Any) -> None:
    bars: tuple[QScrollBar, ...] = (table.verticalScrollBar(), table.horizontalScrollBar())
    for bar in bars:
        for part in (0.25, 0.5, 0.75, 1.0, 0.0):
            bar.setValue(round(bar.maximum() * part))
            rest(0.15)


def named(inside: QWidget, kind: type[Any], name: str) -> Any:
    return next((one for one in inside.findChildren(kind) if one.accessibleName() == name), None)


def rest(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def until(come: Callable[[], object]) -> None:
    """Let the loop run until it has come, looking twenty times a second."""
    loop, looking, began = QEventLoop(), QTimer(), time.monotonic()

    def look() -> None:
        if come():
            loop.quit()
        elif time.monotonic() - began > PATIENCE:
            raise SystemExit("what was waited for did not come")

    looking.timeout.connect(look)
    looking.start(50)
    loop.exec()
    looking.stop()


def compiled() -> int:
    """The same again, in a process that finds every module compiled; its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        folders = [str(Path(__file__).parents[2] / name) for name in ("desktop", "sandbox", "resources")]
        subprocess.run([sys.executable, "-m", "compileall", "-q", *folders], check=True, env=environment)
        return subprocess.run([sys.executable, *sys.argv], check=False, env=environment).returncode


if __name__ == "__main__":
    if "PYTHONPYCACHEPREFIX" not in os.environ:
        raise SystemExit(compiled())
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
