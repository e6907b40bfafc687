"""The language policy: what a program may be written in. For the reader and for depth; the jail is the boundary.

    check = check_program(text)          # flags with lines, literal queries, defaults of the parameters
    if check.may_run:
        names = compile_program(text).run_module()      # in a jail only
        names["main"](data, report, **check.parameters)

Imports neither pandas nor sqlglot, so that the program's jail can have it. The rules are data:
`resources/rules/language.toml`.
"""

from sandbox.checks.language._characters import doubtful_characters
from sandbox.checks.language._check import check_program
from sandbox.checks.language._compiled import Compiled, compile_program
from sandbox.checks.language._versions import LibraryNotReviewed, check_reviewed

__all__ = [
    "Compiled",
    "LibraryNotReviewed",
    "check_program",
    "check_reviewed",
    "compile_program",
    "doubtful_characters",
]
