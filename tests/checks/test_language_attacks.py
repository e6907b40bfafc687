"""What a program may not do is refused, and each attack is shown to work where nothing refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_layers import HEAD, clear, guards_stop, made, program, refusals, run_under_guards, works
from language_attacks import ATTACKS, JAIL, MECHANISMS

from sandbox.checks.language import check_program, compile_program
from sandbox.errors import PolicyRefused


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_attacks_work_without_the_policy_and_are_refused_by_it(mechanism: str, tmp_path: Path) -> None:
    for name, (when, lines) in MECHANISMS[mechanism].items():
        text = program(lines, when, tmp_path)
        assert works(text, tmp_path), f"{name} does nothing as ordinary Python"
        clear(tmp_path)
        refused = refusals(text)
        if when == "run" or (when == "either" and not refused):
            assert not refused, (name, refused)
            with pytest.raises(PolicyRefused) as stopped:
                run_under_guards(text)
                pytest.fail(f"{name} is not stopped")
            assert stopped.value.advice, name
            assert not made(tmp_path), name
        else:
            assert refused, f"the text of {name} passes"
            with pytest.raises(PolicyRefused):
                compile_program(text)


def test_there_are_many_attacks_by_distinct_mechanisms() -> None:
    assert len(ATTACKS) >= 400 and len(MECHANISMS) >= 20


@pytest.mark.parametrize("name", JAIL)
def test_what_neither_layer_stops_works_and_is_pointed_out_to_the_reviewer(name: str, tmp_path: Path) -> None:
    rule, lines = JAIL[name]
    text = program(lines, "run", tmp_path)
    assert works(text, tmp_path) and not refusals(text) and not guards_stop(text, tmp_path)
    assert [flag.severity for flag in check_program(text).flags if flag.rule == rule] == ["warn"]


def test_a_refusal_names_its_line_a_reason_and_what_to_write_instead(tmp_path: Path) -> None:
    for name, (when, lines) in ATTACKS.items():
        first = len(HEAD.splitlines()) + (1 if when == "top" else 3)
        for flag in refusals(program(lines, when, tmp_path)):
            assert flag.line >= first, name
            assert flag.reason.endswith("."), (name, flag)
            assert flag.instead.endswith((".", ")", "…")), (name, flag)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + ")" * 300,
        "x = " + "-" * 20_000 + "1",
        "x = " + "+".join("1" for _ in range(60_000)),
        "x" * 300_000,
        "def main(data, report):\n  return\n return",
        "return 1",
        "def main(data, report):\n    nonlocal x",
        "\x00",
        "def main(data, report): yield; await x",
        "x = " + "[" * 150 + "]" * 150,
    ],
)
def test_text_that_is_no_program_is_refused_not_crashed_on(text: str) -> None:
    assert refusals(text)


@pytest.mark.parametrize("line", ["df.agg(who)", "getattr(pd, who)", "getattr(data, '_' + who)", "who.format_map({})"])
def test_a_guard_does_not_quote_a_computed_value(line: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused) as refused:
        run_under_guards(program(f"who = 'Asta ' + 'Secret'\n{line}", "run", tmp_path))
    assert "Asta" not in refused.value.sentence + refused.value.advice
