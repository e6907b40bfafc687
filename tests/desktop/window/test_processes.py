"""A child that dies, hangs or floods: the window goes on, and the reviewer hears of it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop import processes as under_test
from desktop.processes import Processes, merged
from sandbox.errors import PreceptorError, ProcessDied
from sandbox.messages.desk import Acted, FromDrafting, Streamed

CHILDREN = {
    "flood": """
import sys
line = b'{"type":"streamed","text":"' + b"x" * 200 + b'"}\\n'
while True:
    sys.stdout.buffer.write(line * 100)
    sys.stdout.buffer.flush()
""",
    "die": """
import sys
sys.stdout.write('{"type":"streamed","text":"almost"}\\n')
sys.stdout.flush()
sys.exit(7)
""",
    "hang": "import time; time.sleep(600)",
    "nonsense": 'print(\'{"type":"no such thing"}\', flush=True); import time; time.sleep(600)',
    "deaf": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
}


class Heard(list[Any]):
    def __call__(self, message: Any) -> None:
        self.append(message)

    @property
    def died(self) -> bool:
        return bool(self) and isinstance(self[-1], PreceptorError)


@pytest.fixture
def children(qtbot: QtBot, tmp_path: Path) -> Any:
    made = Processes(tmp_path, lambda problem: None)
    yield made
    made.close()


def start(children: Processes, name: str, heard: Heard) -> under_test.SessionLine:
    return children._start([sys.executable, "-c", CHILDREN[name]], FromDrafting, heard, None)


def test_a_dead_child_becomes_a_sentence_after_everything_it_said(children: Processes, qtbot: QtBot) -> None:
    heard = Heard()
    start(children, "die", heard)
    qtbot.waitUntil(lambda: heard.died, timeout=20_000)
    assert heard[0] == Streamed(text="almost")
    assert isinstance(heard[-1], ProcessDied) and "status 7" in heard[-1].sentence


def test_a_line_that_is_none_of_ours_ends_the_child(children: Processes, qtbot: QtBot) -> None:
    heard = Heard()
    start(children, "nonsense", heard)
    qtbot.waitUntil(lambda: heard.died, timeout=20_000)
    assert isinstance(heard[-1], ProcessDied)


def test_a_flood_waits_in_the_pipe_and_the_window_goes_on(children: Processes, qtbot: QtBot) -> None:
    heard, ticks = Heard(), Heard()
    timer = QTimer()
    timer.timeout.connect(lambda: ticks("tick"))
    timer.start(10)
    line = start(children, "flood", heard)
    qtbot.waitUntil(lambda: sum(len(one.text) for one in heard) > 2_000_000, timeout=60_000)
    assert ticks, "the event loop never ran"
    assert line.session._inbox.qsize() <= 10_000
    line.kill()


def test_nothing_is_heard_after_the_end(children: Processes, qtbot: QtBot) -> None:
    heard = Heard()
    line = start(children, "flood", heard)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    line.kill()
    count = len(heard)
    qtbot.wait(200)
    assert len(heard) == count


@pytest.mark.parametrize("name", ["hang", "deaf", "flood"])
def test_closing_the_window_ends_every_child(name: str, qtbot: QtBot, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(under_test, "PATIENCE", 0.2)
    made = Processes(tmp_path, lambda problem: None)
    line = start(made, name, Heard())
    made.close()
    assert line.session.is_dead or line.session._process.poll() is not None


def test_posting_to_a_child_that_does_not_read_never_waits(children: Processes) -> None:
    line = start(children, "hang", Heard())
    began = time.monotonic()
    for _ in range(200):
        line.send(Streamed(text="x" * 10_000))
    assert time.monotonic() - began < 5.0  # a blocking write would wait for the child's ten minutes
    line.kill()


def test_streamed_pieces_that_came_together_are_one() -> None:
    act = Acted(tool="t", summary="s")
    found = merged([Streamed(text="a"), Streamed(text="b"), act, Streamed(text="c")])
    assert found == [Streamed(text="ab"), act, Streamed(text="c")]
