"""One workspace of a reviewer, made once and copied for each test; its secrets lie in the throwaway store."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from finished_job import Job
from job_done_once import job_done_once
from proposals import EHR

from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.review.connecting import add_source
from sandbox.review.setting_up import set_up
from sandbox.reviewing.room import Room
from sandbox.workspace import Workspace, readable_json

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished workspace whose source `ehr` was looked at. Copy it."""
    folder = tmp_path_factory.mktemp("made")
    source = folder / "ehr.duckdb"
    source.write_bytes(b"8 bytes:DUCK, and nobody opens it")
    workspace = set_up(folder / "study", "Dr A Reviewer", PASSPHRASE, store="throwaway")
    add_source(workspace, open_keystore(workspace), "ehr", source, "a login")
    replace_file(workspace.source_folder("ehr") / "proposal.json", readable_json(EHR))
    return workspace.root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "study"))


@pytest.fixture
def room(root: Path) -> Room:
    """The workspace, open at this desk."""
    room = Room(root)
    assert isinstance(room.open(), Workspace)
    return room


@pytest.fixture
def passphrase() -> str:
    return PASSPHRASE


@pytest.fixture(scope="session")
def kept_job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job that was done to its end (see `finished_job`). Copy it."""
    return job_done_once(tmp_path_factory)


@pytest.fixture
def job(kept_job: Job, tmp_path: Path) -> Job:
    return kept_job._replace(root=str(shutil.copytree(kept_job.root, tmp_path / "job")))


@pytest.fixture
def desk_room(job: Job) -> Iterator[Room]:
    """The finished job's workspace, open at this desk."""
    room = Room(job.folder)
    room.open()
    yield room
    room.watching.close()
    room.end_children()
