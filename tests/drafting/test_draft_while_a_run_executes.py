"""While a real run executes no draft is tried: the turn ends, the reviewer is told why, and the agent nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from drafting_talk import calls, until_over

from sandbox.errors import Refusal
from sandbox.messages.desk import Acted, Ask, TurnOver
from sandbox.run_lock import RunLock
from sandbox.workspace import Workspace

PROGRAM = '''"""Stays."""
PARAMETERS = {}


def main(data, report):
    report.value("stays", len(data.sql("SELECT stay_id FROM ehr.stays")))
'''
ROWS = {"table": "ehr.stays", "columns": ["pat_id", "stay_id"], "values": [[1, 1]]}
PATIENT = {"name": "one", "says": "One stay.", "rows": [ROWS], "expect": [{"label": "stays", "value": 1}]}
PUT = calls("put_draft", program=PROGRAM, made_up_patients=[PATIENT], notes="")
RUN = calls("run_draft", draft=1)
ANSWER = calls("answer_in_words", text="Yes.")


@pytest.fixture
def run(workspace: Workspace) -> Iterator[RunLock]:
    """The end of the lock that a run takes, as `broker.alone` does."""
    made = RunLock.open(workspace.run_lock, alone=True)
    yield made
    made.close()


def messages(request: Any) -> list[Any]:
    return msgspec.json.decode(request.body)["messages"]


def test_a_draft_is_refused_while_a_run_executes_and_the_agent_is_told_nothing(drafting, run: RunLock) -> None:
    """What it sends next is what it sent before, and the reviewer's words: no refusal, and nothing of how long."""
    session, model = drafting(PUT, RUN, ANSWER)
    run.take_for_run()
    session.send(Ask(text="How many stays?"))
    with pytest.raises(Refusal, match="A program is running on real data, and no draft is tried") as refused:
        until_over(session)
    assert "when the run has ended" in refused.value.advice
    *earlier, last = messages(model.received[-1])
    run.close()
    asked = len(model.received)
    session.send(Ask(text="And now?"))
    heard = until_over(session)
    again = messages(model.received[asked])
    assert again == [*earlier, {**last, "content": [*last["content"], {"type": "text", "text": "And now?"}]}]
    assert heard[-1] == TurnOver(outcome="answered", sentence="Yes.")
    assert [one.ok for one in heard if isinstance(one, Acted)] == [True]


def test_a_draft_that_waited_for_a_run_is_told_as_one_that_did_not(drafting, run: RunLock) -> None:
    session, model = drafting(PUT, RUN, RUN, ANSWER)
    run.take_for_run()
    session.send(Ask(text="How many stays?"))
    ended = threading.Timer(1.0, run.close)
    ended.start()
    until_over(session)
    ended.join()
    sent = [part for message in messages(model.received[-1]) for part in message["content"]]
    _, waited, at_once = [part["content"] for part in sent if part["type"] == "tool_result"]
    assert waited == at_once and '"may_submit":true' in waited
