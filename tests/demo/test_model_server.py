"""The loopback server speaks the Messages API well enough for the real SDK, and keeps what it was sent."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest
from demo_parts import answered, client, say

from resources.demo.conversation import Conversation, Text, Turn, load_conversation, save_conversation
from resources.demo.model_server import ModelServer
from sandbox.errors import BadInput

ASKED = [{"role": "user", "content": "How many stays?"}]


def test_the_real_sdk_streams_a_whole_recorded_conversation(conversation: Conversation) -> None:
    with ModelServer(conversation) as server, client(server.url) as sdk:
        messages = ASKED
        turns = []
        for _ in conversation.turns:
            turns.append(say(sdk, messages))
            messages = answered(messages, turns[-1])
    assert [turn.stop_reason for turn in turns] == ["tool_use", "tool_use", "end_turn"]
    assert [block.type for block in turns[0].content] == ["thinking", "text", "tool_use"]
    assert turns[0].content[1].text == conversation.turns[0].content[1].text  # type: ignore[union-attr]
    assert turns[1].content[0].input == conversation.turns[1].content[0].input  # type: ignore[union-attr]
    assert turns[1].content[1].input == {}


def test_text_arrives_in_pieces_as_it_does_from_a_model(conversation: Conversation) -> None:
    with (
        ModelServer(conversation) as server,
        client(server.url) as sdk,
        sdk.messages.stream(model="m", max_tokens=10, messages=ASKED) as stream,  # type: ignore[arg-type]
    ):
        pieces = list(stream.text_stream)
    assert len(pieces) > 2


def test_a_call_that_does_not_stream_gets_the_same_turn(conversation: Conversation) -> None:
    with ModelServer(conversation) as server, client(server.url) as sdk:
        message = sdk.messages.create(model="m", max_tokens=10, messages=ASKED)  # type: ignore[arg-type]
    assert message.stop_reason == "tool_use"
    assert message.content[2].input == {"query": "inpatient stay", "limit": 5}  # type: ignore[union-attr]


def test_the_end_of_a_recording_is_said_not_guessed(conversation: Conversation) -> None:
    short = Conversation(name="short", turns=(Turn(content=(Text(text="Only this."),)),))
    with ModelServer(short) as server, client(server.url) as sdk:
        messages = answered(ASKED, say(sdk, ASKED))
        assert "has ended" in say(sdk, messages).content[0].text


def test_every_request_is_kept_byte_for_byte(conversation: Conversation) -> None:
    with ModelServer(conversation) as server:
        raw = json.dumps({"model": "m", "max_tokens": 5, "messages": ASKED, "note": "E01234567"}).encode()
        headers = {"Authorization": "Bearer odd key", "X-Strange": "kept too"}
        httpx2.post(f"{server.url}/v1/messages", content=raw, headers=headers, trust_env=False)
        httpx2.get(f"{server.url}/v1/models?limit=1000", trust_env=False)
        httpx2.post(f"{server.url}/elsewhere", content=b"stray", trust_env=False)
    first, second, third = server.received
    assert first.body == raw
    assert first.head.startswith(b"POST /v1/messages HTTP/1.1\r\n")
    assert b"kept too" in first.head
    assert second.path == "/v1/models?limit=1000"
    assert third.body == b"stray"


def test_models_and_token_counts_are_served(conversation: Conversation) -> None:
    with ModelServer(conversation) as server, client(server.url) as sdk:
        assert sdk.messages.count_tokens(model="m", messages=ASKED).input_tokens > 0  # type: ignore[arg-type]
        assert "claude-opus-5-5" in [model.id for model in sdk.models.list()]
        assert sdk.models.retrieve("claude-sonnet-5-5").id == "claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json", "not valid JSON"),
        (b"[]", "JSON object"),
        (json.dumps({"model": "m", "max_tokens": 5, "messages": []}).encode(), "at least one message"),
        (json.dumps({"model": "m", "messages": ASKED}).encode(), "max_tokens"),
        (
            json.dumps({"model": "m", "max_tokens": 5, "messages": [{"role": "assistant", "content": "a"}]}).encode(),
            "first",
        ),
        (
            json.dumps(
                {
                    "model": "m",
                    "max_tokens": 5,
                    "messages": [
                        *ASKED,
                        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "x", "input": {}}]},
                        {"role": "user", "content": "no result for it"},
                    ],
                }
            ).encode(),
            "tool_use",
        ),
    ],
)
def test_what_the_real_service_refuses_is_refused(conversation: Conversation, body: bytes, why: str) -> None:
    with ModelServer(conversation) as server:
        answer = httpx2.post(f"{server.url}/v1/messages", content=body, headers={"x-api-key": "k"}, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert why in answer.json()["error"]["message"]


def test_a_request_without_a_key_is_refused(conversation: Conversation) -> None:
    with ModelServer(conversation) as server:
        answer = httpx2.post(f"{server.url}/v1/messages", content=b"{}", trust_env=False)
    assert answer.status_code == 401


def test_only_this_machine_can_reach_it(conversation: Conversation) -> None:
    with ModelServer(conversation) as server:
        assert server.url.startswith("http://127.0.0.1:")
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(server.url, trust_env=False)


def test_live_answers_come_from_files_and_are_recorded(tmp_path: Path) -> None:
    folder, record = tmp_path / "live", tmp_path / "kept.json"

    def play() -> None:
        for number, words in ((1, "First."), (2, "Second.")):
            asked = folder / f"request-{number:03d}.json"
            while not asked.exists():
                time.sleep(0.01)
            answer = folder / f"response-{number:03d}.json"
            if number == 1:
                answer.write_text("not a turn")
                while not answer.with_suffix(".problem.txt").exists():
                    time.sleep(0.01)
            answer.write_text(json.dumps({"content": [{"type": "text", "text": words}]}))

    player = threading.Thread(target=play)
    player.start()
    with ModelServer(live=folder, record=record) as server, client(server.url) as sdk:
        first = say(sdk, ASKED)
        second = say(sdk, answered(ASKED, first))
    player.join()
    assert [first.content[0].text, second.content[0].text] == ["First.", "Second."]
    assert json.loads((folder / "request-001.json").read_text())["messages"] == ASKED
    kept = load_conversation(record)
    assert [turn.content[0].text for turn in kept.turns] == ["First.", "Second."]  # type: ignore[union-attr]


def test_a_conversation_survives_being_saved_and_read(conversation: Conversation, tmp_path: Path) -> None:
    save_conversation(tmp_path / "c.json", conversation)
    assert load_conversation(tmp_path / "c.json") == conversation


@pytest.mark.parametrize(
    "text", ["", "{}", '{"name": "x", "turns": [{"content": [{"type": "image"}]}]}', '{"format": 2}']
)
def test_a_file_that_is_no_conversation_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(BadInput, match=r"c\.json"):
        load_conversation(tmp_path / "c.json")


def test_every_conversation_that_ships_can_be_read() -> None:
    for path in Path("resources/conversations").glob("*.json"):
        assert load_conversation(path).turns


def test_it_runs_as_a_process_and_says_where(conversation: Conversation, tmp_path: Path) -> None:
    save_conversation(tmp_path / "c.json", conversation)
    command = [sys.executable, "-m", "resources.demo.model_server", "--replay", str(tmp_path / "c.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with client(url) as sdk:
            assert say(sdk, ASKED).stop_reason == "tool_use"
        process.terminate()


def test_a_client_that_hangs_up_disturbs_nobody(conversation: Conversation) -> None:
    with ModelServer(conversation, delay=0.01) as server, client(server.url) as sdk:
        with sdk.messages.stream(model="m", max_tokens=10, messages=ASKED) as stream:  # type: ignore[arg-type]
            next(iter(stream))
        assert say(sdk, ASKED).stop_reason == "tool_use"


def test_a_wrong_start_is_refused() -> None:
    with pytest.raises(BadInput, match="either a recorded conversation or a folder"):
        ModelServer()
