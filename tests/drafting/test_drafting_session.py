"""The whole drafting session: real processes, real jail, real SDK, a loopback model."""

from __future__ import annotations

import os
import signal

import msgspec
import pytest
from drafting_talk import QUESTION, calls, says, talk, until_over, wait_until

from resources.demo.faults import Fault
from resources.demo.model_server import ModelServer
from sandbox.drafting import wire_log
from sandbox.errors import PreceptorError
from sandbox.messages.desk import Acted, Ask, Cancel, Sent, Streamed, TurnOver, Withheld
from sandbox.sessions import Session


def test_a_question_is_answered_and_what_was_sent_is_what_was_received(drafting, workspace):
    session, model = drafting(
        calls("search_dictionary", query="heart failure stays"), calls("answer_in_words", text="One row per stay.")
    )
    session.send(Ask(text="What is a row of stays?"))
    heard = until_over(session)
    assert heard[-1] == TurnOver(outcome="answered", sentence="One row per stay.")
    assert "".join(one.text for one in heard if isinstance(one, Streamed)) == "One moment.One moment."
    assert [one.tool for one in heard if isinstance(one, Acted)] == ["search_dictionary"]
    logged = list(wire_log.entries(workspace.question(QUESTION) / "sent.log"))
    assert [entry.body.encode() for entry in logged] == [request.body for request in model.received]
    assert [one.bytes for one in heard if isinstance(one, Sent)] == [len(request.body) for request in model.received]


def test_only_the_listed_headers_leave_and_the_log_holds_no_secret(drafting, workspace):
    session, model = drafting(says("Hello."))
    session.send(Ask(text="What is there?"))
    until_over(session)
    head = model.received[0].head.decode().split("\r\n")
    names = {line.split(":")[0].lower() for line in head[1:] if line}
    assert names == {
        "host",
        "accept",
        "content-type",
        "user-agent",
        "anthropic-version",
        "authorization",
        "content-length",
    }
    assert "Authorization: Bearer sk-test-secret" in head
    assert b"sk-test-secret" not in (workspace.question(QUESTION) / "sent.log").read_bytes()
    assert msgspec.json.decode(model.received[0].body)["model"] == workspace.settings.model


CANARIES = [
    "Was Ada Kowalczyk readmitted within 30 days?",
    "was KOWALCZYK, ADA readmitted",
    "How often was mrn 42117 here?",
    "Stays of the person at 617.555.0142",
    "Patient Zelda Fitzhugh was here on 3/14/2022",
    "dob 1931-03-14: which stays?",
]


def test_a_patient_in_the_question_is_withheld_and_nothing_is_received_until_a_clean_one_comes(drafting, workspace):
    session, model = drafting(says("One thousand."))
    for question in CANARIES:
        session.send(Ask(text=question))
        told = until_over(session)[-1]
        assert isinstance(told, Withheld) and told.hits, question
        assert all(0 <= start < end <= len(question) for start, end, _ in told.hits)
        assert not any(word in told.sentence for word in ("Kowalczyk", "KOWALCZYK", "42117", "0142", "Zelda"))
        assert question.encode() not in workspace.audit_log.read_bytes()
    assert model.received == []
    assert (workspace.question(QUESTION) / "sent.log").read_bytes() == b""
    session.send(Ask(text="How many stays with Crohn's disease began between 2022-01-01 and 2022-12-31?"))
    assert until_over(session)[-1] == TurnOver(outcome="ended")
    assert len(model.received) == 1
    assert not any(word in model.received[0].body for word in (b"Kowalczyk", b"42117", b"Zelda"))


def test_a_cancel_while_the_model_is_silent_ends_the_turn_and_the_next_one_works(drafting):
    session, model = drafting(says("Later."), faults=(Fault("no_answer", seconds=30),))
    session.send(Ask(text="What is there?"))
    assert isinstance(session.receive(30), Sent)
    wait_until(lambda: model.received)
    session.send(Cancel())
    assert session.receive(10) == TurnOver(outcome="cancelled")
    session.send(Ask(text="And now?"))
    assert until_over(session)[-1].outcome == "ended"


def test_a_cancel_in_mid_stream_ends_the_turn(drafting):
    session, model = drafting(says("word " * 400), faults=(Fault("slow", seconds=0.2),))
    session.send(Ask(text="Tell me."))
    while not isinstance(session.receive(30), Streamed):
        pass
    session.send(Cancel())
    assert until_over(session)[-1] == TurnOver(outcome="cancelled")


def test_a_killed_session_goes_on_from_its_conversation(drafting, workspace):
    session, model = drafting(
        calls("search_dictionary", query="stays"),
        calls("describe_tables", tables=["ehr.stays"]),
        says("One row per stay."),
        faults=(Fault("none"), Fault("no_answer", seconds=30)),
    )
    session.send(Ask(text="What is a row?"))
    while not (isinstance(heard := session.receive(30), Sent) and heard.number == 2):
        pass
    wait_until(lambda: len(model.received) == 2)
    os.kill(session.pid, signal.SIGKILL)
    again = drafting.resume(model)
    again.send(Ask(text=""))
    assert until_over(again)[-1] == TurnOver(outcome="ended")
    resent, before = (msgspec.json.decode(model.received[n].body)["messages"] for n in (2, 1))
    assert resent == before
    assert wire_log.verify(workspace.question(QUESTION) / "sent.log").size == len(model.received) == 4


def test_a_lasting_fault_of_the_server_is_told_and_the_conversation_is_kept(drafting):
    session, model = drafting(says("Hello."), faults=(Fault("unauthorized"),))
    session.send(Ask(text="What is there?"))
    with pytest.raises(PreceptorError, match="key"):
        until_over(session)
    session.send(Ask(text=""))
    assert until_over(session)[-1] == TurnOver(outcome="ended")


def test_the_key_of_another_address_is_not_sent_where_the_settings_point_now(drafting, workspace):
    session, model = drafting(says("Hello."))
    with ModelServer(talk(says("Thank you."))) as thief:
        workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url=thief.url))
        with Session.drafting(workspace, QUESTION) as moved:
            assert moved.receive(60).known == 11
            moved.send(Ask(text="What is there?"))
            until_over(moved)
    assert b"sk-test-secret" not in thief.received[0].head
    workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url="https://model.example.org"))
    with Session.drafting(workspace, QUESTION) as moved, pytest.raises(PreceptorError, match="no key for the model"):
        moved.receive(60)


def test_every_process_of_the_session_is_confined(workspace):
    with ModelServer(talk(says("Hello."))) as model:
        workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url=model.url))
        with Session.drafting(workspace, QUESTION) as session:
            ready = session.receive(60)
    assert set(ready.jails) == {"gate", "checker", "agent"}
    for layers in ready.jails.values():
        assert layers["landlock"].startswith("on") and layers["seccomp"].startswith("on")


def test_a_second_question_while_the_agent_works_is_refused(drafting):
    session, model = drafting(says("word " * 200), faults=(Fault("slow", seconds=0.1),))
    session.send(Ask(text="Tell me."))
    assert isinstance(session.receive(30), Sent)
    session.send(Ask(text="Now tell me."))
    with pytest.raises(PreceptorError, match="still working"):
        until_over(session)
