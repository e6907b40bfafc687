"""The gate: the only place from which bytes leave for the model, and only after every step has said yes.

    gate = Gate(address, key, begin, verdicts, log)
    outgoing = gate.admit(request, untrusted_body)       # GateRefused or PatientRecognised: nothing left
    Exchange(wire, outgoing, sink).start()

It runs in the drafting session, which holds the key of the model and no login, and knows no patient.
"""

from __future__ import annotations

import msgspec

from sandbox.drafting.exchange import Outgoing
from sandbox.drafting.shape import LARGEST_BODY, Body, read_body
from sandbox.drafting.verdicts import Verdicts
from sandbox.drafting.wire_log import Head, WireLog
from sandbox.errors import GateRefused
from sandbox.messages.model_door import Begin, ModelRequest
from sandbox.review.model_address import Address

API_VERSION = "2026-10-21"
PATH = "/v1/messages"
# The name the agent's transport uses for the model; no such host can exist (RFC 6761).
AGENT_HOST = "model.invalid"
_ADVICE = "This is a fault of Preceptor, not of your question; nothing was sent."

# What the SDK sends by itself and what becomes of it. Nothing is copied: what leaves is written anew.
_EXPECTED = {
    "host": AGENT_HOST,
    "accept": "application/json",
    "content-type": "application/json",
    "anthropic-version": API_VERSION,
    "authorization": "Bearer jail",
}
_DROPPED = ("accept-encoding", "connection", "content-length", "user-agent")
_DROPPED_PREFIX = "x-stainless-"


class Gate:
    """The rules for one question. `begin` is what the agent was given: model, system prompt and tools."""

    def __init__(self, address: Address, key: str, begin: Begin, verdicts: Verdicts, log: WireLog) -> None:
        self._address = address
        self._begin = begin
        self._tools = msgspec.json.decode(begin.tools, type=tuple[dict, ...])  # type: ignore[type-arg]
        self._verdicts = verdicts
        self._log = log
        self._headers = (
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("User-Agent", "preceptor"),
            ("anthropic-version", API_VERSION),
            ("Authorization", f"Bearer {key}"),
        )

    @property
    def head(self) -> Head:
        """The newest entry of what was sent."""
        return self._log.head

    def admit(self, request: ModelRequest, untrusted_body: bytes) -> tuple[Outgoing, Body]:
        """Return exactly what may leave, logged; or raise, and then nothing has left.

        1. The origin: the agent's own name for the model; ours comes from the settings alone.
        2. The path and the method: the one that sends messages.
        3. The size.
        4. The headers: only those that the SDK sends by itself; none of them is passed on.
        5. The body: read into the one allowed shape, with our model, system prompt and tools, and written anew.
        6. The checker's verdict on every text in it that has not passed before; what no checker can read (signatures,
           encrypted thoughts, the names of calls) is only what the model itself sent.
        7. The log: durable before the first byte leaves.
        """
        _check_origin(request)  # (1)
        _check_path(request)  # (2)
        if len(untrusted_body) > LARGEST_BODY:  # (3)
            raise GateRefused("The conversation is larger than what may be sent.", "Start a new question.")
        _check_headers(request)  # (4)
        body = read_body(untrusted_body)  # (5)
        self._check_ours(body)
        self._inspect(body)  # (6)
        outgoing = Outgoing("POST", self._address.origin + self._address.base + PATH, self._headers, body.encoded())
        self._log.append(method=outgoing.method, url=outgoing.url, headers=outgoing.headers, body=outgoing.body)  # (7)
        return outgoing, body

    def _check_ours(self, body: Body) -> None:
        for name, same in (
            ("model", body.model == self._begin.model),
            ("system prompt", body.system == self._begin.system),
            ("tools", body.tools == self._tools),
        ):
            if not same:
                raise GateRefused(f"The request does not hold the {name} that was given to the agent.", _ADVICE)

    def _inspect(self, body: Body) -> None:
        self._verdicts.check(body.system)
        self._verdicts.check(bytes(self._begin.tools).decode())
        for text in body.texts():
            self._verdicts.check(text)
        self._verdicts.check_heard(body.messages)


def _check_origin(request: ModelRequest) -> None:
    hosts = [value for name, value in request.headers if name.lower() == "host"]
    if hosts != [AGENT_HOST]:
        raise GateRefused("The request names another address than the model's.", _ADVICE)


def _check_path(request: ModelRequest) -> None:
    if request.method != "POST" or request.path != PATH:
        raise GateRefused("The request is for something else than sending messages.", _ADVICE)


def _check_headers(request: ModelRequest) -> None:
    for name, value in request.headers:
        low = name.lower()
        if low in _EXPECTED:
            if value != _EXPECTED[low]:
                raise GateRefused(f"The request has an unexpected value in its header {low}.", _ADVICE)
        elif low not in _DROPPED and not low.startswith(_DROPPED_PREFIX):
            raise GateRefused("The request has a header that is not allowed.", _ADVICE)
