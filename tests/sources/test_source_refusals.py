"""Why a source can't be opened, in words that a reviewer can act on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from source_parts import LOGIN, settings

from sandbox.errors import SourceUnavailable
from sandbox.sources import connect


def refusal(path: Path, login: str | None = None) -> SourceUnavailable:
    with pytest.raises(SourceUnavailable) as refused:
        connect(settings(path, login=login is not None), login)
    assert str(path) not in refused.value.sentence and refused.value.advice
    return refused.value


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    assert "is not there" in refusal(tmp_path / "none.duckdb").sentence


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a spreadsheet" * 500])
def test_another_kind_of_file_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.duckdb"
    path.write_bytes(content)
    assert "is not a DuckDB database" in refusal(path).sentence


def test_a_wrong_login_is_refused_without_telling_it(encrypted: Path) -> None:
    told = refusal(encrypted, "another key")
    assert "refused its login" in told.sentence and "another key" not in told.advice
    assert told.__cause__ is None and told.__suppress_context__  # the driver quotes the statement, and so the key


def test_a_missing_login_is_asked_for(encrypted: Path, plain: Path) -> None:
    assert "no login is stored" in refusal(encrypted).sentence
    with pytest.raises(SourceUnavailable, match="needs its login"):
        connect(settings(encrypted, login=True), None)
    assert "not encrypted" in refusal(plain, LOGIN).sentence


def test_a_database_that_is_being_written_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "busy.duckdb"
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "open\n"
        assert "is locked by another program" in refusal(path).sentence
        writer.communicate("")


def test_a_folder_without_tables_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    assert "holds no tables" in refusal(tmp_path).sentence


def test_two_files_of_one_name_are_ambiguous(tmp_path: Path) -> None:
    for name in ("a.csv", "A.CSV"):
        (tmp_path / name).write_text("x\n1\n")
    assert "same name: a" in refusal(tmp_path).sentence


def test_a_damaged_file_in_a_folder_is_found_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    refusal(tmp_path)
