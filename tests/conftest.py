"""What all tests share: the demo hospital once per worker, and the rule on missing tools."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.needs("openssl")`: skipped where the tool is missing, except in CI, where that is a failure."""
    for mark in item.iter_markers("needs"):
        for tool in mark.args:
            if not _is_there(tool):
                (pytest.fail if IN_CI else pytest.skip)(f"{tool} is not installed")


def _is_there(tool: str) -> bool:
    """On the search path; Debian keeps PostgreSQL's server apart."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/postgres") if tool == "postgresql" else ()
    return shutil.which("postgres" if tool == "postgresql" else tool) is not None or any(debian)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a skipped test is a failure: everything that tests need can be installed there."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the home folder of whoever runs it."""
    home: Path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("PRECEPTOR_WORKSPACE", raising=False)
