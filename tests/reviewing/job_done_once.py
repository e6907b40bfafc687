"""The job of `finished_job`, done once for all workers of a test run."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from finished_job import Job, do_the_job
from made_once import made_once


def job_done_once(factory: pytest.TempPathFactory) -> Job:
    """Copy what you change."""
    folder = made_once(factory, "finished-job", _do_and_keep)
    return msgspec.json.decode((folder / "job.json").read_bytes(), type=Job)


def _do_and_keep(folder: Path) -> None:
    (folder / "job.json").write_bytes(msgspec.json.encode(do_the_job(folder)))
