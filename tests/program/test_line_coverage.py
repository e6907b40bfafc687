"""Lines that ran and lines that could have."""

from __future__ import annotations

import sys

from sandbox.program.coverage import Coverage

PROGRAM = '''"""Title."""
LIMIT = 3

def helper(n):
    if n > 100:
        return "large"
    return [
        one
        for one in range(n)
    ]

class Kept:
    size: int = 0

    def grow(self):
        self.size += 1

def never():
    return 1

def main():
    for n in range(LIMIT):
        helper(n)
    try:
        raise ValueError
    except KeyError:
        never()
'''


def covered() -> tuple[set[int], set[int]]:
    code = compile(PROGRAM, "<draft>", "exec")
    coverage = Coverage(code)
    space: dict[str, object] = {"__name__": "draft"}
    try:
        with coverage:
            exec(code, space)
            space["main"]()  # type: ignore[operator]
    except ValueError:
        pass
    return set(coverage.ran), set(coverage.executable)


def test_lines_that_were_not_executed_are_known() -> None:
    ran, executable = covered()
    assert executable - ran == {6, 16, 19, 27}


def test_only_lines_of_the_program_are_counted() -> None:
    ran, executable = covered()
    assert ran <= executable <= set(range(1, PROGRAM.count("\n") + 1))


def test_tracing_ends_with_the_block() -> None:
    before = sys.gettrace()
    covered()
    assert sys.gettrace() is before or sys.gettrace() is None
