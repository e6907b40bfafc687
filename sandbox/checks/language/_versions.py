"""The lists of the policy are true of the versions that they were read against, and of no others.

    check_reviewed(warm.versions)        # before a run on real data; raises `LibraryNotReviewed`
    flags = version_flags()              # while drafting: one warning, and work goes on

A new release can add a function that reads a file under a name that was harmless. Tests find those (the reachability
audit); an installation that has another version than the tests had is told so, and runs nothing on real data.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from sandbox.checks.facts import Flag
from sandbox.checks.language._rules import rules
from sandbox.errors import PolicyRefused

_PACKAGES = {"dateutil": "python-dateutil"}  # where a package is not called like its module
_ITSELF = "RestrictedPython"  # of another one, no program is checked at all (`require_reviewed`)


class LibraryNotReviewed(PolicyRefused):
    """A library that programs import is a release that nobody has read against the language policy."""

    advice = (
        "Install Preceptor again: it brings the versions that were reviewed. "
        "Nothing was run and no run is used up; drafting and made-up data go on meanwhile."
    )


def check_reviewed(versions: Mapping[str, str]) -> None:
    """Return when every library of a program's process is a reviewed release, or raise `LibraryNotReviewed`."""
    if wrong := list(unreviewed(versions)):
        raise LibraryNotReviewed(f"The language policy was not reviewed against {'; '.join(wrong)}.")


def unreviewed(versions: Mapping[str, str]) -> Iterator[str]:
    """Each library that is missing from `versions` or is there in a version that was not reviewed, in words."""
    for name, reviewed in rules().reviewed.items():
        found = versions.get(name, "")
        if name != _ITSELF and _release(name, found) not in reviewed:
            yield f"{name} {found or 'of an unknown version'} (reviewed: {', '.join(reviewed)})"


def version_flags() -> list[Flag]:
    """A warning when what is installed here was not reviewed: what is drafted with it will not run on real data."""
    if not (wrong := list(unreviewed(_installed()))):
        return []
    reason = f"The language policy was not reviewed against {'; '.join(wrong)}."
    return [Flag(line=0, severity="warn", rule="versions", reason=reason, instead=LibraryNotReviewed.advice)]


@cache
def _installed() -> dict[str, str]:
    """What the packages say of themselves; importing them would take seconds."""
    found = {"python": platform.python_version()}
    for name in rules().reviewed:
        try:
            found.setdefault(name, version(_PACKAGES.get(name, name)))
        except PackageNotFoundError:
            continue
    return found


def _release(name: str, found: str) -> str:
    return ".".join(found.split(".")[:2]) if name == "python" else found
