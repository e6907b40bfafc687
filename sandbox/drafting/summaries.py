"""One line on what the agent did with a tool: the same while it happens and when the conversation is read again.

    searched(answer)                                   # Searched the dictionary: 10 found
    line, ok = recounted("run_draft", {"draft": 2}, answer, is_error=False)
    line, ok                                           # ("Ran draft 2 on synthetic data: not yet clean", False)

What is recounted was kept in the question's folder, where the agent's process had a hand in it: it is shown as text,
and nothing is decided on it.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

_HIT = re.compile(r"^(?:table|column|code|codeset) \S+: ", re.MULTILINE)
_MOST = 200


class _Draft(msgspec.Struct):
    """What we read of a JSON answer of ours."""

    draft: int = 0
    refused: list[Any] = []
    may_submit: bool = False


def searched(answer: str) -> str:
    return f"Searched the dictionary: {len(_HIT.findall(answer))} found"


def described(tables: int) -> str:
    return f"Read about {tables} {'table' if tables == 1 else 'tables'}"


def wrote(draft: int) -> str:
    return f"Wrote draft {draft}"


def ran(draft: int, clean: bool) -> str:
    return f"Ran draft {draft} on synthetic data" + ("" if clean else ": not yet clean")


def submitted(draft: int) -> str:
    return f"Submitted draft {draft}"


def did_nothing(tool: str, sentence: str) -> str:
    return f"{tool.replace('_', ' ')}: {sentence[:_MOST]}"


def recounted(tool: str, arguments: dict[str, Any], answer: str, *, is_error: bool) -> tuple[str, bool]:
    """The line on a call that is kept, and whether it went well."""
    if is_error:
        return did_nothing(tool, answer), False
    match tool:
        case "search_dictionary":
            return searched(answer), True
        case "describe_tables":
            tables = arguments.get("tables")
            return described(len(tables) if isinstance(tables, list) else 0), True
        case "put_draft":
            told = _told(answer)
            return wrote(told.draft), not told.refused
        case "run_draft":
            told = _told(answer)
            return ran(told.draft, told.may_submit), told.may_submit
        case "submit_for_review":
            return submitted(drafts_number(arguments)), True
    return tool.replace("_", " "), True


def written_draft(answer: str) -> int:
    """The number of the draft that `put_draft` wrote; 0 when the answer is none of ours."""
    return _told(answer).draft


def drafts_number(arguments: dict[str, Any]) -> int:
    """The draft that a call names."""
    number = arguments.get("draft")
    return number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else 0


def _told(answer: str) -> _Draft:
    try:
        return msgspec.json.decode(answer, type=_Draft)
    except msgspec.MsgspecError:
        return _Draft()
