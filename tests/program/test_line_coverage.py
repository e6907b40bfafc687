"""Lines that ran and lines that could have."""

from __future__ import annotations

import sys
from typing import Any

import pytest

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


def test_lines_after_the_block_are_not_counted() -> None:
    code = compile("def odd(n):\n    if n % 2:\n        return True\n    return False\n", "<draft>", "exec")
    space: dict[str, Any] = {}
    with Coverage(code) as coverage:
        exec(code, space)
        space["odd"](1)
    space["odd"](2)
    assert coverage.ran == (1, 2, 3)


def test_a_second_block_sees_lines_that_the_first_saw() -> None:
    code = compile("def odd(n):\n    return n % 2\n", "<draft>", "exec")
    space: dict[str, Any] = {}
    with Coverage(code) as first:
        exec(code, space)
        space["odd"](1)
    with Coverage(code) as second:
        space["odd"](1)
    assert first.ran == (1, 2)
    assert second.ran == (2,)


LOOP = """def main(times):
    total = 0
    for n in range(times):
        if n < 0:
            total = -1
        total += n
    after = total
    return after
"""


def looped(times: int, events: int, function: str = LOOP) -> Coverage:
    code = compile(function, "<draft>", "exec")
    space: dict[str, Any] = {}
    with Coverage(code, events=events) as coverage:
        exec(code, space)
        space["main"](times)
    return coverage


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there every line is reported once, whatever the number")
def test_watching_ends_after_so_many_events_and_says_so() -> None:
    assert (looped(10_000, 0).ran, looped(10_000, 0).whole) == ((1, 2, 3, 4, 6, 7, 8), True)
    given_up = looped(10_000, 500)
    assert (given_up.ran, given_up.whole) == ((1, 2, 3, 4, 6), False)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there every line is reported once, whatever the number")
def test_lines_of_a_library_count_as_well_since_they_are_slowed_as_well() -> None:
    library: dict[str, Any] = {}
    exec(compile(LOOP, "<library>", "exec"), library)
    code = compile("def main(inside):\n    inside(10_000)\n    return 1\n", "<draft>", "exec")
    space: dict[str, Any] = {}
    with Coverage(code, events=500) as coverage:
        exec(code, space)
        space["main"](library["main"])
        still_watching = sys.gettrace() is not None
    assert (coverage.ran, coverage.whole, still_watching) == ((1, 2), False, False)


def test_a_long_loop_is_watched_whole_only_where_that_is_free() -> None:
    coverage = looped(10_000, 500)
    assert coverage.whole == (sys.version_info >= (3, 12))
    assert coverage.ran == (1, 2, 3, 4, 6, 7, 8) or not coverage.whole


def test_watching_ends_by_itself_once_every_line_was_seen() -> None:
    coverage = looped(5, 1000, "def main(times):\n    return times\n")
    assert (coverage.ran, coverage.whole) == ((1, 2), True)
