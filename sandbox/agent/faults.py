"""What can go wrong with the model's server, and whether to ask again.

    action = classify(error, tries)       # Again(reason, wait) or GiveUp(sentence)

The SDK would retry by itself, but it sleeps for whatever the server says (an hour, if that is what
`retry-after` holds), unseen, and never retries what breaks after the first byte; so its retries are off and
this table decides. Classes and codes are looked at, never the text of an error, which can quote a body.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import anthropic
import httpx2

from sandbox.agent.door import GateSaidNo

MOST_TRIES = 5
LONGEST_WAIT = 60.0
# What reading a stream raises when the server is no Messages API: events out of order, JSON of another shape,
# no events at all (a bare AssertionError in anthropic 2.12).
NONSENSE = (ValueError, AssertionError, AttributeError, TypeError, LookupError, RuntimeError)


class Again(NamedTuple):
    """Throw the half turn away and send the same messages after `wait` seconds."""

    reason: str
    wait: float


class GiveUp(NamedTuple):
    """Tell the reviewer; `kind` is model, gate or patient."""

    sentence: str
    kind: str = "model"


class Unfinished(Exception):
    """The stream ended cleanly but before the model's turn did."""


class Unknown(Exception):
    """The answer holds something that is neither text nor a tool call."""


_FINAL = {
    400: "The model's server did not accept the request as written.",
    401: "The model's server did not accept the key.",
    402: "The model's server says that the account has no credit left.",
    403: "The model's server does not allow this key to use the model.",
    404: "The model's server does not know this model, or is not a Messages API.",
    413: "The conversation has become too long for the model's server.",
    422: "The model's server did not accept the request as written.",
}


def classify(error: Exception, tries: int) -> Again | GiveUp:
    """What to do about `error` after `tries` tries, the first included."""
    if isinstance(error, GateSaidNo):
        return GiveUp(error.sentence, error.kind)
    if isinstance(error, anthropic.APIStatusError):
        return _status(error, tries)
    reason = _reason(error)
    return _again(reason, tries, None)


def _status(error: anthropic.APIStatusError, tries: int) -> Again | GiveUp:
    status = 529 if error.status_code == 200 else error.status_code  # 200: an error event in mid-stream
    if 300 <= status < 400:
        return GiveUp("The model's server answered with a redirect, which is never followed.")
    if status in _FINAL:
        return GiveUp(_FINAL[status])
    if status not in (408, 409, 429) and status < 500:
        return GiveUp(f"The model's server refused the request (status {status}).")
    reason = "The model's server is busy." if status in (429, 529) else f"The model's server failed (status {status})."
    return _again(reason, tries, error.response.headers.get("retry-after"))


def _again(reason: str, tries: int, retry_after: str | None) -> Again | GiveUp:
    wait = _seconds(retry_after)
    if wait is not None and wait > LONGEST_WAIT:
        return GiveUp(f"{reason} It asks to wait {round(wait / 60)} minutes; try again then.")
    if tries >= MOST_TRIES:
        return GiveUp(f"{reason} It was tried {tries} times.")
    return Again(reason, wait if wait is not None else min(LONGEST_WAIT, 0.5 * 2 ** (tries - 1)))


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after)) if retry_after is not None else None
    except ValueError:
        return None  # the HTTP date form: our own backoff will do


def _reason(error: Any) -> str:
    if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
        return "The model's server did not answer in time."
    if isinstance(error, anthropic.APIConnectionError) and isinstance(error.__cause__, httpx2.ConnectError):
        return str(error.__cause__)  # the gate's own sentence
    if isinstance(error, anthropic.APIConnectionError | httpx2.HTTPError):
        return "The connection to the model's server broke."
    if isinstance(error, Unfinished):
        return "The model's answer ended too early."
    return "The model's server answered with something that is no message."
