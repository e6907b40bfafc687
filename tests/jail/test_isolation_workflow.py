"""The workflow for other systems can be run: it is read as YAML, and every command in it exists here."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from importlib import import_module
from typing import Any

import pytest

from sandbox.cli import main
from sandbox.jail.profile import ROOT

FILE = ROOT / "packaging" / "isolation-workflow.yml"
Lines = list[tuple[int, str]]


def read(text: str) -> Any:
    """The part of YAML that a workflow needs: mappings, lists, plain and quoted scalars, and blocks of text (`|`)."""
    assert "\t" not in text, "YAML knows no tabs"
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in text.split("\n")]
    lines = [(indent, re.sub(r"(^|\s)#.*$", "", line)) for indent, line in lines if line and not line.startswith("#")]
    value = _value(lines, lines[0][0])
    assert not lines, f"not read: {lines[0]}"
    return value


def _value(lines: Lines, indent: int) -> Any:
    return _sequence(lines, indent) if lines[0][1].startswith("- ") else _mapping(lines, indent)


def _sequence(lines: Lines, indent: int) -> list[Any]:
    items: list[Any] = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        rest = lines[0][1][2:].strip()
        if re.match(r"[\w-]+:( |$)", rest):
            lines[0] = (indent + 2, rest)
            items.append(_mapping(lines, indent + 2))
        else:
            lines.pop(0)
            items.append(rest)
    return items


def _mapping(lines: Lines, indent: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while lines and lines[0][0] == indent and not lines[0][1].startswith("- "):
        _, line = lines.pop(0)
        match = re.fullmatch(r"([\w-]+):(?: (.*))?", line)
        assert match, f"neither a key nor a list: {line!r}"
        key, scalar = match[1], (match[2] or "").strip()
        assert key not in found, f"{key} stands twice"
        if scalar == "|":
            inner = lines[0][0]
            found[key] = "\n".join(lines.pop(0)[1] for _ in range(_run_of(lines, inner)))
        elif scalar:
            found[key] = scalar.strip('"')
        else:
            found[key] = _value(lines, lines[0][0]) if lines and lines[0][0] > indent else ""
    return found


def _run_of(lines: Lines, indent: int) -> int:
    return next((at for at, (found, _) in enumerate(lines) if found < indent), len(lines))


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    workflow = read(FILE.read_text("utf-8"))
    assert set(workflow) == {"name", "on", "permissions", "jobs"}
    assert workflow["permissions"] == {"contents": "read"}
    return workflow["jobs"]["attack-table"]


@pytest.mark.parametrize("broken", ["a:\n\tb: c", "a: b\na: c", "a:\n  b: c\n   d: e", "a\nb: c"])
def test_the_reader_of_this_test_notices_what_is_no_yaml(broken: str) -> None:
    with pytest.raises(AssertionError):
        read(broken)


def test_it_runs_on_macos_and_windows_and_goes_on_when_one_fails(job: dict[str, Any]) -> None:
    systems = job["strategy"]["matrix"]["os"]
    for system in ("macos-", "windows-", "ubuntu-24.04-arm"):
        assert [one for one in systems if one.startswith(system)], system
    assert job["runs-on"] == "${{ matrix.os }}"
    assert job["strategy"]["fail-fast"] == "false"
    assert int(job["timeout-minutes"]) <= 60


def test_every_action_is_pinned_to_a_commit_and_says_its_version(job: dict[str, Any]) -> None:
    used = [step["uses"].strip() for step in job["steps"] if "uses" in step]
    assert len(used) == 3
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action), action
        assert re.search(re.escape(action) + r" # v\d+\.\d+\.\d+\n", FILE.read_text("utf-8")), action


def test_every_command_exists(job: dict[str, Any]) -> None:
    commands = [line for step in job["steps"] if "run" in step for line in step["run"].split("\n")]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert len(commands) == 4
    for command in commands:
        first, *rest = shlex.split(command)
        if first == "preceptor":
            assert scripts[first] == f"{main.__module__}:{main.__name__}"
            _check_doctor(rest)
        elif first == "python":
            assert rest[0] in {"-m", "-c"}
            _check_python(rest)
        else:
            assert first == "cat"


def _check_doctor(words: list[str]) -> None:
    from sandbox.cli.doctor import command

    assert words[0] == "doctor"
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def _check_python(words: list[str]) -> None:
    if words[0] == "-m":
        assert words[1:3] == ["pip", "install"]
        return
    for node in ast.walk(ast.parse(words[1])):
        if isinstance(node, ast.ImportFrom):
            assert all(hasattr(import_module(str(node.module)), name.name) for name in node.names)


def test_no_secret_no_index_and_no_step_that_may_fail_unseen(job: dict[str, Any]) -> None:
    text = FILE.read_text("utf-8")
    for word in ("secrets.", "index-url", "http", "continue-on-error", "|| true", "pull_request_target", "curl"):
        assert word not in text, word
    assert {step["if"] for step in job["steps"] if "if" in step} == {"always()"}
    assert not [step for step in job["steps"] if "doctor" in step.get("run", "") and "if" in step]
