"""Fuzzes the language policy: `python tests/fuzz/fuzz_program.py --minutes 10 [--seed N]`.

A case is a program: clinical ones and attacks, cut and glued by lines and by tokens, with names, numbers and characters
exchanged, nested deeper and made longer than anybody writes. It is judged with its queries, and compiled, never run.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

from fuzzing import Fuzzer, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))

from language_attacks import ATTACKS
from query_examples import SCHEMA

from sandbox.checks.language import compile_program
from sandbox.checks.verdict import judge_program
from sandbox.errors import PolicyRefused

_PROGRAMS = [
    path.read_text() for path in sorted((Path(__file__).resolve().parents[1] / "checks" / "programs").glob("*.py"))
]
_LINES = [line for text in _PROGRAMS for line in text.splitlines() if line.strip()]
_ATTACKS = [str(part) for attack in ATTACKS.values() for part in attack]
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_PIECES = (
    *(
        "lambda: 0",
        "yield",
        "await x",
        "async def f(): pass",
        "match x:\n    case [a, *b]: pass",
        "global main",
        "del data",
    ),
    *(
        "f'{x!r:{y}}'",
        "x := 1",
        "*a, b = c",
        "**k",
        "@d",
        "class A(B, metaclass=M): pass",
        "import os",
        "from x import *",
    ),
    *(
        "__class__",
        "_x",
        "__",
        "x.__dict__",
        "\u202e",
        "\u200b",
        "\u0440\u0430tient",
        "\\N{BULLET}",
        "\x00",
        "\ufeff",
        "\r",
        "\f",
        "\t",
    ),
    *("0x" + "f" * 400, "1e999", "9" * 5000, "'" * 3, '"""', "\\", "#", "data.sql('SELECT', x=1)", "data.sql(f'{x}')"),
)
_NESTING = ("(", "[", "{", "-", "not ", "lambda: ", "x[", "f(", "x if x else ", "[x for x in ", "await ", "x.")
_CLOSING = {"(": ")", "[": "]", "{": "}", "x[": "]", "f(": ")", "[x for x in ": "]"}


def make(chance: random.Random) -> bytes:
    text = chance.choice(_PROGRAMS if chance.random() < 0.8 else _ATTACKS)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        text = chance.choice(_CHANGES)(chance, text)
    return text.encode(errors="surrogatepass")[:400_000]


def feed(case: bytes) -> None:
    """Judge it as a drafting worker does; where nothing refuses it, it must also compile."""
    text = case.decode(errors="replace")
    verdict = judge_program(text, SCHEMA)
    for flag in verdict.flags:
        assert flag.line >= 0 and flag.reason and (flag.instead or flag.severity != "refuse"), flag
    if not any(flag.severity == "refuse" for flag in verdict.flags):
        compile_program(text)


def _lines(chance: random.Random, text: str) -> str:
    """A line is dropped, doubled, moved in or out, or comes from another program."""
    lines = text.splitlines() or [""]
    at = chance.randrange(len(lines))
    lines[at : at + 1] = chance.choice(
        (
            [],
            [lines[at]] * 2,
            ["    " + lines[at]],
            [lines[at][4:]],
            [chance.choice(_LINES)],
            [lines[at], chance.choice(_LINES)],
        )
    )
    return "\n".join(lines)


def _tokens(chance: random.Random, text: str) -> str:
    """A token is dropped, doubled, or comes from elsewhere."""
    tokens = _TOKEN.findall(text) or [""]
    at = chance.randrange(len(tokens))
    tokens[at : at + 1] = chance.choice(([], [tokens[at]] * 2, [chance.choice(tokens)], [chance.choice(_PIECES)]))
    return "".join(tokens)


def _nested(chance: random.Random, text: str) -> str:
    opening = chance.choice(_NESTING)
    deep = chance.choice((5, 50, 90, 200, 1_000, 20_000))
    return text + "\nx = " + opening * deep + "x" + _CLOSING.get(opening, "") * deep + "\n"


def _long(chance: random.Random, text: str) -> str:
    part = chance.choice(("x = 1\n", "x + ", "x, ", "'a' ", "f(x).", "if x:\n    pass\nel", "x = "))
    return text + "\n" + part * chance.choice((10, 1_000, 30_000)) + chance.choice(("x\n", "se: pass\n", ""))


def _characters(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chr(chance.choice((0, 9, 0xA0, 0x202E, 0x430, 0xD800, 0x1F600, 0x10FFFF))) + text[at + 1 :]


_CHANGES = (_lines, _lines, _tokens, _tokens, _tokens, _tokens, _nested, _long, _characters)


if __name__ == "__main__":
    raise SystemExit(main(Fuzzer("program", make, feed, (PolicyRefused,), room_mb=2048, batch=500)))
