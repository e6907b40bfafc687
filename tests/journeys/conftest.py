"""One finished tour for all journeys: made once, by whichever worker comes first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_once import made_once

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery staple"
Preceptor = Callable[..., subprocess.CompletedProcess[str]]


def run_preceptor(
    *arguments: str | Path, passphrase: str = PASSPHRASE, **more: object
) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, with a passphrase on a descriptor."""
    reading, writing = os.pipe()
    os.write(writing, f"{passphrase}\n".encode())
    os.close(writing)
    command = [str(Path(sys.executable).with_name("preceptor")), *map(str, arguments), "--passphrase-fd", str(reading)]
    if arguments and arguments[0] in ("check", "--help", "--version"):
        command = command[:-2]
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            pass_fds=(reading,),
            **more,  # type: ignore[call-overload]
        )
    finally:
        os.close(reading)


@pytest.fixture(scope="session")
def preceptor() -> Preceptor:
    return run_preceptor


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished tour. Read it; copy its workspace before changing anything."""

    def make(out: Path) -> None:
        done = run_preceptor("tour", "--out", out, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        (out / "told.json").write_text(done.stdout.splitlines()[-1], "utf-8")

    return made_once(tmp_path_factory, "tour", make)


@pytest.fixture
def workspace(toured: Path, tmp_path: Path) -> Path:
    """A copy of the tour's workspace, free to be changed."""
    root = tmp_path / "workspace"
    shutil.copytree(toured / "workspace", root)
    return root


@pytest.fixture
def question(preceptor: Preceptor, workspace: Path) -> str:
    """The tour's question."""
    return str(json.loads(preceptor("ask", "--list", "--json", "--workspace", workspace).stdout)[-1]["name"])


@pytest.fixture
def approval(preceptor: Preceptor, workspace: Path, question: str) -> str:
    """The newest draft, signed again for a thousand runs."""
    terms = ("--runs", "1000", "--purpose", "A journey", "--json", "--workspace", workspace)
    done = preceptor("sign", question, *terms)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(json.loads(done.stdout)["id"])
