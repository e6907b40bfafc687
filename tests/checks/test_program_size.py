"""A program that nobody could review is refused, and its check takes no longer than that of one at the limit."""

from __future__ import annotations

from sandbox.checks.language import check_program
from sandbox.checks.language._check import LONGEST, MOST_LINES

HEAD = '"""One question."""\n\n\ndef main(data, report):\n'


def reasons(text: str) -> list[tuple[int, str, str]]:
    return [(flag.line, flag.rule, flag.instead) for flag in check_program(text).flags if flag.severity == "refuse"]


def test_a_program_at_the_limits_is_accepted() -> None:
    lines = "    x = 1\n" * (MOST_LINES - 5)
    assert reasons(HEAD + lines) == []


def test_one_line_more_or_one_character_more_is_refused_with_what_to_do() -> None:
    whole = [(0, "length", "Answer one question per program.")]
    assert reasons(HEAD + "    x = 1\n" * MOST_LINES) == whole
    assert reasons(HEAD + ("    x = '" + "a" * 100 + "'\n") * (LONGEST // 100)) == whole
