"""The page that says why a rule matters: plain text in `resources/clinical/`."""

from __future__ import annotations

from importlib import resources

from sandbox.checks.clinical._flag import PREFIX


def why(rule: str) -> str:
    """The page of a rule (`clinical.denominator`, or `denominator`); "" when there is none."""
    name = rule.removeprefix(PREFIX)
    if not name.replace("_", "").isalpha():
        return ""
    page = resources.files("resources").joinpath("clinical", f"{name}.md")
    return page.read_text("utf-8") if page.is_file() else ""
