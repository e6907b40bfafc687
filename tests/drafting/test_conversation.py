"""The conversation on disk, and what the gate hears of the model's words."""

from __future__ import annotations

import msgspec
import pytest

from sandbox.agent import TOOLS
from sandbox.drafting.conversation import NOT_RUN, Conversation
from sandbox.drafting.heard import Heard
from sandbox.drafting.shape import read_messages
from sandbox.drafting.tools import ARGUMENTS
from sandbox.errors import GateRefused, WorkspaceRefused

CALL = {"type": "tool_use", "id": "t1", "name": "run_draft", "input": {"draft": 1}}
OPEN = [
    {"role": "user", "content": [{"type": "text", "text": "How many?"}]},
    {"role": "assistant", "content": [{"type": "text", "text": "I run it."}, CALL]},
]


def test_an_open_tool_call_is_answered_before_the_conversation_goes_on(tmp_path):
    conversation = Conversation.open(tmp_path / "conversation.json")
    conversation.keep(read_messages(msgspec.json.encode(OPEN)))
    conversation.say("And now?")
    last = msgspec.json.decode(Conversation.open(tmp_path / "conversation.json").encoded())[-1]
    assert [part["type"] for part in last["content"]] == ["tool_result", "text"]
    assert last["content"][0]["content"] == NOT_RUN and last["content"][0]["is_error"] is True


def test_two_messages_of_the_reviewer_in_a_row_become_one(tmp_path):
    conversation = Conversation.open(tmp_path / "conversation.json")
    conversation.say("One.")
    conversation.say("Two.")
    assert len(conversation.messages) == 1 and conversation.waits_for_model


def test_a_damaged_conversation_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "conversation.json"
    path.write_bytes(b'[{"role": "system", "content": "x"}]')
    with pytest.raises(WorkspaceRefused):
        Conversation.open(path)
    assert path.read_bytes().startswith(b"[")


@pytest.mark.parametrize("shape", [b"{}", b"[1]", b"nonsense", b'[{"role":"user","content":[]}]', b"[" * 100_000])
def test_what_is_no_conversation_is_refused(shape):
    with pytest.raises(GateRefused):
        read_messages(shape)


def stream(*events: dict) -> bytes:
    return b"".join(b"event: x\ndata: " + msgspec.json.encode(event) + b"\n\n" for event in events)


def test_the_models_words_are_heard_however_the_stream_is_cut():
    data = stream(
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Maria "}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Lopez"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "input": {}}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": '{"query":'}},
        {
            "type": "content_block_delta",
            "index": 1,
            "delta": {"type": "input_json_delta", "partial_json": ' ["a", 7]}'},
        },
    )
    for size in (1, 7, len(data)):
        heard = Heard()
        for at in range(0, len(data), size):
            heard.feed(data[at : at + size])
        assert {"Maria Lopez", "query", "a", "7"} <= set(heard.texts())


def test_nonsense_in_a_stream_is_skipped():
    heard = Heard()
    heard.feed(b"data: {not json\n\ndata: [1]\n\ndata: " + b'{"a":' * 5000 + b"\n\n<html>\n")
    assert list(heard.texts()) == []


def test_the_tools_the_model_is_told_of_are_the_tools_that_are_validated():
    def fields(schema: dict) -> set[str]:
        assert schema["additionalProperties"] is False and schema["required"] == list(schema["properties"])
        return set(schema["properties"])

    assert [tool["name"] for tool in TOOLS] == list(ARGUMENTS)
    for tool in TOOLS:
        assert tool["strict"] is True
        assert fields(tool["input_schema"]) == set(ARGUMENTS[tool["name"]].__struct_fields__)
