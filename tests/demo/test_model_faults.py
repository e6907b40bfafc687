"""Each fault of the model server shows in the real SDK as it does with a real server (agent facts, 1.6)."""

from __future__ import annotations

import anthropic
import httpx2
import pytest
from demo_parts import answered, client, say

from resources.demo.conversation import Conversation
from resources.demo.faults import Fault, Kind
from resources.demo.model_server import ModelServer

ASKED = [{"role": "user", "content": "How many stays?"}]


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("rate_limited", anthropic.RateLimitError),
        ("overloaded", anthropic.OverloadedError),
        ("unauthorized", anthropic.AuthenticationError),
        ("too_large", anthropic.ContentTooLargeError),
        ("server_error", anthropic.InternalServerError),
        ("redirected", anthropic.APIStatusError),
        ("reset_before_headers", anthropic.APIConnectionError),
        ("no_answer", anthropic.APIConnectionError),
        ("error_mid_stream", anthropic.APIStatusError),
        ("reset_mid_text", httpx2.TransportError),
        ("nonsense_html", AssertionError),
        ("unnamed_events", AssertionError),
        ("garbled_event", ValueError),
    ],
)
def test_a_fault_is_raised_once_and_then_all_is_well(
    conversation: Conversation, kind: Kind, raised: type[Exception]
) -> None:
    with ModelServer(conversation, faults=[Fault(kind)]) as server, client(server.url) as sdk:
        with pytest.raises(raised):
            say(sdk, ASKED)
        assert say(sdk, ASKED).stop_reason == "tool_use"
    assert len(server.received) == 2


def test_the_wait_of_a_rate_limit_is_in_its_header(conversation: Conversation) -> None:
    with (
        ModelServer(conversation, faults=[Fault("rate_limited", seconds=3600)]) as server,
        client(server.url) as sdk,
        pytest.raises(anthropic.RateLimitError) as caught,
    ):
        say(sdk, ASKED)
    assert caught.value.response.headers["retry-after"] == "3600"


def test_an_overload_in_the_stream_names_itself_with_status_200(conversation: Conversation) -> None:
    with (
        ModelServer(conversation, faults=[Fault("error_mid_stream")]) as server,
        client(server.url) as sdk,
        pytest.raises(anthropic.APIStatusError) as caught,
    ):
        say(sdk, ASKED)
    assert (caught.value.status_code, caught.value.type) == (200, "overloaded_error")


def test_a_stream_that_ends_early_has_no_stop_reason(conversation: Conversation) -> None:
    with ModelServer(conversation, faults=[Fault("early_end")]) as server, client(server.url) as sdk:
        assert say(sdk, ASKED).stop_reason is None


def test_malformed_tool_input_breaks_the_turn(conversation: Conversation) -> None:
    with (
        ModelServer(conversation, faults=[Fault("malformed_tool_json")]) as server,
        client(server.url) as sdk,
        pytest.raises(ValueError, match="JSON"),
    ):
        say(sdk, ASKED)


@pytest.mark.parametrize(("kind", "reason"), [("refused", "refusal"), ("cut_short", "max_tokens")])
def test_other_ends_of_a_turn_come_as_stop_reasons(conversation: Conversation, kind: Kind, reason: str) -> None:
    with ModelServer(conversation, faults=[Fault(kind)]) as server, client(server.url) as sdk:
        assert say(sdk, ASKED).stop_reason == reason


def test_a_slow_stream_still_arrives_whole(conversation: Conversation) -> None:
    with ModelServer(conversation, faults=[Fault("slow", seconds=0.01)]) as server, client(server.url) as sdk:
        assert say(sdk, ASKED).stop_reason == "tool_use"


def test_faults_come_one_for_one_request_in_order(conversation: Conversation) -> None:
    faults = [Fault("none"), Fault("overloaded"), Fault("none")]
    with ModelServer(conversation, faults=faults) as server, client(server.url) as sdk:
        first = say(sdk, ASKED)
        with pytest.raises(anthropic.OverloadedError):
            say(sdk, answered(ASKED, first))
        assert say(sdk, answered(ASKED, first)).stop_reason == "tool_use"
