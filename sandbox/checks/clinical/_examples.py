"""The rules' examples: each `matches` must be flagged, each `does_not_match` must not be. The tests check them."""

from __future__ import annotations

import ast
import textwrap

import msgspec

from sandbox.checks.clinical._check import RULES, clinical_flags
from sandbox.checks.clinical._flag import PREFIX
from sandbox.checks.clinical._pages import why
from sandbox.checks.clinical._words import Rule, clinical_file
from sandbox.checks.facts import Schema


class BadRules(Exception):
    """`clinical.toml` contradicts its own examples, or a rule has no words, no example or no page."""


def check_examples() -> int:
    """How many examples do what they say; raises `BadRules` for the first that doesn't."""
    file = clinical_file()
    if {PREFIX + rule.name for rule in file.rules} != set(RULES):
        raise BadRules("the rules of clinical.toml are not those of the package")
    schema = msgspec.convert(file.example, type=Schema)
    return sum(_check(rule, schema if rule.schema else None) for rule in file.rules)


def _check(rule: Rule, schema: Schema | None) -> int:
    if not rule.matches or not rule.does_not_match or not why(rule.name):
        raise BadRules(f"{rule.name} has no example, or no page")
    for examples, expected in ((rule.matches, True), (rule.does_not_match, False)):
        for example in examples:
            if (PREFIX + rule.name in flagged(example, schema)) != expected:
                raise BadRules(f"{rule.name} does the opposite of what it says with {example!r}")
    return len(rule.matches) + len(rule.does_not_match)


def flagged(example: str, schema: Schema | None) -> set[str]:
    """The rules that flag an example: a query, or the body of main, after defaults of PARAMETERS if any."""
    before, mark, after = example.partition("---")
    parameters, body = (ast.literal_eval(before), after) if mark else ({}, example)
    if "data.sql" not in body:
        body = f"rows = data.sql({body!r})"
    text = f"def main(data, report):\n{textwrap.indent(body, '    ')}\n"
    return {flag.rule for flag in clinical_flags(text, schema=schema, parameters=parameters)}
