"""Mistakes that clinicians know and programs don't: warnings about a draft, each with its reason.

    flags = clinical_flags(text, schema=schema, parameters=check.parameters, dialects={12: "duckdb"})
    why("clinical.denominator")                    # the page that says why it matters

Nothing here runs the program, reads a file of the workspace or refuses anything: what a program means to do is for a
person to say. The words that tell a length of stay from an age are data in `resources/rules/clinical.toml`. The names
are loaded when first used: whoever shows a page needs no parser of SQL.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.checks.clinical._check import RULES, clinical_flags
    from sandbox.checks.clinical._pages import why

_HOMES = {"RULES": "_check", "clinical_flags": "_check", "why": "_pages"}

__all__ = ["RULES", "clinical_flags", "why"]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(name)
