"""With a real session on a loopback model: told as it comes, killed and gone on with, withheld before it leaves."""

from __future__ import annotations

import base64
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from fakes import FakeDesk
from pytestqt.qtbot import QtBot
from questions_fakes import SIGNED, conversation
from showing import show_in_front

from desktop.clock import QtClock
from desktop.processes import Processes, SessionLine
from desktop.questions.talk_pane import TalkPane
from desktop.questions.talking import Talk
from desktop.questions.telling import CUT_OFF
from resources.demo.model_server import ModelServer
from sandbox.drafting.known_values import build
from sandbox.errors import ProcessDied
from sandbox.files import replace_file
from sandbox.keystore import ThrowawayStore
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import InspectText, KeepText, Marks, ReadConversation
from sandbox.reviewing.orders.review import DraftList, ListDrafts
from sandbox.workspace import Settings, Workspace

sys.path.append(str(Path(__file__).parents[2] / "drafting"))
from drafting_talk import KNOWN_KEY, PEOPLE, QUESTION, calls, says, small_dictionary, talk

LONG = 90_000  # ms, on a busy machine
SLOW = "I count the stays. " * 40
Start = Callable[..., "Case"]


class Case:
    """One conversation on the screen, with real sessions behind it."""

    def __init__(self, root: Path) -> None:
        self.desk = FakeDesk(SIGNED)
        self.processes = Processes(root, self.desk.failures.append)
        self.desk.sessions = self.processes  # type: ignore[assignment]
        self.desk.clock = QtClock()  # type: ignore[assignment]
        self.desk.asks.answers = {
            ListDrafts: DraftList(question=QUESTION, text="", rows=()),
            ReadConversation: conversation(name=QUESTION, text="", state="new"),
            InspectText: Marks(marks=(), known=3),
            KeepText: Done(),
        }
        self.pane = TalkPane()
        self.talk = Talk(self.pane, self.desk, lambda _: None, str)
        self.talk.open(QUESTION)
        self.desk.asks.answer_all()

    def send(self, text: str) -> None:
        self.pane.composer.setPlainText(text)
        self.talk.composing.typed(text)
        self.talk.send()

    @property
    def said(self) -> str:
        return self.pane.transcript.toPlainText()

    @property
    def lines(self) -> list[SessionLine]:
        return self.processes._lines

    @property
    def is_idle(self) -> bool:
        return self.desk.drafting.state(QUESTION).is_idle


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(
        tmp_path / "workspace", store="throwaway", settings=Settings(model_url="http://127.0.0.1:9")
    )
    ThrowawayStore(made.throwaway_store).put("key/known", base64.b64encode(KNOWN_KEY).decode())
    replace_file(made.source_folder("ehr") / "known.enc", build([PEOPLE], KNOWN_KEY))
    replace_file(made.question(QUESTION) / "dictionary.json", msgspec.json.encode(small_dictionary()))
    return made


@pytest.fixture
def start(qtbot: QtBot, workspace: Workspace) -> Iterator[Start]:
    """A function that opens the question with a model that says these turns."""
    cases: list[Case] = []
    servers: list[ModelServer] = []

    def started(*turns: object, delay: float = 0.0) -> Case:
        server = ModelServer(talk(*turns), delay=delay).__enter__()  # type: ignore[arg-type]
        servers.append(server)
        workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url=server.url))
        case = Case(workspace.root)
        qtbot.addWidget(case.pane)
        show_in_front(qtbot, case.pane)
        cases.append(case)
        return case

    yield started
    for case in cases:
        case.processes.close()
    for server in servers:
        server.__exit__(None, None, None)


def test_a_real_answer_is_told_as_it_comes(qtbot: QtBot, start: Start) -> None:
    case = start(calls("answer_in_words", text="There is a table of stays."))
    case.send("Which tables are there?")
    qtbot.waitUntil(lambda: not case.is_idle)
    qtbot.waitUntil(lambda: case.is_idle, timeout=LONG)
    assert case.said.split("\n") == [
        *("You", "Which tables are there?"),
        *("Agent", "One moment.", "There is a table of stays."),
    ]
    assert case.pane.composer.text() == ""
    assert len(case.desk.asks.of(KeepText)) == 1


def test_a_real_session_that_is_killed_is_told_and_gone_on_with(qtbot: QtBot, start: Start) -> None:
    case = start(says(SLOW), delay=0.05)
    case.send("How many stays?")
    qtbot.waitUntil(lambda: "I count" in case.said, timeout=LONG)
    os.kill(case.lines[0].session.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: case.is_idle, timeout=LONG)
    assert "ended unexpectedly" in case.pane._notice.sentence
    assert "kept on the disk" in case.pane._notice.advice
    assert case.talk._next.kind == "go on"
    case.talk.go_on()
    qtbot.waitUntil(lambda: case.is_idle, timeout=LONG)
    assert case.pane._notice.sentence == ""
    assert CUT_OFF.text in case.said
    assert case.said.strip().endswith(f"\n{SLOW.strip()}")
    assert not [problem for problem in case.desk.failures if isinstance(problem, ProcessDied)]


def test_a_real_checker_withholds_and_the_words_stay_where_they_were_written(qtbot: QtBot, start: Start) -> None:
    case = start(says("I must never be asked."))
    text = "🫀 Why was Tomas Brannigan readmitted?"
    case.send(text)
    qtbot.waitUntil(lambda: not case.is_idle)
    qtbot.waitUntil(lambda: case.is_idle, timeout=LONG)
    assert case.pane.composer.text() == text
    marked = {one.cursor.selectedText() for one in case.pane.composer.extraSelections()}
    assert any("Brannigan" in words for words in marked)
    assert case.pane._notice.sentence.startswith("Withheld")
    assert case.said == ""


def test_a_real_turn_is_stopped(qtbot: QtBot, start: Start) -> None:
    case = start(says(SLOW), delay=0.05)
    case.send("How many stays?")
    qtbot.waitUntil(lambda: "I count" in case.said, timeout=LONG)
    case.talk.stop()
    qtbot.waitUntil(lambda: case.is_idle, timeout=LONG)
    assert case.said.endswith("You stopped the agent.")
    assert case.talk._next.kind == "go on"
    assert not case.lines[0].over
