"""Nobody on the agent's side can ask "is this one a patient here?" for long, or unseen."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from drafting_talk import KNOWN_KEY, PEOPLE, QUESTION, calls, says, small_dictionary, until_over
from gate_kit import GOOD
from test_hostile_agent import BODY, HEADERS, Stage

from sandbox.drafting.checker import Inspector
from sandbox.drafting.known_values import KnownValues, build
from sandbox.drafting.recognisers import Recognisers
from sandbox.drafting.tally import MOST_WITHHELD, Tally
from sandbox.drafting.tools import Toolbox, Used
from sandbox.drafting.turn import MOST_CALLS
from sandbox.errors import GateRefused, PreceptorError, WorkspaceRefused
from sandbox.messages import desk
from sandbox.messages import model_door as door
from sandbox.records import AuditLog

PATIENT, NOBODY = "kowalczyk ada", "kowalski ada"
KNOWN = build([PEOPLE], KNOWN_KEY)


class Checked:
    """The checker's own code with known values, in this process."""

    def __init__(self) -> None:
        self._inspector = Inspector(Recognisers.load(), KnownValues.load(KNOWN, KNOWN_KEY))
        self.asked: list[str] = []

    def inspect(self, text: str) -> Any:
        self.asked.append(text)
        return self._inspector.find(text)


class Echo:
    """A toolbox with the worst tool there could be: it repeats its argument."""

    def __init__(self, *_: object) -> None:
        self.rested = 0

    def use(self, name: str, untrusted_arguments: bytes) -> Used:
        return Used(answer=door.ToolAnswer(text=msgspec.json.decode(untrusted_arguments)["text"]))

    def rest(self) -> None:
        self.rested += 1


@pytest.fixture
def stage(workspace, monkeypatch):
    monkeypatch.setattr("test_hostile_agent.RulesOnly", Checked)
    monkeypatch.setattr("test_hostile_agent.Toolbox", Echo)
    made = Stage(workspace)
    yield made
    made.turns.close()


def guess(stage: Stage, name: str) -> None:
    stage.says(door.ToolCall(name="echo", arguments=msgspec.Raw(msgspec.json.encode({"text": name}))))
    stage.turns.handle(stage.inbox.get(timeout=30))


def send(stage: Stage, name: str) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": name}]}]
    request = door.ModelRequest(method="POST", path="/v1/messages", headers=HEADERS)
    stage.says(request, msgspec.json.encode({**GOOD, "stream": True, "messages": messages}))


def withheld(workspace: Any) -> list[dict[str, Any]]:
    log = AuditLog(workspace.audit_log)
    return [entry.details for entry in log.entries() if entry.event == "request.withheld"]


@pytest.mark.parametrize("ask", [guess, send])
def test_a_recognised_patient_ends_the_turn_and_the_agent_before_it_hears_of_it(stage, workspace, ask):
    stage.ask()
    heard = len(stage.puppets[0].got)
    ask(stage, PATIENT)
    assert stage.was_replaced and len(stage.puppets[0].got) == heard
    assert stage.puppets[1].got == []
    told = stage.told[-1]
    assert isinstance(told, desk.Withheld) and told.hits == () and "known name" in told.sentence
    assert withheld(workspace) == [
        {"question": QUESTION, "reason": "patient", "author": "agent", "kinds": ["known name"]}
    ]
    assert b"kowalczyk" not in workspace.audit_log.read_bytes().lower()


def test_the_same_words_of_somebody_unknown_come_back(stage):
    stage.ask()
    guess(stage, NOBODY)
    assert stage.puppets[0].got[-1] == door.ToolAnswer(text=NOBODY)


def test_the_third_time_closes_the_question_for_the_agent_for_good(stage, workspace):
    for ask in (guess, send, guess):
        stage.ask()
        ask(stage, PATIENT)
    assert Tally.open(workspace.question(QUESTION) / "withheld.json").count == MOST_WITHHELD == len(withheld(workspace))
    with pytest.raises(GateRefused, match="closed for the agent"):
        stage.ask()
    again = Stage(workspace)
    with pytest.raises(GateRefused, match="closed for the agent"):
        again.ask()
    again.turns.close()


def test_what_the_reviewer_wrote_does_not_count(stage, workspace):
    for _ in range(MOST_WITHHELD + 1):
        stage.turns.ask(desk.Ask(text="Was Ada Kowalczyk here?"))
        assert stage.told[-1].hits
    assert {details["author"] for details in withheld(workspace)} == {"reviewer"}
    stage.ask()
    assert len(stage.puppets[0].got) == 1


def test_a_count_that_cannot_be_read_is_no_fresh_start(workspace):
    path = workspace.question(QUESTION) / "withheld.json"
    path.write_bytes(b"{}")
    with pytest.raises(WorkspaceRefused):
        Tally.open(path)


def test_tool_calls_without_end_are_stopped(stage):
    stage.ask()
    for number in range(MOST_CALLS):
        guess(stage, f"table {number}")
    stage.says(door.ToolCall(name="echo", arguments=msgspec.Raw(b'{"text":"one more"}')))
    answer = stage.puppets[0].got[-1]
    assert answer.is_error and answer.ends_turn and "60" in answer.text and stage.inbox.empty()
    stage.says(door.TurnEnded(outcome="tool"), msgspec.json.encode(GOOD["messages"]))
    assert stage.told[-1] == desk.TurnOver(outcome="ended", sentence=answer.text)
    stage.ask()
    guess(stage, "table 1")
    assert stage.puppets[0].got[-1] == door.ToolAnswer(text="table 1")


def test_a_known_patient_behind_a_line_break_in_a_comment_is_withheld(stage):
    comment = desk.LineComment(id="c1", first=1, last=1, text="see\nKowalczyk should count")
    stage.turns.ask(desk.Comments(draft=1, comments=(comment,)))
    assert isinstance(stage.told[-1], desk.Withheld) and stage.told[-1].hits


NAMED = {"name": PATIENT, "says": PATIENT, "expect": []}
MISTAKES = {
    "describe_tables": {"tables": ["ehr.stays", PATIENT]},
    "unknown field": {"program": "", "notes": "", "made_up_patients": [], PATIENT: 1},
    "put_draft": {
        "program": "",
        "notes": "",
        "made_up_patients": [{**NAMED, "rows": [{"table": PATIENT, "columns": [PATIENT], "values": [[1, 2]]}]}],
    },
    "search_dictionary": {"query": PATIENT},
    PATIENT: {},
}


@pytest.mark.parametrize("tool", MISTAKES)
def test_no_answer_of_a_tool_repeats_its_arguments(workspace, tool):
    toolbox = Toolbox(workspace, QUESTION, small_dictionary())
    used = toolbox.use("put_draft" if tool == "unknown field" else tool, msgspec.json.encode(MISTAKES[tool]))
    assert "kowalczyk" not in used.answer.text.lower() and " ada" not in used.answer.text.lower()
    assert used.answer.is_error or tool == "search_dictionary"


def test_a_mistake_is_named_by_its_place(workspace):
    toolbox = Toolbox(workspace, QUESTION, small_dictionary())
    told = toolbox.use("describe_tables", msgspec.json.encode(MISTAKES["describe_tables"])).answer.text
    assert told.startswith("The second table is not in the dictionary")
    told = toolbox.use("put_draft", msgspec.json.encode(MISTAKES["put_draft"])).answer.text
    assert told.startswith("Made-up patient 1: a row of its table 1 has another length")


def test_in_a_real_session_the_turn_ends_and_the_next_one_works(drafting, workspace):
    program = '"""Count."""\nimport ada_kowalczyk\n\ndef main(data, report):\n    pass\n'
    session, model = drafting(calls("put_draft", program=program, notes="", made_up_patients=[]), says("Sorry."))
    session.send(desk.Ask(text="What is there?"))
    assert isinstance(until_over(session)[-1], desk.Withheld)
    assert len(model.received) == 1
    session.send(desk.Ask(text="And now?"))
    with pytest.raises(PreceptorError):  # the replayed model says the same again, twice
        for _ in range(MOST_WITHHELD):
            assert isinstance(until_over(session)[-1], desk.Withheld)
            session.send(desk.Ask(text="And now?"))
    assert not any(b"owalczyk" in request.body for request in model.received)
    assert len(withheld(workspace)) == MOST_WITHHELD


def test_an_ordinary_request_still_leaves(stage):
    stage.ask()
    stage.says(door.ModelRequest(method="POST", path="/v1/messages", headers=HEADERS), BODY)
    assert isinstance(stage.told[-1], desk.Sent)
