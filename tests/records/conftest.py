"""One desk is made per test process; each test gets its own copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from records_desk import Desk, make_approval, make_desk, make_run, sign_off

from sandbox.keystore import open_keystore
from sandbox.records import AuditLog, WorkstationKey, make_bundle
from sandbox.workspace import Workspace


@pytest.fixture(scope="session")
def kept_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_desk(tmp_path_factory.mktemp("kept") / "workspace")


@pytest.fixture
def desk(kept_desk: Desk, tmp_path: Path) -> Desk:
    """A desk with a signed dictionary and two drafts; nothing is approved yet."""
    shutil.copytree(kept_desk.workspace.root, tmp_path / "workspace")
    workspace = Workspace.open(tmp_path / "workspace")
    keystore = open_keystore(workspace)
    return Desk(workspace, keystore, kept_desk.reviewer, WorkstationKey.open(workspace, keystore))


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.log")


@pytest.fixture(scope="session")
def kept_bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    """A desk whose draft 2 was approved and run twice, and its bundle. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("bundle")
    desk = make_desk(folder / "workspace")
    sign_off(desk, make_approval(desk, id="a-0", draft=1))
    approval = make_approval(desk)
    envelope = sign_off(desk, approval)
    for run in ("r-1", "r-2"):
        make_run(desk, envelope, approval, run)
    yield desk, make_bundle(desk.workspace, desk.keystore, approval.id, folder / "bundle")


@pytest.fixture
def bundle(kept_bundle: tuple[Desk, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept_bundle[1], tmp_path / "bundle"))
