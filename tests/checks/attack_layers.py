"""Runs one attack as ordinary Python, under the text's check alone, and under the guards alone."""

from __future__ import annotations

import ast
import io
import sys
import warnings
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from attacks_first import Attacks
from program_parts import Data, Report

from sandbox.checks.facts import Flag
from sandbox.checks.language import _check, _guards, _policy, check_program
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


def program(lines: str, when: str, folder: Path) -> str:
    """The program around an attack's lines."""
    there = folder / "there.txt"
    there.write_text("1\n2\n")
    written = repr(str(folder / "written"))
    for word, text in (("PATH_THERE", repr(str(there))), ("PATH", written)):
        lines = lines.replace(word, text)
    if when == "top":
        return f"{HEAD}{lines}\ndef main(data, report):\n    pass\n"
    body = "\n".join(f"    {line}" for line in [FRAME, *lines.split("\n")])
    return f"{HEAD}\ndef main(data, report):\n{body}\n"


def works(text: str, folder: Path) -> bool:
    """Whether the attack has its effect as ordinary Python: a file is made, or its last line has a value."""
    names: dict[str, Any] = {"__name__": "program"}
    with _quiet():
        exec(compile(_returning(text), "plain", "exec", dont_inherit=True), names)
        got = names["main"](Data(), Report())
    return got is not None or made(folder)


def made(folder: Path) -> bool:
    """Whether the attack made its file, under whichever ending."""
    return any(folder.glob("written*"))


def clear(folder: Path) -> None:
    for path in folder.glob("written*"):
        path.unlink()


def refusals(text: str) -> list[Flag]:
    """What the check of the text says against it."""
    return [flag for flag in check_program(text).flags if flag.severity == "refuse"]


def run_under_guards(text: str) -> Any:
    """Run it with nothing but the guards: what the text's check said is left aside."""
    tree = ast.parse(text)
    flags: list[Flag] = []
    _check._transform(_policy.require_reviewed(), tree)
    code = _check._compile(tree, flags)
    if code is None:
        raise SyntaxError(flags[0].reason)
    names = _guards.namespace()
    with _quiet():
        exec(code, names)
        return names["main"](Data(), Report())


def guards_stop(text: str, folder: Path) -> bool:
    """Whether the guards alone keep the attack from having its effect."""
    clear(folder)
    try:
        got = run_under_guards(ast.unparse(_returning(text)))
    except (PolicyRefused, NameError, AttributeError, TypeError, AssertionError, SyntaxError, KeyError, ValueError):
        return True
    return got is None and not made(folder)


def _returning(text: str) -> ast.Module:
    """The program whose `main` returns the value of its last line; 0 where the last line has none."""
    tree = ast.parse(text)
    (main,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")
    last = main.body[-1]
    if isinstance(last, ast.Expr):
        main.body[-1] = ast.copy_location(ast.Return(last.value), last)
    else:
        main.body.append(ast.copy_location(ast.Return(ast.Constant(0)), last))
    return ast.fix_missing_locations(tree)


class _quiet(warnings.catch_warnings):
    """No warnings, no figures left, no settings changed, nothing printed."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")
        self._settings, self._out = matplotlib.rc_context(), redirect_stdout(io.StringIO())
        self._settings.__enter__()
        self._out.__enter__()

    def __exit__(self, *problem: Any) -> None:
        plt.close("all")
        self._out.__exit__(*problem)
        self._settings.__exit__(*problem)
        super().__exit__(*problem)


def print_table(mechanisms: Attacks) -> None:
    """Per mechanism: how many attacks, how many the text's check stops alone, the guards alone, both, neither."""
    rows, total = [], Counter[str]()
    with TemporaryDirectory() as folder:
        for mechanism, attacks in mechanisms.items():
            found = Counter[str]()
            for when, lines in attacks.values():
                text = program(lines, when, Path(folder))
                found[_layer(bool(refusals(text)), guards_stop(text, Path(folder)))] += 1
            rows.append(f"{mechanism:42}{sum(found.values()):5}" + "".join(f"{found[kind]:8}" for kind in _LAYERS))
            total += found
    head = f"{'':42}{'all':>5}" + "".join(f"{kind:>8}" for kind in _LAYERS)
    last = f"{'together':42}{sum(total.values()):5}" + "".join(f"{total[kind]:8}" for kind in _LAYERS)
    _WRITE("\n".join([head, *rows, last]) + "\n")


_WRITE = sys.stdout.write
_LAYERS = ("text", "guards", "both", "neither")


def _layer(text: bool, guards: bool) -> str:
    return {(True, False): "text", (False, True): "guards", (True, True): "both"}.get((text, guards), "neither")
