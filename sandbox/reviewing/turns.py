"""A conversation as the screen shows it: who said what, in order, tools in one line each.

    turns = turns_of(messages)
    last_word(messages)                # "asked"

Everything here was said by a person, a model or a tool: it is text for a screen, and nothing is decided on it but
what a question is shown as.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox.drafting.conversation import NOT_RUN
from sandbox.drafting.desk_words import GO_ON
from sandbox.drafting.shape import AssistantMessage, Message, Text, ToolResult, ToolUse, UserMessage
from sandbox.drafting.summaries import drafts_number, recounted, written_draft
from sandbox.reviewing.orders.questions import Turn
from sandbox.reviewing.question_state import LastWord

_WHOLE = {"must": "must change", "should": "should change", "question": "question"}
# Tools after which the agent waits for the reviewer.
_ENDING: dict[str, LastWord] = {"ask_reviewer": "asked", "answer_in_words": "agent", "cannot_answer": "agent"}


class _Comment(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    lines: tuple[int, int]
    quote: str
    severity: str
    text: str


class _Review(msgspec.Struct, forbid_unknown_fields=True):
    draft: int
    verdict: str
    comments: tuple[_Comment, ...]
    text: str


class _Reviewed(msgspec.Struct, forbid_unknown_fields=True):
    review: _Review


class _Failure(msgspec.Struct, forbid_unknown_fields=True):
    draft: int
    exception: str
    line: int
    name: str = ""


class _Failed(msgspec.Struct, forbid_unknown_fields=True):
    failed_on_real_data: _Failure


def turns_of(messages: tuple[Message, ...]) -> tuple[Turn, ...]:
    """The whole conversation, first to last."""
    answers = _answers(messages)
    return tuple(turn for message in messages for part in message.content for turn in _turns(part, message, answers))


def last_word(messages: tuple[Message, ...]) -> LastWord:
    """Who spoke last: the agent when it waits for the reviewer, "asked" when it waits for an answer."""
    if not messages:
        return ""
    newest = messages[-1]
    if isinstance(newest, AssistantMessage):
        return "tool" if any(isinstance(part, ToolUse) for part in newest.content) else "agent"
    if isinstance(newest.content[-1], Text):
        return "reviewer"
    answers = {part.tool_use_id: part for part in newest.content if isinstance(part, ToolResult)}
    calls = messages[-2].content if len(messages) > 1 else ()
    for call in calls:
        answer = answers.get(call.id) if isinstance(call, ToolUse) and call.name in _ENDING else None
        if answer is not None and not answer.is_error and isinstance(call, ToolUse):
            return _ENDING[call.name]
    return "tool"


def reviewers_turn(text: str) -> Turn:
    """The reviewer's words; what the desk sent as JSON is put back into words."""
    try:
        review = msgspec.json.decode(text, type=_Reviewed).review
        return Turn(kind="comments", text=_comments_text(review), draft=review.draft)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        pass  # they are words, or the other of our two shapes
    try:
        failure = msgspec.json.decode(text, type=_Failed).failed_on_real_data
        return Turn(kind="failure", text=_failure_text(failure), draft=failure.draft, ok=False)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return Turn(kind="you", text=text)


def _turns(part: object, message: Message, answers: dict[str, ToolResult]) -> Iterator[Turn]:
    if isinstance(part, Text) and isinstance(message, UserMessage):
        yield reviewers_turn(part.text)
    elif isinstance(part, Text) and part.text.strip():
        yield Turn(kind="agent", text=part.text)
    elif isinstance(part, ToolUse):
        understood = str(part.input.get("understood", "")) if part.name == "submit_for_review" else ""
        if understood.strip():
            yield Turn(kind="agent", text=understood)
        yield _call_turn(part, answers.get(part.id))


def _call_turn(call: ToolUse, answer: ToolResult | None) -> Turn:
    """One call of a tool: what the agent asked, answered or wrote with it, else one line on what it did."""
    content, is_error = (answer.content, answer.is_error) if answer else (NOT_RUN, True)
    if not is_error:
        match call.name:
            case "ask_reviewer":
                return Turn(kind="asked", text=_text(call, "question"), options=_options(call.input))
            case "answer_in_words":
                return Turn(kind="agent", text=_text(call, "text"))
            case "cannot_answer":
                return Turn(kind="agent", text=_text(call, "reason"), ok=False)
    line, ok = recounted(call.name, call.input, content, is_error=is_error)
    if call.name == "put_draft" and not is_error:
        return Turn(kind="draft", text=line, draft=written_draft(content), ok=ok)
    return Turn(kind="act", text=line, draft=drafts_number(call.input), ok=ok)


def _answers(messages: tuple[Message, ...]) -> dict[str, ToolResult]:
    return {part.tool_use_id: part for message in messages for part in message.content if isinstance(part, ToolResult)}


def _comments_text(review: _Review) -> str:
    lines = [f"Comments on draft {review.draft}"]
    for comment in review.comments:
        first, last = comment.lines
        place = f"Line {first}" if first == last else f"Lines {first} to {last}"
        lines.append(f"{place} ({_WHOLE.get(comment.severity, comment.severity)}): {comment.text}")
        lines += [f"    {quoted}" for quoted in comment.quote.splitlines()]
    return "\n".join([*lines, review.text] if review.text.strip() else lines)


def _failure_text(failure: _Failure) -> str:
    name = f", at the name {failure.name}" if failure.name else ""
    return f"Draft {failure.draft} failed on real data: {failure.exception} in line {failure.line}{name}."


def _text(call: ToolUse, field: str) -> str:
    return str(call.input.get(field, ""))


def _options(arguments: dict[str, Any]) -> tuple[str, ...]:
    options = arguments.get("options")
    return tuple(map(str, options)) if isinstance(options, list) else ()


__all__ = ["GO_ON", "last_word", "reviewers_turn", "turns_of"]
