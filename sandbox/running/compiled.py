"""Whether the code that a jail starts with is compiled: a jail can't keep what it compiles, so it would at every start.

    not_compiled()          # ("pandas",): these start slower, three times as slow when it is all of them

pip compiles what it installs, unless it is told `--no-compile`; other installers leave it to the first import, which
may happen in a jail. Nothing rests on it but the time that a start takes, so it is advice and never a failure.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

PACKAGES = (
    "sandbox",
    "resources",
    "numpy",
    "pyarrow",
    "pandas",
    "scipy",
    "statsmodels",
    "matplotlib",
    "RestrictedPython",
)
_SAMPLE = 40  # files looked at in each package; a whole look would take seconds


def not_compiled(packages: Iterable[str] = PACKAGES) -> tuple[str, ...]:
    """The packages of which a good part has no compiled file beside it that is as new as its source."""
    return tuple(name for name in packages if _is_behind(name))


def sentence(packages: tuple[str, ...]) -> str:
    """What was found, for the reviewer."""
    if not packages:
        return "The code that programs start with is compiled, as pip leaves it."
    return f"Not compiled, so that every program starts slower: {', '.join(packages)}."


def advice(packages: tuple[str, ...]) -> str:
    """What to do about them; empty when there is nothing to do."""
    if not packages:
        return ""
    return "Have whoever installed Preceptor run `python -m compileall` over its folder of libraries."


def _is_behind(name: str) -> bool:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return False  # frozen, or not there: an import says that better
    sources = sorted(Path(spec.origin).parent.rglob("*.py"))
    if name == "sandbox":
        sources = [path for path in sources if path.parent.name in ("program", "messages", "language")]
    sample = sources[:: max(1, len(sources) // _SAMPLE)]
    return sum(not _is_compiled(path) for path in sample) * 5 > len(sample)


def _is_compiled(source: Path) -> bool:
    compiled = Path(importlib.util.cache_from_source(str(source)))
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime
