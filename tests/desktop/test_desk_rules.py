"""The promises of the window's own style, kept by tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DESKTOP = ROOT / "desktop"
SOURCES = sorted(DESKTOP.rglob("*.py"))
MAY_IMPORT = {"errors", "messages", "reviewing.orders", "sessions", "start", "visible", "workspace", "files"}
# The tour makes the demo's hospital itself and looks at what is on the disk in the end; it is no part of the window.
OF_THE_TOUR = {DESKTOP / "tour"}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def knows_qt(path: Path) -> bool:
    return any(name.startswith("PySide6") for name in imports_of(path))


def test_no_view_is_longer_than_250_lines() -> None:
    long = {str(path): n for path in SOURCES if knows_qt(path) and (n := path.read_text("utf-8").count("\n")) > 250}
    assert not long


def test_no_presenter_knows_qt() -> None:
    presenters = [path for path in SOURCES if path.stem.endswith("presenter")]
    assert len(presenters) >= 8
    assert not [path for path in presenters if knows_qt(path)]


@pytest.mark.parametrize("module", sorted(p.stem for p in DESKTOP.iterdir() if (p / "presenter.py").exists()))
def test_importing_a_presenter_loads_no_qt(module: str) -> None:
    """Not by way of another module either."""
    code = f"import desktop.{module}.presenter, sys; print(sorted(m for m in sys.modules if m.startswith('PySide6')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_window_knows_nothing_of_the_engine_but_its_messages() -> None:
    wrong = {
        (str(path.relative_to(ROOT)), name)
        for path in SOURCES
        if not any(path.is_relative_to(folder) for folder in OF_THE_TOUR)
        for name in (one.removeprefix("sandbox.") for one in imports_of(path) if one.startswith("sandbox."))
        if not any(name == one or name.startswith(f"{one}.") for one in MAY_IMPORT)
    }
    assert not wrong


def test_colours_are_made_in_the_theme_only() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|QColor\(|Qt\.GlobalColor|rgba?\(")
    assert not [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "theme" not in path.parts and colour.search(path.read_text("utf-8"))
    ]


def test_nothing_in_the_window_waits() -> None:
    """No sleep, no nested event loop, no blocking wait for a process."""
    waits = re.compile(r"time\.sleep|\.exec\(\)|waitFor\w+\(|subprocess\.(run|check)|\.communicate\(")
    found = {str(path.relative_to(ROOT)): m.group() for path in SOURCES if (m := waits.search(path.read_text("utf-8")))}
    assert found == {"desktop/app.py": ".exec()"}  # the event loop itself


def test_opening_the_window_loads_nothing_heavy() -> None:
    heavy = ("pandas", "duckdb", "anthropic", "sqlglot", "pyarrow", "matplotlib", "numpy", "cryptography", "pygments")
    code = f"import desktop.window, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
