"""The agent's loop in its jail, on the real SDK."""

from __future__ import annotations

import msgspec
import pytest
from agent_relay import calls, says, talk

from resources.demo.conversation import Text, Thinking, ToolUse, Turn
from resources.demo.faults import Fault
from resources.demo.model_server import ModelServer
from sandbox.messages import model_door as door


def test_text_streams_and_the_conversation_comes_back(relay):
    with ModelServer(talk(says("There are two tables."))) as server:
        ended = relay.turn(server)
    assert ended.outcome == "ended"
    assert relay.said() == "There are two tables."
    assert relay.conversation[-1] == {
        "role": "assistant",
        "content": [{"type": "text", "text": "There are two tables."}],
    }


def test_a_tool_is_called_answered_and_the_model_asked_again(relay):
    relay.answers["search_dictionary"] = door.ToolAnswer(text="table ehr.stays")
    with ModelServer(talk(calls("search_dictionary", query="stays"), says("Found it."))) as server:
        relay.turn(server)
        second = msgspec.json.decode(server.received[1].body)
    call = next(message for message in relay.heard if isinstance(message, door.ToolCall))
    assert msgspec.json.decode(call.arguments) == {"query": "stays"}
    result = second["messages"][-1]["content"][0]
    assert (result["type"], result["content"]) == ("tool_result", "table ehr.stays")


def test_a_tool_that_ends_the_turn_ends_it_and_later_calls_are_not_run(relay):
    both = Turn(
        content=(ToolUse(name="answer_in_words", input={"text": "x"}), ToolUse(name="run_draft", input={"draft": 1}))
    )
    with ModelServer(talk(both)) as server:
        ended = relay.turn(server)
    assert ended.outcome == "tool"
    assert [message.name for message in relay.heard if isinstance(message, door.ToolCall)] == ["answer_in_words"]
    assert relay.conversation[-1]["content"][1]["is_error"] is True


WELL = "All is well in every ward of this hospital today, as far as anybody knows."
RECOVERABLE = [
    ("rate_limited", "busy"),
    ("overloaded", "busy"),
    ("server_error", "failed"),
    ("error_mid_stream", "busy"),
    ("reset_before_headers", "broke"),
    ("reset_mid_text", "broke"),
    ("early_end", "too early"),
    ("unnamed_events", "no message"),
    ("nonsense_html", "no message"),
    ("garbled_event", "no message"),
]


@pytest.mark.parametrize(("kind", "words"), RECOVERABLE)
def test_a_passing_fault_drops_the_half_turn_and_is_tried_again(relay, kind, words):
    with ModelServer(talk(says(WELL))) as server:
        server.add_fault(Fault(kind, seconds=0.1))
        ended = relay.turn(server)
        requests = len(server.received)
    assert (ended.outcome, requests) == ("ended", 2)
    assert len(relay.dropped()) == 1 and words in relay.dropped()[0]
    assert relay.conversation[-1]["content"][0]["text"] == WELL


def test_malformed_tool_arguments_are_never_run(relay):
    with ModelServer(talk(calls("search_dictionary", query="stays"))) as server:
        server.add_fault(Fault("malformed_tool_json"))
        relay.turn(server)
    run = [message for message in relay.heard if isinstance(message, door.ToolCall)]
    assert [msgspec.json.decode(call.arguments) for call in run] == [{"query": "stays"}]
    assert len(relay.dropped()) == 1


FINAL = [("unauthorized", "key"), ("too_large", "too long"), ("redirected", "redirect")]


@pytest.mark.parametrize(("kind", "words"), FINAL)
def test_a_lasting_fault_is_told_in_one_sentence_and_not_tried_again(relay, kind, words):
    with ModelServer(talk(says("never"))) as server:
        server.add_fault(Fault(kind))
        ended = relay.turn(server)
        requests = len(server.received)
    assert (ended.outcome, requests) == ("failed", 1)
    assert words in ended.sentence and "\n" not in ended.sentence


def test_a_wait_of_an_hour_is_told_and_not_slept(relay):
    with ModelServer(talk(says("never"))) as server:
        server.add_fault(Fault("rate_limited", seconds=3600))
        ended = relay.turn(server)
    assert ended.outcome == "failed" and "60 minutes" in ended.sentence
    assert relay.dropped() == []


def test_a_refusal_is_shown_and_not_retried(relay):
    with ModelServer(talk(says("never"))) as server:
        server.add_fault(Fault("refused"))
        ended = relay.turn(server)
        requests = len(server.received)
    assert requests == 1 and "declined" in ended.sentence


def test_an_answer_cut_by_the_token_limit_is_asked_again_with_more_room(relay):
    with ModelServer(talk(says("A long story, told in full."))) as server:
        server.add_fault(Fault("cut_short"))
        relay.turn(server, max_tokens=1000)
        limits = [msgspec.json.decode(request.body)["max_tokens"] for request in server.received]
    assert limits == [1000, 2000]
    assert relay.conversation[-1]["content"][0]["text"] == "A long story, told in full."


def test_a_cancel_in_the_middle_of_a_turn_ends_it_and_the_next_turn_works(relay):
    relay.on = lambda message: door.CancelTurn() if isinstance(message, door.ToolCall) else None
    with ModelServer(talk(calls("search_dictionary", query="x"))) as server:
        assert relay.turn(server).outcome == "cancelled"
    relay.on = lambda message: None
    with ModelServer(talk(says("Again."))) as server:
        assert relay.turn(server).outcome == "ended"


def test_what_the_gate_refuses_is_not_retried(relay):
    no = door.RequestRefused(kind="gate", sentence="Not allowed.")
    relay.on = lambda message: no if isinstance(message, door.ModelRequest) else None
    with ModelServer(talk(says("never"))) as server:
        ended = relay.turn(server)
        assert server.received == []
    assert (ended.outcome, ended.sentence) == ("gate", "Not allowed.")
    assert sum(isinstance(message, door.ModelRequest) for message in relay.heard) == 1


def test_a_model_that_never_stops_calling_tools_is_stopped(relay):
    relay.answers["search_dictionary"] = door.ToolAnswer(text="nothing")
    with ModelServer(talk(*[calls("search_dictionary", query="x")] * 5)) as server:
        ended = relay.turn(server, turns=3)
    assert ended.outcome == "failed" and "3 steps" in ended.sentence


def test_thinking_goes_back_unchanged(relay):
    thinking = Thinking(thinking="Stays, not patients.", signature="c2lnbmF0dXJl")
    turn = Turn(content=(thinking, Text(text="Stays.")))
    with ModelServer(talk(turn)) as server:
        relay.turn(server)
    block = relay.conversation[-1]["content"][0]
    assert block == {"type": "thinking", "thinking": "Stays, not patients.", "signature": "c2lnbmF0dXJl"}
