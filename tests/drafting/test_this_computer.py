"""What leaves does not tell whose computer this is; ordinary words pass whatever the computer is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import sandbox
from sandbox.drafting.checker import Inspector
from sandbox.drafting.known_values import KnownValues
from sandbox.drafting.recognisers import Recognisers
from sandbox.drafting.this_computer import KIND, ThisComputer, _leads_somewhere, _tells
from sandbox.workspace import Workspace

ORDINARY = """The root cause was at home; each user of the vm may test this. Square root of 2, /root, /tmp and /home.
File "/usr/lib/python3.11/json/decoder.py", line 355. See /usr/share. 1/2/3 and and/or 7/10. import sandbox.program"""


@pytest.fixture
def computer(tmp_path: Path) -> ThisComputer:
    return ThisComputer.here(Workspace.create(tmp_path / "irb-2231-oncology", store="throwaway"))


def test_paths_of_this_computer_are_found(computer, tmp_path):
    code = Path(sandbox.__file__).parent.parent
    for path in (tmp_path / "irb-2231-oncology", code):
        text = f'{{"url":"file://{path}"}}'
        assert [text[hit.start : hit.end] for hit in computer.find(text)] == [str(path)]
    for path in (sys.executable, Path.home() / "x" / "y", tmp_path / "irb-2231-oncology" / "audit.log"):
        assert computer.find(f"at {path}: 18362368") or str(path).startswith(("/usr", "/root/"))


def test_a_folder_named_for_a_study_is_found_alone(computer):
    assert [hit.kind for hit in computer.find("exists IRB-2231-Oncology?")] == [KIND]


def test_the_host_and_the_login_are_found_where_they_tell_anything(tmp_path, monkeypatch):
    host = os.uname()
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((host[0], "cardio-ws12.example.org", *host[2:])))
    monkeypatch.setenv("LOGNAME", "jsmith7")
    workspace = Workspace.create(tmp_path / "w", store="throwaway")
    computer = ThisComputer.here(workspace)
    for text in ("host=CARDIO-WS12", "on cardio-ws12.example.org", "by jsmith7."):
        assert computer.find(text), text
    assert not ThisComputer.here(workspace, public="the cardio-ws12 registry").find("cardio-ws12")
    assert not computer.find("xcardio-ws12 jsmith77")


@pytest.mark.parametrize("name", ["root", "home", "user", "vm", "Laptop", "test", "anna", "diabetes"])
def test_a_name_that_is_an_ordinary_word_tells_nothing(name):
    assert not _tells(name)


@pytest.mark.parametrize("path", ["/root", "/tmp", "/usr/bin/python3", "/usr", "/lib/x86", "/"])
def test_a_place_that_every_system_has_leads_nowhere(path):
    assert not _leads_somewhere(path)


def test_ordinary_text_passes(computer):
    inspector = Inspector(Recognisers.load(), KnownValues(b"", []), computer)
    assert inspector.find(ORDINARY) == ()
