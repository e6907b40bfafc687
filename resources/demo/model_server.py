"""A server on the loopback that speaks the Messages API, for demonstrations and tests without a model.

    with ModelServer(load_conversation(path), faults=[Fault("overloaded")]) as server:
        client = anthropic.Anthropic(base_url=server.url, api_key="any")
        ...
        server.received[0].body                 # the raw bytes of every request that came

It replays a recorded conversation, or in live mode hands each request to whoever plays the model, as a file. As a
process: `python -m resources.demo.model_server --replay FILE` writes its address as the first line.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import click

from sandbox.errors import BadInput

from ._live import Live
from ._wire import Event, error, events, problem_with, tokens, whole
from .conversation import ENDED, Conversation, Turn, load_conversation
from .faults import ConnectionReset, Fault, Status, broken, refusal

LARGEST_BODY = 64 * 1024 * 1024
PING_EVERY = 5.0
MODELS = ("claude-opus-5-5", "claude-sonnet-5-5")


@dataclass(frozen=True)
class Received:
    """One request as it came: `head` is the request line and the headers, byte for byte."""

    method: str
    path: str
    head: bytes
    body: bytes


class Voice(Protocol):
    """Whoever decides what the model says. None means: not yet, ask again."""

    def turn(self, request: dict[str, Any], number: int) -> Turn | None: ...


class Replay:
    """A recorded conversation: the turn after as many assistant messages as the request holds."""

    def __init__(self, conversation: Conversation) -> None:
        self._turns = conversation.turns

    def turn(self, request: dict[str, Any], number: int) -> Turn | None:
        said = sum(message["role"] == "assistant" for message in request["messages"])
        return self._turns[said] if said < len(self._turns) else ENDED


class ModelServer:
    """The server, running while its `with` block runs. Only this machine can reach it."""

    def __init__(
        self,
        conversation: Conversation | None = None,
        *,
        live: Path | None = None,
        record: Path | None = None,
        faults: Sequence[Fault] = (),
        delay: float = 0.0,
        port: int = 0,
    ) -> None:
        if (conversation is None) == (live is None):
            raise BadInput("The model server needs either a recorded conversation or a folder for live answers.")
        self.received: list[Received] = []
        self.voice: Voice = Replay(conversation) if conversation is not None else Live(live or Path(), record)
        self.delay = delay
        self.closing = threading.Event()
        self._faults = list(faults)
        self._requests = 0
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="model-server", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def next_request(self) -> tuple[int, Fault]:
        """Count a request for a message, and take the fault that is due."""
        with self._lock:
            self._requests += 1
            return self._requests, self._faults.pop(0) if self._faults else Fault("none")

    def note(self, received: Received) -> None:
        with self._lock:
            self.received.append(received)

    def add_fault(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: ModelServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are daily business; nothing of a request is ever printed."""


class _Recorder:
    """A reader that remembers what was read, so that a request is known byte for byte."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner
        self.seen = bytearray()

    def readline(self, size: int = -1) -> bytes:
        return self._remember(self._inner.readline(size))

    def read(self, size: int = -1) -> bytes:
        return self._remember(self._inner.read(size))

    def close(self) -> None:
        self._inner.close()

    @property
    def closed(self) -> bool:
        return self._inner.closed

    def _remember(self, data: bytes) -> bytes:
        self.seen += data
        return data


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.recorder = _Recorder(self.rfile)  # type: ignore[arg-type]
        self.rfile = self.recorder  # type: ignore[assignment]

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests are kept in `received`, never printed."""

    def do_GET(self) -> None:
        self._note(b"")
        path = self.path.partition("?")[0]
        if path == "/v1/models":
            self._answer(200, {"data": [_model(name) for name in MODELS], "has_more": False})
        elif path.startswith("/v1/models/"):
            self._answer(200, _model(path.rsplit("/", 1)[1]))
        else:
            self._answer(404, error("not_found_error", "Not found"))

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        path = self.path.partition("?")[0]
        if path not in ("/v1/messages", "/v1/messages/count_tokens"):
            self._answer(404, error("not_found_error", "Not found"))
        elif not self.headers.get("Authorization") and not self.headers.get("x-api-key"):
            self._answer(401, error("authentication_error", "x-api-key header is required"))
        else:
            self._message(path, body)

    def _body(self) -> bytes | None:
        """The request's body, noted; None if it was refused for its size."""
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > LARGEST_BODY:
            self._note(b"")
            self._answer(413, error("request_too_large", "Request exceeds the maximum size"))
            return None
        head = bytes(self.recorder.seen)
        body = self.rfile.read(int(size))
        self.recorder.seen.clear()
        self.server.owner.note(Received(self.command, self.path, head, body))
        return body

    def _note(self, body: bytes) -> None:
        head = bytes(self.recorder.seen)
        self.recorder.seen.clear()
        self.server.owner.note(Received(self.command, self.path, head, body))

    def _message(self, path: str, body: bytes) -> None:
        try:
            request = json.loads(body)
        except ValueError:
            self._answer(400, error("invalid_request_error", "The request body is not valid JSON"))
            return
        counting = path.endswith("count_tokens")
        wrong = problem_with({"max_tokens": 1, **request} if counting and isinstance(request, dict) else request)
        if wrong:
            self._answer(400, error("invalid_request_error", wrong))
        elif counting:
            self._answer(200, {"input_tokens": tokens(request)})
        else:
            self._say(request)

    def _say(self, request: dict[str, Any]) -> None:
        number, fault = self.server.owner.next_request()
        instead = refusal(fault)
        if fault.kind == "reset_before_headers":
            self._reset()
        elif fault.kind == "no_answer":
            self.server.owner.closing.wait(fault.seconds)
            self.close_connection = True
        elif instead is not None:
            self._refuse(instead)
        elif request.get("stream"):
            self._stream(request, number, fault)
        else:
            self._answer(200, whole(self._turn(request, number), request))

    def _refuse(self, instead: Status) -> None:
        if isinstance(instead.body, str):
            self._send(instead.status, "text/html; charset=utf-8", instead.body.encode(), instead.headers)
        else:
            self._answer(instead.status, instead.body, instead.headers)

    def _stream(self, request: dict[str, Any], number: int, fault: Fault) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("request-id", f"req_{number:012d}")
        self.end_headers()
        wait = fault.seconds if fault.kind == "slow" else self.server.owner.delay
        try:
            for event in broken(fault, self._events(request, number)):
                self._chunk(event.encode(named=fault.kind != "unnamed_events"))
                time.sleep(wait)
            self._chunk(b"")
        except ConnectionReset:
            self._reset()
        except ConnectionError:
            self.close_connection = True  # the client hung up, as it may

    def _events(self, request: dict[str, Any], number: int) -> Iterator[Event]:
        """The turn's events; pings until somebody has said it."""
        while (
            turn := self.server.owner.voice.turn(request, number)
        ) is None and not self.server.owner.closing.is_set():
            yield Event("ping", {"type": "ping"})
        if turn is None:
            yield Event("error", error("api_error", "The server is stopping"))
        else:
            yield from events(turn, request)

    def _turn(self, request: dict[str, Any], number: int) -> Turn:
        while (turn := self.server.owner.voice.turn(request, number)) is None:
            if self.server.owner.closing.is_set():
                return ENDED
        return turn

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _answer(self, status: int, body: dict[str, Any], headers: Sequence[tuple[str, str]] = ()) -> None:
        self._send(status, "application/json", json.dumps(body).encode(), headers)

    def _send(self, status: int, kind: str, data: bytes, headers: Sequence[tuple[str, str]]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(data)

    def _reset(self) -> None:
        """Close with a TCP reset: what a dying server or a firewall does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _model(name: str) -> dict[str, Any]:
    about = {"max_input_tokens": 200_000, "max_tokens": 32_000, "created_at": "2026-01-01T00:00:00Z"}
    return {"type": "model", "id": name, "display_name": name, **about}


@click.command()
@click.option("--replay", type=click.Path(path_type=Path), help="Recorded conversation to say again.")
@click.option("--live", type=click.Path(path_type=Path), help="Folder for request-NNN.json and response-NNN.json.")
@click.option("--record", type=click.Path(path_type=Path), help="With --live: keep the turns as a conversation.")
@click.option("--delay", default=0.0, help="Seconds between events, to watch text arrive.")
@click.option("--port", default=0, help="Port on the loopback; 0 takes a free one.")
def main(replay: Path | None, live: Path | None, record: Path | None, delay: float, port: int) -> None:
    """Serve the Messages API on the loopback until interrupted; the first line written is the address."""
    try:
        conversation = load_conversation(replay) if replay else None
        server = ModelServer(conversation, live=live, record=record, delay=delay, port=port)
    except BadInput as problem:
        raise click.ClickException(f"{problem.sentence} {problem.advice}") from problem
    with server, contextlib.suppress(KeyboardInterrupt):
        click.echo(server.url)
        threading.Event().wait()


if __name__ == "__main__":
    main()
