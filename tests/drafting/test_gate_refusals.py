"""Everything the SDK can do beyond sending messages is tried through the gate: nothing reaches the server."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import msgspec
import pytest
from drafting_talk import says, talk
from gate_kit import GOOD, TOOLS, RulesOnly

from resources.demo.faults import Fault
from resources.demo.model_server import ModelServer
from sandbox.agent import tools_json
from sandbox.drafting import wire_log
from sandbox.drafting.exchange import Chunk, Done, Exchange, Head, Wire
from sandbox.drafting.gate import API_VERSION, PATH, Gate
from sandbox.drafting.heard import Heard
from sandbox.drafting.verdicts import Verdicts
from sandbox.drafting.wire_log import WireLog
from sandbox.errors import BadInput, GateRefused, PatientRecognised, RecordRefused, Refusal
from sandbox.messages.model_door import Begin, ModelRequest
from sandbox.review.model_address import Address


class ThroughTheGate(httpx2.BaseTransport):
    """What the agent's pipe and the session do, in one thread: every request of the SDK meets the gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._wire = Wire()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = tuple((name.decode(), value.decode()) for name, value in request.headers.raw)
        asked = ModelRequest(method=request.method, path=request.url.raw_path.decode(), headers=headers)
        outgoing, _ = self._gate.admit(asked, request.read())
        events: queue.Queue[Any] = queue.Queue()
        exchange = Exchange(self._wire, outgoing, events.put)
        exchange.start()
        head, body = None, b""
        while not isinstance(event := events.get(timeout=30), Done):
            head = event if isinstance(event, Head) else head
            body += event.data if isinstance(event, Chunk) else b""
        exchange.join()
        if head is None:
            raise httpx2.ConnectError(event.problem, request=request)
        return httpx2.Response(head.status, headers=list(head.headers), content=body, request=request)

    def close(self) -> None:
        self._wire.close()


class Set:
    """A gate, the SDK in front of it and the server behind it."""

    def __init__(self, server: ModelServer, folder: Path) -> None:
        self.server = server
        self.log = folder / "sent.log"
        self.checker = RulesOnly()
        begin = Begin(model="claude-opus-5-5", system="Be brief.", tools=msgspec.Raw(tools_json()))
        verdicts = Verdicts(self.checker, folder / "passed.json")  # type: ignore[arg-type]
        self.gate = Gate(Address.read(server.url), "key", begin, verdicts, WireLog.open(self.log))
        self.clients: list[anthropic.Anthropic] = []
        self.client = self.client_of("https://model.invalid")

    def client_of(self, url: str, **settings: Any) -> anthropic.Anthropic:
        transport = httpx2.Client(transport=ThroughTheGate(self.gate), trust_env=False)
        client = anthropic.Anthropic(
            api_key="jail", base_url=url, max_retries=0, open_telemetry=False, http_client=transport, **settings
        )
        self.clients.append(client)
        return client

    def stream(self, client: anthropic.Anthropic | None = None, **changes: Any) -> str:
        with (client or self.client).messages.stream(**{**GOOD, **changes}) as stream:
            return stream.get_final_text()


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Set]:
    with ModelServer(talk(says("Forty."), says("Forty."))) as server:
        kit = Set(server, tmp_path)
        yield kit
        for client in kit.clients:
            client.close()


@contextlib.contextmanager
def refused(kind: type[Refusal]) -> Iterator[list[Refusal]]:
    """The SDK wraps what a transport raises; this is what the gate raised."""
    refusals: list[Refusal] = []
    with pytest.raises(anthropic.APIConnectionError) as wrapped:
        yield refusals
    assert isinstance(wrapped.value.__cause__, kind)
    refusals.append(wrapped.value.__cause__)


def user(*blocks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(blocks)}]


def test_an_ordinary_request_passes(kit):
    assert kit.stream() == "Forty."
    assert len(kit.server.received) == 1


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGVsbG8="}}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hello"}}
FORBIDDEN: dict[str, dict[str, Any]] = {
    "server tool": {"tools": [*TOOLS, {"type": "web_search_20250305", "name": "web_search"}]},
    "code execution": {"tools": [{"type": "code_execution_20250825", "name": "code_execution"}]},
    "a tool of its own": {"tools": [*TOOLS, {"name": "x", "description": "x", "input_schema": {"type": "object"}}]},
    "image": {"messages": user(IMAGE)},
    "document": {"messages": user(DOCUMENT)},
    "file": {"messages": user({"type": "document", "source": {"type": "file", "file_id": "file_1"}})},
    "container": {"container": "container_1"},
    "metadata": {"metadata": {"user_id": "somebody"}},
    "service tier": {"service_tier": "auto"},
    "unknown field": {"extra_body": {"thread": "t1"}},
    "mcp servers": {"extra_body": {"mcp_servers": [{"type": "url", "url": "https://example.org", "name": "x"}]}},
    "another model": {"model": "claude-sonnet-5-5"},
    "another system prompt": {"system": "Do as you like."},
    "smuggled header": {"extra_headers": {"X-Patient": "none"}},
    "beta header": {"extra_headers": {"anthropic-beta": "files-api-2025-04-14"}},
    "another key": {"extra_headers": {"Authorization": "Bearer other"}},
    "cookie": {"extra_headers": {"Cookie": "a=b"}},
    "query": {"extra_query": {"beta": "true"}},
    "tool result with an image": {
        "messages": user({"type": "tool_result", "tool_use_id": "t1", "content": [IMAGE]}),
    },
}


@pytest.mark.parametrize("feature", FORBIDDEN)
def test_a_forbidden_feature_sends_nothing_and_leaves_no_log_entry(kit, feature):
    with refused(GateRefused):
        kit.stream(**FORBIDDEN[feature])
    assert kit.server.received == []
    assert list(wire_log.entries(kit.log)) == []


def test_a_path_on_disk_given_as_data_is_neither_read_into_a_request_nor_sent(kit, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    block = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": secret}}
    with refused(GateRefused):
        kit.stream(messages=user(block))
    assert kit.server.received == []


CALLS = {
    "models": lambda client: client.models.list(),
    "count_tokens": lambda client: client.messages.count_tokens(model=GOOD["model"], messages=GOOD["messages"]),
    "batches": lambda client: client.messages.batches.list(),
    "files": lambda client: client.files.list(),
}


@pytest.mark.parametrize("call", CALLS)
def test_another_path_sends_nothing(kit, call):
    with refused(GateRefused):
        CALLS[call](kit.client)
    assert kit.server.received == []


@pytest.mark.parametrize("url", ["https://example.org", "https://model.invalid:8443", "https://model.invalid/other"])
def test_another_origin_sends_nothing(kit, url):
    with refused(GateRefused):
        kit.stream(kit.client_of(url))
    assert kit.server.received == []


def test_a_redirect_is_not_followed(kit):
    kit.server.add_fault(Fault("redirected"))
    with pytest.raises(anthropic.APIStatusError) as told:
        kit.stream()
    assert told.value.status_code == 307
    assert [request.path for request in kit.server.received] == [PATH]


def test_a_key_that_occurs_twice_leaves_once_as_it_was_inspected(kit):
    twice = msgspec.json.encode({**GOOD, "stream": True})[:-1] + b',"system":"Be brief."}'
    headers = (("host", "model.invalid"), ("content-type", "application/json"))
    outgoing, _ = kit.gate.admit(ModelRequest(method="POST", path=PATH, headers=headers), twice)
    assert outgoing.body.count(b'"system"') == 1


def test_a_patient_in_any_block_sends_nothing(kit):
    told = "Was patient Maria Lopez, MRN 0042117, readmitted?"
    result = {"type": "tool_result", "tool_use_id": "t1", "content": told}
    call = {"type": "tool_use", "id": "t1", "name": "search_dictionary", "input": {"query": [{told: 1}]}}
    for block, role in (({"type": "text", "text": told}, "user"), (result, "user"), (call, "assistant")):
        messages = [*GOOD["messages"], {"role": role, "content": [block]}, *GOOD["messages"]]
        with refused(PatientRecognised) as refusals:
            kit.stream(messages=messages)
        assert "Lopez" not in refusals[0].sentence and "0042117" not in refusals[0].sentence
    assert kit.server.received == []


OPAQUE = {
    "signature": {"type": "thinking", "thinking": "", "signature": "KowalczykAda"},
    "data": {"type": "redacted_thinking", "data": "KowalczykAda"},
    "id": {"type": "tool_use", "id": "Kowalczyk-Ada", "name": "run_draft", "input": {}},
    "name": {"type": "tool_use", "id": "t1", "name": "Kowalczyk-Ada", "input": {}},
}


@pytest.mark.parametrize("sort", OPAQUE)
def test_what_nobody_can_read_leaves_only_when_the_model_sent_it(kit, sort):
    heard = Heard()
    heard.feed(sse({"type": "content_block_start", "index": 0, "content_block": OPAQUE[sort]}))
    messages = [*GOOD["messages"], {"role": "assistant", "content": [OPAQUE[sort]]}, *GOOD["messages"]]
    with refused(GateRefused):
        kit.stream(messages=messages)
    assert kit.server.received == []
    for one in heard.opaque():
        kit.gate._verdicts.opaque_from_model(one)
    with contextlib.suppress(anthropic.APIStatusError):  # the replayed conversation has no such turn
        kit.stream(messages=messages)
    assert len(kit.server.received) == 1


def test_the_answer_to_a_call_that_the_model_never_made_does_not_leave(kit):
    with refused(GateRefused):
        kit.stream(messages=user({"type": "tool_result", "tool_use_id": "Kowalczyk-Ada", "content": "ok"}))
    assert kit.server.received == []


def test_a_signature_that_came_in_pieces_is_known(tmp_path):
    heard = Heard()
    heard.feed(sse({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "signature": ""}}))
    for piece in ("abc", "def"):
        delta = {"type": "signature_delta", "signature": piece}
        heard.feed(sse({"type": "content_block_delta", "index": 0, "delta": delta}))
    assert "signature:abcdef" in set(heard.opaque())


def sse(event: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(event) + b"\n\n"


def test_only_new_text_is_inspected(kit):
    kit.stream()
    asked = len(kit.checker.asked)
    kit.stream()
    assert len(kit.checker.asked) == asked


def test_what_cannot_be_logged_does_not_leave(kit):
    kit.log.write_bytes(b"somebody else wrote here\n")
    with refused(RecordRefused):
        kit.stream()
    assert kit.server.received == []


def test_the_api_version_of_the_installed_sdk_is_the_one_the_gate_writes(kit):
    assert kit.client.default_headers["anthropic-version"] == API_VERSION


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org",
        "ftp://127.0.0.1",
        "https://u:p@host",
        "https://:p@host",
        "https://@host",
        "https://",
        "https://h/?q",
        "http://127.0.0.1.evil.org",
    ],
)
def test_only_https_or_this_machine_is_an_address(url):
    with pytest.raises(BadInput):
        Address.read(url)


def test_an_origin_is_written_one_way_so_that_its_key_is_found():
    for url in ("https://API.example.org", "https://api.example.org:443/", "https://api.example.org/base"):
        assert Address.read(url).key_name == "key/model@https://api.example.org"
    assert Address.read("http://[::1]:8080").origin == "http://[::1]:8080"


def test_an_address_keeps_its_port_and_its_base_path():
    assert Address.read("https://proxy.example.org:8443/anthropic/") == (
        "https://proxy.example.org:8443",
        "proxy.example.org",
        8443,
        "/anthropic",
    )
