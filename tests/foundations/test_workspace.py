"""A workspace: made once, opened again, refused when it is none, damaged, or from a newer version."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import BadInput, WorkspaceRefused
from sandbox.records._times import read_time
from sandbox.workspace import (
    VERSION,
    Settings,
    SourceSettings,
    Workspace,
    checked_name,
    default_root,
    new_name,
    now,
    readable_json,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "study", settings=Settings(reviewer="Dr. Jane Example"))


def test_a_workspace_opens_as_it_was_made(workspace: Workspace) -> None:
    opened = Workspace.open(workspace.root)
    assert (opened.id, opened.store, opened.settings) == (workspace.id, "os", Settings(reviewer="Dr. Jane Example"))
    assert opened.root.is_absolute()


def test_nobody_else_can_look_into_a_workspace(workspace: Workspace) -> None:
    for path in (workspace.root, *workspace.root.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_changed_settings_are_kept(workspace: Workspace) -> None:
    workspace.change_settings(msgspec.structs.replace(workspace.settings, minimum_count=20))
    assert Workspace.open(workspace.root).settings.minimum_count == 20
    assert Workspace.open(workspace.root).id == workspace.id


def test_no_folder_that_holds_anything_becomes_a_workspace(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceRefused, match="is a workspace already"):
        Workspace.create(workspace.root)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "draft.txt").write_text("mine")
    with pytest.raises(WorkspaceRefused, match="is no empty folder"):
        Workspace.create(tmp_path / "papers")
    with pytest.raises(WorkspaceRefused, match="is no empty folder"):
        Workspace.create(tmp_path / "papers" / "draft.txt")
    with pytest.raises(WorkspaceRefused, match="can't be made"):
        Workspace.create(tmp_path / "papers" / "draft.txt" / "study")
    assert [path.name for path in (tmp_path / "papers").iterdir()] == ["draft.txt"]


def test_an_empty_folder_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir(mode=0o755)
    workspace = Workspace.create(tmp_path / "study")
    assert workspace.root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("where", ["", "nowhere", "file.txt"])
def test_what_is_no_workspace_is_refused(tmp_path: Path, where: str) -> None:
    (tmp_path / "file.txt").write_text("mine")
    with pytest.raises(WorkspaceRefused):
        Workspace.open(tmp_path / where)


def test_a_newer_workspace_is_refused_and_untouched(workspace: Workspace) -> None:
    mark = workspace.root / "workspace.json"
    newer = mark.read_bytes().replace(b'"version": %d' % VERSION, b'"version": %d' % (VERSION + 1))
    mark.write_bytes(newer)
    with pytest.raises(WorkspaceRefused, match=rf"newer Preceptor \(format {VERSION + 1}; this one reads {VERSION}\)"):
        Workspace.open(workspace.root)
    assert mark.read_bytes() == newer


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"id": "\xc3("}', b'{"version": "one"}'])
def test_a_damaged_workspace_is_refused_and_untouched(workspace: Workspace, content: bytes) -> None:
    (workspace.root / "workspace.json").write_bytes(content)
    with pytest.raises(WorkspaceRefused, match="damaged"):
        Workspace.open(workspace.root)
    assert (workspace.root / "workspace.json").read_bytes() == content


def test_sources_are_kept_by_name(workspace: Workspace) -> None:
    source = SourceSettings(name="ehr", kind="duckdb", location="/data/ehr.duckdb", login=True)
    workspace.save_source(source)
    workspace.save_source(msgspec.structs.replace(source, name="registry", login=False))
    assert workspace.source_names() == ["ehr", "registry"]
    assert workspace.source("ehr") == source
    with pytest.raises(BadInput, match="no source named 'other'"):
        workspace.source("other")


@pytest.mark.parametrize("content", [b"{}", b"\xff", b'{"name":"ehr","kind":"duckdb","location":"x","password":"y"}'])
def test_damaged_source_settings_are_refused(workspace: Workspace, content: bytes) -> None:
    workspace.save_source(SourceSettings(name="ehr", kind="duckdb", location="x"))
    (workspace.source_folder("ehr") / "source.json").write_bytes(content)
    with pytest.raises(WorkspaceRefused, match="settings of source 'ehr'"):
        workspace.source("ehr")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "a b", "é", "a.json", "x" * 65, "a\n", "a\0"])
def test_no_name_leads_out_of_its_folder(workspace: Workspace, name: str) -> None:
    for place in (workspace.question, workspace.approval, workspace.run, workspace.source_folder):
        with pytest.raises(BadInput):
            place(name)


@given(st.text(max_size=70))
def test_a_name_is_refused_or_a_file_name(name: str) -> None:
    try:
        checked = checked_name(name)
    except BadInput:
        return
    assert Path(checked).name == checked == name


def test_new_names_differ_and_pass() -> None:
    names = {new_name("q") for _ in range(50)}
    assert len(names) == 50
    assert all(checked_name(name) == name and name.startswith("q-2") for name in names)


def test_now_is_utc_to_the_millisecond() -> None:
    text = now()
    assert len(text) == len("2026-01-02T03:04:05.678Z")
    assert read_time(text).utcoffset() is not None
    assert text.endswith("Z")


def test_the_default_place_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRECEPTOR_WORKSPACE", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("PRECEPTOR_WORKSPACE")
    assert default_root() == Path.home() / "Preceptor"


def test_our_json_is_for_people() -> None:
    assert readable_json({"a": [1]}) == b'{\n  "a": [\n    1\n  ]\n}\n'
