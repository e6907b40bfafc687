"""The agent's loop: ask the model, run the tools it calls on the other side of the pipe, until the turn is over.

The process knows no address, no key and no file. Everything it may do goes through `Door`; the gate decides
what leaves, and the tools run outside, in the drafting session.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import anthropic
import httpx2
import msgspec

from sandbox.agent.door import Cancelled, Door
from sandbox.agent.faults import NONSENSE, Again, GiveUp, Unfinished, Unknown, classify
from sandbox.agent.streaming import Block, Reply, make_client, stream_once
from sandbox.messages.frames import Channel, ChannelClosed
from sandbox.messages.model_door import Begin, ToAgent, TurnEnded

_MOST_TOKENS = 64_000
_FAULTS = (anthropic.AnthropicError, httpx2.HTTPError, Unfinished, Unknown, *NONSENSE)


class Stop(Exception):
    """The turn is over; `outcome` is ended, tool, failed or cancelled."""

    def __init__(self, outcome: str, sentence: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.sentence = sentence


def rehearse() -> None:
    """Import all that a turn may need: after this the process can't open a file any more."""
    from sandbox.agent.rehearsal import exchanges

    _be_silent()
    for door in exchanges():
        client = make_client(door)
        try:
            stream_once(client, door.begin, [{"role": "user", "content": "?"}], 1, door)
        except _FAULTS as error:
            classify(error, 1)


def _be_silent() -> None:
    warnings.simplefilter("ignore")  # the SDK's warnings quote tool input
    logging.disable(logging.CRITICAL)


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """Serve turns until the gate hangs up."""
    _be_silent()
    door = Door(channel)
    client = make_client(door)
    try:
        while True:
            message, payload = channel.receive(ToAgent)
            if isinstance(message, Begin):  # a cancel that crossed the end of a turn is void
                channel.send(*_serve(client, door, message, payload))
    except ChannelClosed:
        return


def _serve(client: anthropic.Anthropic, door: Door, begin: Begin, conversation: bytes) -> tuple[TurnEnded, bytes]:
    turn = Turn(client, door, begin, msgspec.json.decode(conversation, type=list[Block]))
    door.begin_turn()
    try:
        turn.run()
    except Stop as stop:
        ended = TurnEnded(outcome=stop.outcome, sentence=stop.sentence)
    except Cancelled:
        ended = TurnEnded(outcome="cancelled")
    return ended, msgspec.json.encode(turn.messages)


class Turn:
    """From the reviewer's words to the point where the agent waits again."""

    def __init__(self, client: anthropic.Anthropic, door: Door, begin: Begin, messages: list[Block]) -> None:
        self._client = client
        self._door = door
        self._begin = begin
        self._max_tokens = begin.max_tokens
        self.messages = messages

    def run(self) -> None:
        """Always ends by raising `Stop` (or `Cancelled`)."""
        for _ in range(self._begin.turns):
            reply = self._ask()
            if reply.content:
                self.messages.append({"role": "assistant", "content": reply.content})
            if reply.stop != "tool_use":
                raise Stop("ended", _ending(reply))
            self._run_tools(reply)
        raise Stop("failed", f"The agent used all its {self._begin.turns} steps without finishing.")

    def _ask(self) -> Reply:
        tries = 0
        while True:
            tries += 1
            try:
                reply = stream_once(self._client, self._begin, self.messages, self._max_tokens, self._door)
            except Cancelled:
                raise
            except _FAULTS as error:
                self._after(classify(error, tries))
                continue
            if reply.stop != "max_tokens" or not self._more_room():
                return reply

    def _after(self, action: Again | GiveUp) -> None:
        if isinstance(action, GiveUp):
            raise Stop("failed" if action.kind in ("model", "network") else action.kind, action.sentence)
        self._door.drop_turn(action.reason, action.wait)

    def _more_room(self) -> bool:
        """A turn cut short by the token limit is asked again with twice the room (a cut tool call is no call)."""
        if self._max_tokens * 2 > _MOST_TOKENS:
            raise Stop("failed", "The model's answer is longer than the limit.")
        self._max_tokens *= 2
        self._door.drop_turn("The answer needs more room.", 0.0)
        return True

    def _run_tools(self, reply: Reply) -> None:
        results: list[Block] = []
        ends = False
        for block in reply.content:
            if block["type"] != "tool_use":
                continue
            if ends:
                results.append(_result(block["id"], "Not run: the turn was over.", is_error=True))
                continue
            answer = self._door.call_tool(block["name"], block["input"])
            results.append(_result(block["id"], answer.text, is_error=answer.is_error))
            ends = answer.ends_turn
        if not results:
            raise Stop("failed", "The model said that it calls a tool, and called none.")
        self.messages.append({"role": "user", "content": results})
        if ends:
            raise Stop("tool")


def _result(call: str, text: str, *, is_error: bool) -> Block:
    result: dict[str, Any] = {"type": "tool_result", "tool_use_id": call, "content": text}
    return result | {"is_error": True} if is_error else result


def _ending(reply: Reply) -> str:
    if reply.stop == "refusal":
        why = f" ({reply.detail.replace('_', ' ')})" if reply.detail else ""
        return f"The model declined to answer{why}. Put the question in other words."
    if reply.stop == "model_context_window_exceeded":
        return "The conversation no longer fits the model. Start a new question."
    return ""
