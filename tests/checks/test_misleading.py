"""What a reader is easily misled by: each does what it hides in plain Python, and is pointed out with its line."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from sandbox.checks.facts import Flag
from sandbox.checks.language import _rules, check_program
from sandbox.program import contract

HEAD = '"""Stays."""\n'


class Report:
    """Keeps what a program reports."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def value(self, label: str, value: Any) -> None:
        self.values[label] = value


def ran(text: str) -> dict[str, Any]:
    """What the program reports as plain Python, where nothing checks it."""
    names: dict[str, Any] = {}
    exec(compile(text, "plain", "exec", dont_inherit=True), names)
    report = Report()
    names["main"](None, report)
    return report.values


def found(text: str, rule: str) -> list[Flag]:
    return [flag for flag in check_program(text).flags if flag.rule == rule]


def body(*lines: str, top: str = "") -> str:
    return HEAD + top + "def main(data, report):\n" + "".join(f"    {line}\n" for line in lines)


SHADOWED = {
    "a lambda": body("len = lambda x: 7", "report.value('n', len([1]))"),
    "a function": body("report.value('n', len([1]))", top="def len(x):\n    return 7\n"),
    "a class": body("report.value('n', len([1]))", top="class len(int):\n    def __new__(cls, x):\n        return 7\n"),
    "an argument": body("count([1], lambda x: 7, report)", top="def count(x, len, r):\n    r.value('n', len(x))\n"),
    "a loop": body("for len in [lambda x: 7]:", "    report.value('n', len([1]))"),
    "a walrus": body("if (len := lambda x: 7):", "    report.value('n', len([1]))"),
    "a pattern": body("match (lambda x: 7):", "    case len:", "        report.value('n', len([1]))"),
    "a rest": body("match [lambda x: 7]:", "    case [*len]:", "        report.value('n', len[0]([1]))"),
    "an import": body("report.value('n', len([7]))", top="from math import prod as len\n"),
    "a part of a tuple": body("len, other = (lambda x: 7), 1", "report.value('n', len([1]))"),
    "a global": body("f()", "report.value('n', len([1]))", top="def f():\n    global len\n    len = lambda x: 7\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHADOWED)
def test_a_builtin_with_another_meaning_is_pointed_out(name: str) -> None:
    assert ran(SHADOWED[name]) == {"n": 7}
    flags = found(SHADOWED[name], "shadowing")
    assert flags and all(flag.severity == "warn" and flag.reason.startswith("len: ") for flag in flags)
    assert all("len" in SHADOWED[name].splitlines()[flag.line - 1] for flag in flags)


def test_the_members_of_a_class_shadow_nothing_and_its_functions_may() -> None:
    members = "class A:\n    type = 1\n    max: int = 2\n    def sum(self):\n        return 3\n"
    assert not found(body("report.value('n', A().sum())", top=members), "shadowing")
    inside = "class A:\n    def f(self):\n        len = 3\n        return len\n"
    assert [flag.line for flag in found(body("report.value('n', A().f())", top=inside), "shadowing")] == [4]


def test_what_stands_behind_a_semicolon_runs_and_is_pointed_out() -> None:
    hidden = body("a = 1" + " " * 120 + "; report.value('n', 7)")
    assert ran(hidden) == {"n": 7}
    (flag,) = found(hidden, "one line")
    assert (flag.line, flag.severity) == (3, "warn") and flag.instead
    for text in ("if True: a = 1; report.value('n', 7)", "a = '''x\n    y'''; report.value('n', 7)"):
        assert ran(body(text)) == {"n": 7}
        assert len(found(body(text), "one line")) == 1


@pytest.mark.parametrize(
    ("length", "severities"), [(160, []), (161, ["warn"]), (400, ["warn"]), (401, ["refuse", "warn"])]
)
def test_a_long_line_is_pointed_out_and_a_very_long_one_refused(length: int, severities: list[str]) -> None:
    line = "    a = 1; report.value('n', 7)".replace("; ", ";" + " " * (length - 30))
    text = f"{HEAD}def main(data, report):\n{line}\n"
    assert len(line) == length and ran(text) == {"n": 7}
    assert sorted(flag.severity for flag in found(text, "line length")) == severities
    assert check_program(text).may_run == ("refuse" not in severities)


def test_a_long_line_of_a_query_counts_and_one_that_is_no_python_too() -> None:
    assert found(body(f"data.sql('''SELECT a{' ' * 400}FROM s.t''')"), "line length")
    assert found("x = (" + " " * 500, "line length")


def test_a_computed_label_is_pointed_out() -> None:
    said = body("name = 'Asta Secret'", "report.value(f'seen: {name}', 1)", "report.value('n', 2)")
    assert ran(said) == {"seen: Asta Secret": 1, "n": 2}
    assert [(flag.line, flag.severity) for flag in found(said, "labels")] == [(4, "warn")]
    assert not found(body("ax.table(name)", "report.value(label='n', value=2)"), "labels")
    assert len(found(body("report.step(label=name, frame=1)", "report.text(**x)", "report.figure(*x)"), "labels")) == 3


def test_a_text_without_a_label_is_told_that_it_needs_one() -> None:
    said = body("name = 'x'", "report.text(f'few {name}')", "report.text('Note', f'few {name}')", "report.table(name)")
    with pytest.raises(TypeError):
        contract.Report(None).text("few")  # type: ignore[call-arg, arg-type]
    assert [flag.line for flag in found(said, "no label")] == [4, 6]
    assert all('report.text("Note", "Few stays.")' in flag.instead for flag in found(said, "no label"))
    assert not found(said, "labels")


def test_a_key_that_stands_twice_is_pointed_out() -> None:
    twice = body("points = {'I50': 1, 'I51': 2,", "          'I50': 7}", "report.value('n', points['I50'])")
    assert ran(twice) == {"n": 7}
    assert [(flag.line, flag.severity) for flag in found(twice, "doubled keys")] == [(4, "warn")]
    assert not found(body("points = {**{'a': 1}, 'a': 2}", "report.value('n', points['a'])"), "doubled keys")


def test_a_computed_attribute_is_pointed_out() -> None:
    computed = body("report.value('n', getattr([3, 3], 'cou' + 'nt')(3))")
    assert ran(computed) == {"n": 2}
    assert [(flag.line, flag.severity) for flag in found(computed, "getattr")] == [(3, "warn")]
    assert not found(body("getattr(report, 'value')('n', 1)"), "getattr")


def test_a_rule_that_contradicts_its_example_does_not_load() -> None:
    for change in ({"matches": ("a = 1",)}, {"does_not_match": ("len = 1",)}, {"matches": ()}, {"rule": "nothing"}):
        rule = {"rule": "shadowing", "severity": "warn", "reason": "R.", "instead": "I."}
        rule |= {"matches": ("len = 1",), "does_not_match": ("a = 1",), **change}  # type: ignore[dict-item]
        with pytest.raises(_rules.BadRules):
            _rules._check_misleading(_rules.Misleading(**rule), frozenset({"len"}))  # type: ignore[arg-type]


def test_the_drafts_of_the_recorded_conversation_are_not_refused() -> None:
    text = resources.files("resources").joinpath("conversations/readmissions.json").read_text()
    blocks = [block for turn in json.loads(text)["turns"] for block in turn.get("content", ())]
    drafts = [block["input"]["program"] for block in blocks if "program" in block.get("input", {})]
    assert len(drafts) == 3
    for draft in drafts:
        assert check_program(draft).may_run
        assert not [flag for flag in check_program(draft).flags if flag.severity == "warn"]
