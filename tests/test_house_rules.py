"""The promises of the code's own style, kept by tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for folder in ("sandbox", "desktop", "resources") for p in (ROOT / folder).rglob("*.py"))

# Every package of the engine and what of the engine it may import. Shared foundations are always allowed.
FOUNDATIONS = {"errors", "messages", "files", "workspace", "keystore", "start", "visible", "run_lock", "spreadsheets"}
BELOW_DOORS = {"review", "records", "packs", "codesets", "dictionary", "matching", "sources", "checks", "jail"}
MAY_IMPORT = {
    "agent": set(),
    "program": {"checks.language", "jail.windows"},
    "messages": set(),
    "checks": set(),
    "jail": set(),
    "sources": {"checks", "jail"},
    "dictionary": {"checks", "jail", "sources"},
    "matching": {"checks", "jail", "sources", "dictionary"},
    "codesets": {"dictionary", "records"},
    "packs": {"checks", "jail", "sources", "dictionary"},
    "records": {"checks", "jail", "sources", "dictionary", "matching"},
    "review": {"records", "packs", "codesets", "dictionary", "matching", "sources", "checks", "jail", "program"}
    | {"drafting.inspection"},
    "drafting": BELOW_DOORS | {"agent"},
    "running": BELOW_DOORS | {"drafting.known_values", "drafting.recognisers"},
    "exports": BELOW_DOORS | {"running.results", "running.expiring", "drafting.inspection"},
    "reviewing": BELOW_DOORS
    | {"exports", "running.results", "running.expiring", "running.compiled", "drafting.inspection", "drafting.wire_log"}
    | {"drafting.conversation", "drafting.shape", "drafting.desk_words", "drafting.summaries"},
}
JAILED = ("agent", "program")
FOUNDATIONS_IN_JAIL = {"errors", "messages"}


def imports_of(path: Path) -> set[str]:
    """Dotted names under `sandbox` that the file imports, without the leading package."""
    found = set()
    here = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("sandbox.") for name in found if name.startswith("sandbox.")}


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_point_one_way(package: str) -> None:
    foundations = FOUNDATIONS_IN_JAIL if package in JAILED else FOUNDATIONS
    allowed = MAY_IMPORT[package] | foundations | {package}
    wrong = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / "sandbox" / package).rglob("*.py")
        for name in imports_of(path)
        if not any(name == one or name.startswith(f"{one}.") for one in allowed) and name != "__version__"
    }
    assert not wrong


def test_the_import_rule_would_notice_a_wrong_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "sandbox" / "agent"
    folder.mkdir(parents=True)
    (folder / "bad.py").write_text("from sandbox.sources import connect\n")
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert imports_of(folder / "bad.py") == {"sources.connect"}


def test_the_engine_knows_no_qt() -> None:
    assert not [
        path
        for path in SOURCES
        if "desktop" not in path.parts and re.search(r"PySide6|shiboken", path.read_text("utf-8"))
    ]


def test_every_module_says_what_it_is_for() -> None:
    assert not [path for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]


def test_no_file_is_longer_than_the_house_allows() -> None:
    assert not {str(path): n for path in SOURCES if (n := path.read_text("utf-8").count("\n")) > 600}


def test_the_top_level_holds_what_its_user_chose() -> None:
    own = (p for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith((".", "preceptor-demo")))  # a tried demo
    folders = {p.name for p in own}
    built = {"build", "dist", "preceptor.egg-info", "__pycache__"}
    assert folders - built == {"desktop", "sandbox", "resources", "tests", "packaging"}


def test_only_the_command_line_prints() -> None:
    printing = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    }
    assert not printing


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = ("pandas", "duckdb", "anthropic", "sqlglot", "PySide6", "pyarrow", "matplotlib")
    code = f"import sandbox.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("package", ["sandbox.dictionary", "sandbox.review", "sandbox.jail", "desktop.widgets"])
def test_a_front_door_that_loads_late_names_nothing_like_a_module(package: str) -> None:
    """Importing a module of a package sets it as the package's attribute, in place of the name."""
    from importlib import import_module

    front = import_module(package)
    assert not [name for name in front.__all__ if (Path(str(front.__file__)).parent / f"{name}.py").exists()]
    assert all(getattr(front, name) is not None for name in front.__all__)
