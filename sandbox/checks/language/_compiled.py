"""A program as guarded code, for the worker that runs it in its jail."""

from __future__ import annotations

from types import CodeType
from typing import Any

from sandbox.checks.facts import ProgramCheck
from sandbox.checks.language._check import FILENAME, examine
from sandbox.errors import PolicyRefused


class Compiled:
    """Guarded code of one program. `check` is what the policy said, `filename` what tracebacks call it."""

    filename = FILENAME

    def __init__(self, code: CodeType, check: ProgramCheck) -> None:
        self.code = code
        self.check = check

    def run_module(self) -> dict[str, Any]:
        """Execute the top level and return its namespace, with `main` in it. Only ever called in a jail."""
        from sandbox.checks.language._guards import namespace

        names = namespace()
        exec(self.code, names)
        return names


def compile_program(text: str) -> Compiled:
    """Guarded code for a program that the policy allows, or `PolicyRefused` naming the first line it refuses."""
    check, code = examine(text)
    for flag in check.flags:
        if flag.severity == "refuse":
            raise PolicyRefused(f"Line {flag.line}: {flag.reason}", flag.instead)
    if code is None:
        raise PolicyRefused("The program could not be compiled.")
    return Compiled(code, check)
