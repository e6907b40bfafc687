"""The system prompt: short, true to the program's contract, and with an example that is itself a program."""

from __future__ import annotations

import ast
import re
from importlib.resources import files

from drafting_talk import small_dictionary

from sandbox.agent import TOOLS
from sandbox.checks.language import check_program
from sandbox.dictionary import Search

PROMPT = (files("resources") / "prompts" / "system.md").read_text("utf-8")
EXAMPLE = re.search(r"```python\n(.*?)```", PROMPT, re.DOTALL)


def test_the_prompt_stays_under_1800_tokens():
    assert len(PROMPT) / 4 < 1800


def test_the_example_keeps_to_the_policy_and_to_half_open_windows():
    assert EXAMPLE is not None
    assert ast.get_docstring(ast.parse(EXAMPLE[1]))
    check = check_program(EXAMPLE[1])
    assert [flag for flag in check.flags if flag.severity == "refuse"] == []
    assert "BETWEEN" not in EXAMPLE[1] and "< :end" in EXAMPLE[1]


def test_every_tool_named_in_the_prompt_exists():
    named = set(re.findall(r"`((?:search|describe|put|run|submit|answer|ask|cannot)_\w+)`", PROMPT))
    assert len(named) >= 6 and named <= {tool["name"] for tool in TOOLS}


def test_a_search_of_a_code_lists_as_the_prompt_says():
    assert "`I50`" in PROMPT
    assert [hit.text for hit in Search(small_dictionary()).find("I50").codes] == [
        "I50.21 | Acute systolic heart failure",
        "values I50.21",
    ]
