"""No bundle leaves with what has the shape of an identifier: the last look at what a stranger will read.

The shapes are rules as data in `resources/rules/phi_recognisers.toml`, of which those are used here that have
no meaning in programs, JSON and checksums. JSON and programs are read with their escapes undone as well. Whoever
makes a bundle can pass a stricter inspection too, such as the checker's, which knows the patients of the connected
sources.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

from sandbox.checks.escapes import views
from sandbox.errors import PatientRecognised

KINDS = frozenset({"social security number", "phone number", "e-mail address"})

Inspect = Callable[[str], Iterable[str]]
"""Text in, kinds of identifier found in it out."""


def scan(texts: dict[str, str], inspect: Inspect | None = None) -> None:
    """Return when no text (by file) holds an identifier, or raise `PatientRecognised` naming files and kinds."""
    found = {name: sorted({*_shapes(text), *(inspect(text) if inspect else ())}) for name, text in texts.items()}
    if any(found.values()):
        places = "; ".join(f"{name}: {', '.join(kinds)}" for name, kinds in sorted(found.items()) if kinds)
        raise PatientRecognised(
            f"The bundle was not made, because it would hold what looks like a patient's ({places}).",
            "Sign a draft without it: use a parameter, whose value stays here.",
        )


def _shapes(text: str) -> set[str]:
    return {kind for view, _ in views(text) for kind, pattern in _rules() if pattern.search(view)}


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rules = tomllib.loads((files("resources") / "rules" / "phi_recognisers.toml").read_text("utf-8"))["rule"]
    return tuple(
        (rule["kind"], re.compile(rule["pattern"], re.VERBOSE | (re.IGNORECASE if rule.get("ignore_case") else 0)))
        for rule in rules
        if rule["kind"] in KINDS and "check" not in rule
    )
