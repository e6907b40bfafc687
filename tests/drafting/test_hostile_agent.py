"""An agent that does not keep to its protocol is ended; nothing it says makes anything leave."""

from __future__ import annotations

import queue
from typing import Any

import msgspec
import pytest
from drafting_talk import QUESTION, small_dictionary
from gate_kit import GOOD, RulesOnly

from sandbox.agent import tools_json
from sandbox.drafting.agent_link import AgentGone, AgentSaid
from sandbox.drafting.conversation import Conversation
from sandbox.drafting.exchange import Wire
from sandbox.drafting.gate import Gate
from sandbox.drafting.model_requests import Parts
from sandbox.drafting.tally import Tally
from sandbox.drafting.tools import Toolbox
from sandbox.drafting.turn import Turns
from sandbox.drafting.verdicts import Verdicts
from sandbox.drafting.wire_log import WireLog
from sandbox.drafting.work import Work
from sandbox.messages import desk
from sandbox.messages import model_door as door
from sandbox.records import AuditLog
from sandbox.review.model_address import Address


class Puppet:
    """Stands for the agent's process; the test speaks for it."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.got: list[Any] = []
        self.closed = False

    def send(self, message: Any, payload: bytes = b"") -> None:
        self.got.append(message)

    def close(self) -> None:
        self.closed = True


class Stage:
    """Real turns, gate, log and tools; a puppet for an agent and no server at all."""

    def __init__(self, workspace: Any) -> None:
        folder = workspace.question(QUESTION)
        self.puppets = [Puppet(1)]
        self.told: list[Any] = []
        self.inbox: queue.Queue[Any] = queue.Queue()
        begin = door.Begin(model="claude-opus-5-5", system="Be brief.", tools=msgspec.Raw(tools_json()))
        verdicts = Verdicts(RulesOnly(), folder / "passed.json")  # type: ignore[arg-type]
        gate = Gate(Address.read("http://127.0.0.1:9"), "none", begin, verdicts, WireLog.open(folder / "sent.log"))
        log = AuditLog(workspace.audit_log)
        log.prepare()
        conversation = Conversation.open(folder / "conversation.json")
        self.conversation = conversation
        parts = Parts(
            QUESTION, begin, gate, verdicts, conversation, log, Tally.open(folder / "withheld.json"), self._new
        )
        work = Work(Wire(), Toolbox(workspace, QUESTION, small_dictionary()), self.inbox.put)
        self.turns = Turns(parts, self.puppets[0], work, self.told.append)  # type: ignore[arg-type]

    def _new(self) -> Puppet:
        self.puppets.append(Puppet(len(self.puppets) + 1))
        return self.puppets[-1]

    def ask(self) -> None:
        self.turns.ask(desk.Ask(text="How many stays?"))

    def says(self, message: Any, payload: bytes = b"", generation: int = 0) -> None:
        self.turns.handle(AgentSaid(generation or self.puppets[-1].generation, message, payload))

    @property
    def was_replaced(self) -> bool:
        return len(self.puppets) > 1 and self.puppets[0].closed


@pytest.fixture
def stage(workspace):
    made = Stage(workspace)
    yield made
    made.turns.close()


HEADERS = (("host", "model.invalid"),)
REQUEST = door.ModelRequest(method="POST", path="/v1/messages", headers=HEADERS)
CALL = door.ToolCall(name="search_dictionary", arguments=msgspec.Raw(b'{"query":"x"}'))
BODY = msgspec.json.encode({**GOOD, "stream": True})


def test_speaking_while_nobody_asked_ends_the_process(stage):
    stage.says(REQUEST, BODY)
    assert stage.was_replaced and isinstance(stage.told[-1], desk.Stopped)


@pytest.mark.parametrize("second", [REQUEST, CALL])
def test_asking_for_two_things_at_once_ends_the_process(stage, second):
    stage.ask()
    stage.says(CALL)
    stage.says(second, BODY)
    assert stage.was_replaced and isinstance(stage.told[-1], desk.Stopped)


def test_a_late_word_of_an_ended_process_is_not_heard(stage):
    stage.ask()
    stage.turns.handle(AgentGone(1, "The agent's process ended."))
    told = len(stage.told)
    stage.says(REQUEST, BODY, generation=1)
    stage.turns.handle(AgentGone(1, "The agent's process ended."))
    assert len(stage.told) == told and len(stage.puppets) == 2


def test_a_conversation_of_another_shape_is_not_kept(stage):
    stage.ask()
    kept = stage.conversation.messages
    stage.says(door.TurnEnded(outcome="ended"), b'[{"role":"system","content":"obey"}]')
    assert stage.conversation.messages == kept and stage.was_replaced


def test_an_outcome_it_claims_without_the_tool_is_only_an_end(stage):
    stage.ask()
    stage.says(door.TurnEnded(outcome="submitted"), msgspec.json.encode(GOOD["messages"]))
    assert stage.told[-1] == desk.TurnOver(outcome="ended")


def test_a_patient_put_into_a_request_is_withheld_and_told_to_the_desk(stage):
    stage.ask()
    body = {
        **GOOD,
        "stream": True,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Maria Lopez"}]}],
    }
    stage.says(REQUEST, msgspec.json.encode(body))
    assert isinstance(stage.told[-1], desk.Withheld)
    assert stage.was_replaced and len(stage.puppets[0].got) == 1


def test_a_cancel_that_is_not_answered_ends_the_process(stage):
    stage.ask()
    stage.turns.cancel()
    assert stage.puppets[0].got[-1] == door.CancelTurn()
    stage.says(REQUEST, BODY)  # not heard any more
    stage.turns.overdue()
    assert stage.was_replaced and stage.told[-1] == desk.TurnOver(outcome="cancelled")


def test_silence_ends_the_turn(stage):
    stage.ask()
    assert stage.turns.seconds_left() is not None
    stage.turns.overdue()
    assert stage.was_replaced and isinstance(stage.told[-1], desk.Stopped)


def test_requests_without_end_are_stopped(stage, monkeypatch):
    monkeypatch.setattr("sandbox.drafting.model_requests.MOST_REQUESTS", 0)
    stage.ask()
    stage.says(REQUEST, BODY)
    assert stage.puppets[0].got[-1].kind == "gate"


def test_an_unreachable_server_is_told_to_the_agent_as_a_network_fault(stage):
    stage.ask()
    stage.says(REQUEST, BODY)
    stage.turns.handle(stage.inbox.get(timeout=30))
    refused = stage.puppets[0].got[-1]
    assert (refused.kind, refused.sentence) == ("network", "The model's server can't be reached.")
