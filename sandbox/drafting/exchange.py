"""One HTTP exchange with the model, in a thread of its own, that can be stopped at any moment.

    exchange = Exchange(wire, outgoing, events.put)
    exchange.start()           # puts Head, Chunk..., Done into the sink
    exchange.stop()            # from any thread: the socket is shut down, Done follows at once

`httpx2.HTTPTransport` is used bare: no client, so no redirect is followed, no cookie kept, no environment
variable read, no header added but Host and Content-Length, and nothing is tried twice.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2

LARGEST_RESPONSE = 64 * 1024 * 1024
_TIMEOUTS = {"connect": 10.0, "read": 120.0, "write": 60.0, "pool": 10.0}
_PASSED_ON = ("content-type", "retry-after", "request-id")


class Outgoing(NamedTuple):
    """A request that has passed the gate: exactly what leaves."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Head(NamedTuple):
    status: int
    headers: tuple[tuple[str, str], ...]


class Chunk(NamedTuple):
    data: bytes


class Done(NamedTuple):
    """The exchange is over. `problem` is a sentence when it broke; `began` says whether a head had come."""

    problem: str
    began: bool


Event = Head | Chunk | Done


class Line:
    """One connection, or the place for one; a stop must reach its socket from another thread."""

    def __init__(self, context: ssl.SSLContext) -> None:
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60)
        self.transport = httpx2.HTTPTransport(verify=context, trust_env=False, limits=limits, retries=0)
        self.socket: socket.socket | None = None

    def hang_up(self) -> None:
        if self.socket is not None:
            with contextlib.suppress(OSError):  # it may have closed by itself
                self.socket.shutdown(socket.SHUT_RDWR)


class Wire:
    """Lines to the one origin, made ready before the door closes (certificates are read from files)."""

    def __init__(self) -> None:
        self._context = ssl.create_default_context()
        self._idle: list[Line] = []

    def take(self) -> Line:
        return self._idle.pop() if self._idle else Line(self._context)

    def give_back(self, line: Line) -> None:
        """Keep a line whose exchange ended well; any other is closed by whoever took it."""
        self._idle.append(line)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().transport.close()


class Exchange:
    """Sends one request and hands its response to `sink`, piece by piece."""

    def __init__(self, wire: Wire, outgoing: Outgoing, sink: Callable[[Event], None]) -> None:
        self._wire = wire
        self._line = wire.take()
        self._outgoing = outgoing
        self._sink = sink
        self._stopped = threading.Event()
        self._began = False
        self._thread = threading.Thread(target=self._run, name="exchange", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it now; what is on its way is thrown away."""
        self._stopped.set()
        self._line.hang_up()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        try:
            problem = self._exchange()
        except httpx2.HTTPError as error:
            problem = _sentence(error)
        except OSError as error:
            problem = f"The connection to the model's server failed ({type(error).__name__})."
        if self._stopped.is_set():
            problem = "The request was stopped."
        if problem:
            self._line.transport.close()
        else:
            self._wire.give_back(self._line)
        self._sink(Done(problem, self._began))

    def _exchange(self) -> str:
        response = self._line.transport.handle_request(self._request())
        try:
            self._began = True
            self._sink(_head(response))
            return self._pump(response)
        finally:
            response.close()

    def _pump(self, response: httpx2.Response) -> str:
        if response.headers.get("content-encoding", "identity") != "identity":
            return "The model's server answered in an encoding that was not asked for."
        total = 0
        for piece in response.iter_raw():
            total += len(piece)
            if self._stopped.is_set():
                break
            if total > LARGEST_RESPONSE:
                return "The model's server sent more than a response may hold."
            self._sink(Chunk(piece))
        return ""

    def _request(self) -> httpx2.Request:
        return httpx2.Request(
            self._outgoing.method,
            self._outgoing.url,
            headers=list(self._outgoing.headers),
            content=self._outgoing.body,
            extensions={"timeout": _TIMEOUTS, "trace": self._trace},
        )

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Learn which socket is in use, before the response is there: a stop must reach it while it waits."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._line.socket = info["return_value"].get_extra_info("socket")
            if self._stopped.is_set():
                self._line.hang_up()


def _head(response: httpx2.Response) -> Head:
    headers = tuple((name, response.headers[name]) for name in _PASSED_ON if name in response.headers)
    return Head(response.status_code, headers)


def _sentence(error: httpx2.HTTPError) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "The model's server did not answer in time."
    if isinstance(error, httpx2.ConnectError):
        return "The model's server can't be reached."
    return "The connection to the model's server broke."
