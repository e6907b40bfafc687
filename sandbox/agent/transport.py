"""An HTTP transport that is only a pipe: what the SDK builds goes to the gate, which decides what leaves.

    client = httpx2.Client(transport=PipeTransport(door), trust_env=False)

The origin is a name that can't exist. A request for any other origin is refused here and, since the jail is
not trusted, again by the gate, which knows its own address of the model and takes none from the agent.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx2

from sandbox.agent.door import Door, GateSaidNo
from sandbox.messages.model_door import ResponseEnd

ORIGIN = "https://model.invalid"


class PipeTransport(httpx2.BaseTransport):
    """One exchange at a time through the door."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if f"{request.url.scheme}://{request.url.netloc.decode()}" != ORIGIN:
            raise GateSaidNo("gate", "A request for another address than the model's was refused.")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        try:
            head = self._door.request(request.method, request.url.raw_path.decode(), headers, request.read())
        except GateSaidNo as refusal:
            if refusal.kind == "network":
                raise httpx2.ConnectError(refusal.sentence, request=request) from refusal
            raise
        return httpx2.Response(head.status, headers=list(head.headers), stream=_Body(self._door), request=request)


class _Body(httpx2.SyncByteStream):
    """The pieces of one response as they come."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._ended = False

    def __iter__(self) -> Iterator[bytes]:
        while not self._ended:
            piece = self._door.chunk()
            if not isinstance(piece, ResponseEnd):
                yield piece
                continue
            self._ended = True
            if piece.broken:
                raise httpx2.RemoteProtocolError(piece.broken)

    def close(self) -> None:
        if not self._ended:
            self._ended = True
            self._door.skip_rest()
