"""What a person at a terminal sees: lines that fit, and a sentence for every odd argument."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cli.screen import plural, wrapped

Preceptor = Callable[..., subprocess.CompletedProcess[str]]
REFUSED, BROKE = 1, 3


def test_no_word_is_broken_and_further_lines_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = f"  · {'some words ' * 12}{'x' * 80}"
    first, *rest = wrapped(text).splitlines()
    assert first.startswith("  · some") and all(line.startswith("    ") for line in rest)
    assert all(len(line) <= 60 for line in (first, *rest[:-1]))
    assert "x" * 80 in rest[-1]
    assert wrapped(text).split() == text.split()


def test_a_terminal_is_never_taken_for_narrower_than_sixty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert wrapped("a" * 20 + " " + "b" * 20) == "a" * 20 + " " + "b" * 20


def test_one_thing_is_not_things() -> None:
    assert (plural(1, "run"), plural(2000, "run"), plural(0, "entry", "entries")) == (
        "1 run",
        "2,000 runs",
        "0 entries",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", ""),
        ("verify", "/tmp", "--trust", "nonsense"),
        ("source", "list", "--workspace", "/" + "a" * 5000),
        ("setup", "--name", "A\u202eB"),
        ("setup", "--name", "A" * 201),
        ("setup", "--name", "A", "--model-url", "ftp://model"),
    ],
)
def test_odd_arguments_are_refused_with_a_sentence(arguments: tuple[str, ...], preceptor: Preceptor) -> None:
    done = preceptor(*arguments)
    assert done.returncode == REFUSED, done.stderr
    assert "→" in done.stderr and "Traceback" not in done.stderr


def test_a_full_standard_output_is_a_sentence() -> None:
    command = [str(Path(sys.executable).with_name("preceptor")), "--help"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == BROKE
    assert "full" in done.stderr and "Traceback" not in done.stderr


def test_verify_prints_one_json_document_also_when_it_fails(toured: Path, preceptor: Preceptor) -> None:
    done = preceptor("verify", toured / "bundle", "--trust", "0" * 64, "--json")
    assert done.returncode == REFUSED
    assert json.loads(done.stdout)["ok"] is False
