"""What a program may not do is refused, and each attack is shown to work where nothing refuses it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from language_attacks import ATTACKS
from program_parts import Data, Report

from sandbox.checks.facts import ProgramCheck
from sandbox.checks.language import check_program, compile_program
from sandbox.errors import PolicyRefused

matplotlib.use("Agg")

HEAD = '''"""An attack."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
'''
FRAME = "df = pd.DataFrame({'a': [1.0, 2.0, 4.0], 'b': [3.0, 4.0, 9.0]})"


def program(lines: str, top: str = "") -> str:
    body = "\n".join(f"    {line}" for line in [FRAME, *lines.split("\n")])
    return f"{HEAD}{top}\ndef main(data, report):\n{body}\n"


def attack(name: str, tmp_path: Path) -> str:
    when, lines = ATTACKS[name]
    there = tmp_path / "there.txt"
    there.write_text("1\n2\n")
    lines = lines.replace("PATH_THERE", repr(str(there))).replace("PATH", repr(str(tmp_path / "written")))
    return program("pass", lines) if when == "top" else program(lines)


def run(names: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names["main"](Data(), Report())


def refusals(check: ProgramCheck) -> list[Any]:
    return [flag for flag in check.flags if flag.severity == "refuse"]


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_works_without_the_policy_and_is_refused_by_it(name: str, tmp_path: Path) -> None:
    text = attack(name, tmp_path)
    names: dict[str, Any] = {"__name__": "program"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "plain", "exec", dont_inherit=True), names)
    run(names)
    check = check_program(text)
    if ATTACKS[name][0] == "run":
        assert not refusals(check), refusals(check)
        with pytest.raises(PolicyRefused) as refused:
            run(compile_program(text).run_module())
        assert refused.value.advice
    else:
        assert refusals(check)
        with pytest.raises(PolicyRefused):
            compile_program(text)


@pytest.mark.parametrize("name", [name for name, (when, _) in ATTACKS.items() if when != "run"])
def test_a_refusal_names_its_line_a_reason_and_what_to_write_instead(name: str, tmp_path: Path) -> None:
    text = attack(name, tmp_path)
    first = len(HEAD.splitlines()) + (1 if ATTACKS[name][0] == "top" else 3)
    for flag in refusals(check_program(text)):
        assert flag.line >= first
        assert flag.reason.endswith(".")
        assert flag.instead.endswith((".", ")", "…"))


@pytest.mark.parametrize(
    "line",
    [
        "_getattr_ = lambda thing, name: 1",
        "_write_ = lambda *a: 1",
        "def _getattr_(thing, name): return 1",
        "for _getattr_ in [len]: pass",
        "with contextlib.nullcontext(len) as _getattr_: pass",
        "class _getattr_: pass",
        "f = lambda _getattr_, /: df.shape\n    f(1)",
        "global _getattr_\n    _getattr_ = len",
        "[_getattr_ := len]",
        "import math as _getattr_",
        "match len:\n        case _getattr_: pass",
    ],
)
def test_a_program_can_not_put_its_own_guard_in_place(line: str) -> None:
    """The names of the guards are either refused or given another name in the program."""
    text = program(f"{line}\ngetattr(df, 'to_' + 'csv')()".replace("\n    ", "\n"))
    text = f"import contextlib\n{text}" if "contextlib" in line else text
    body = text.replace("case _getattr_: pass", "case _getattr_: pass")
    check = check_program(body)
    if not refusals(check):
        with pytest.raises(PolicyRefused):
            run(compile_program(body).run_module())


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
    assert refusals(check_program(text))


@pytest.mark.parametrize("line", ["df.agg(who)", "getattr(pd, who)", "getattr(data, '_' + who)", "who.format_map({})"])
def test_a_guard_does_not_quote_a_computed_value(line: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        run(compile_program(program(f"who = 'Asta ' + 'Secret'\n{line}")).run_module())
    assert "Asta" not in refused.value.sentence + refused.value.advice


def test_fullwidth_letters_do_not_spell_a_refused_name(tmp_path: Path) -> None:
    assert refusals(check_program(program("ｏｐｅｎ('x')")))
    assert refusals(check_program(program("df.ｔo_csv('x')")))
