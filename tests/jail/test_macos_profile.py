"""The Seatbelt profile, judged by rules that know nothing of how it was made: code may be read, and nothing else."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from seatbelt_rules import PRIVATE, Form, allowed, objections, read

from sandbox.errors import JailRefused
from sandbox.jail.macos import profile as seatbelt
from sandbox.jail.profile import ROOT

# What an attacker would want of a profile, as a rule that somebody might add.
TOO_MUCH = (
    *("(allow default)", "(allow file*)", "(allow file-read*)", "(allow network-outbound)", "(allow process-fork)"),
    *('(allow file-write* (literal "/dev/null"))', '(allow mach-lookup (global-name "com.apple.SecurityServer"))'),
    *("(allow process*)", "(allow signal)", "(allow signal (target others))", "(allow process-info* (target pgrp))"),
    *('(allow process-exec (subpath "/bin"))', '(allow process-exec (literal "/bin/sh"))', "(allow sysctl-read)"),
    *('(allow sysctl-read (sysctl-name "kern.hostname"))', '(allow sysctl-read (sysctl-name-prefix "kern."))'),
    *('(allow sysctl-read (sysctl-name-prefix "hw"))', '(allow sysctl-write (sysctl-name "hw.ncpu"))'),
    *('(allow file-read* (subpath "/"))', '(allow file-read* (subpath "/Library"))', '(allow file-read* (regex "^/"))'),
    *('(allow file-read* (subpath "/usr"))', '(allow file-read* (subpath "/System/Volumes"))'),
    *('(allow file-read* (subpath "/private/var/db"))', '(allow file-read* (subpath "/PRIVATE/etc/ssh"))'),
    *('(allow file-read* (literal "/private/etc/master.passwd"))', '(allow file-read* (literal "/dev/disk0"))'),
    *('(allow file-read-metadata (literal "/Users"))', '(allow file-read-data (literal "/Library"))'),
    *('(allow file-read* (subpath "/Library/Frameworks"))', '(allow file-read* (subpath "/usr/lib/../../etc"))'),
    *('(allow file-map-executable (subpath "/opt/lib"))', '(allow file-read* (subpath "/System/Volumes/Data/x"))'),
    *('(allow file-rename (literal "/dev/null"))', "(deny signal (target self))", "(allow iokit-open)"),
)


@pytest.fixture(scope="module")
def made() -> seatbelt.Seatbelt:
    return seatbelt.profile(seatbelt.code_places(("/opt/preceptor/site-packages",)), seatbelt.interpreters())


@pytest.fixture(scope="module")
def rules(made: seatbelt.Seatbelt) -> list[Form]:
    return read(made.text)


@pytest.mark.parametrize("broken", ["(a", "a)", '(a "b)', "(a))"])
def test_the_reader_of_this_test_notices_what_is_not_balanced(broken: str) -> None:
    with pytest.raises(AssertionError):
        read(broken)


def test_a_process_may_read_code_and_nothing_else(rules: list[Form]) -> None:
    assert objections(rules) == []


@pytest.mark.parametrize("more", TOO_MUCH)
def test_a_rule_that_allows_more_is_objected_to(more: str, made: seatbelt.Seatbelt) -> None:
    assert objections(read(made.text + more))


def test_what_is_not_denied_by_default_is_objected_to(made: seatbelt.Seatbelt) -> None:
    assert objections(read(made.text.replace("(deny default)\n", "")))


def test_of_this_machine_only_code_is_opened(made: seatbelt.Seatbelt, rules: list[Form]) -> None:
    opened = allowed(rules, "file-read-data") | allowed(rules, "file-map-executable")
    ours = {made.parameters[value[1:]] for kind, value in opened if value[0] == "$"}
    assert {str(ROOT / "sandbox"), str(ROOT / "resources"), *seatbelt.interpreters()} <= ours
    home = os.path.realpath(os.path.expanduser("~"))
    for place in ours:
        assert os.path.realpath(place) == place
        assert not any(one == place or one.startswith(f"{place}/") for one in (home, *PRIVATE)), place


def test_the_way_to_code_shows_no_more_than_that_it_is_a_folder(made: seatbelt.Seatbelt, rules: list[Form]) -> None:
    seen = allowed(rules, "file-read-metadata") - allowed(rules, "file-read-xattr")
    assert {kind for kind, _ in seen} == {"literal"}
    fixed = {value for _, value in seen if value[0] != "$"}
    places = [place for name, place in made.parameters.items() if not name.startswith("ABOVE_")]
    above = {str(folder) for place in places for folder in Path(place).parents}
    assert {place for name, place in made.parameters.items() if name.startswith("ABOVE_")} == above - fixed


def test_only_the_interpreter_is_executed_and_only_itself_is_signalled(rules: list[Form], made) -> None:
    executed = allowed(rules, "process-exec")
    assert [made.parameters[value[1:]] for _, value in sorted(executed)] == list(seatbelt.interpreters())
    assert allowed(rules, "signal") == allowed(rules, "process-info-pidinfo") == {("target", "self")}


def test_every_parameter_is_used_and_every_used_one_is_given(made: seatbelt.Seatbelt) -> None:
    used = re.findall(r'\(param "(\w+)"\)', made.text)
    assert set(used) == set(made.parameters)
    assert made.text.count("param") == len(used)


@pytest.mark.parametrize("name", ['a"b', "a) (allow default", "a\\", 'x")) (allow network*) (("', "a=b", "a\nb", "名"])
def test_a_path_is_never_read_as_a_rule(name: str, tmp_path: Path) -> None:
    """Paths are parameters: the text of two profiles that differ only in a name is the same."""
    (tmp_path / name).mkdir()
    (tmp_path / "plain").mkdir()
    odd = seatbelt.profile([str(tmp_path / name)], ["/usr/bin/python3"])
    plain = seatbelt.profile([str(tmp_path / "plain")], ["/usr/bin/python3"])
    assert odd.text == plain.text
    assert f"CODE_0={tmp_path / name}" in odd.command(["x"])


def test_what_is_quoted_is_read_back() -> None:
    for text in ('a"b', "a\\", "(allow default)", '\\"', "a b"):
        assert read(seatbelt.quoted(text)) == ['"' + text]
    with pytest.raises(ValueError, match="printed"):
        seatbelt.quoted("a\0b")


@pytest.mark.parametrize(
    "wide",
    ["/", "/Users", "/users", "/private", "/private/var", "/private/etc", "/tmp", "/etc", "~", "~/..", "lib", ""],
)
def test_a_place_that_holds_more_than_code_is_refused(wide: str) -> None:
    place = os.path.expanduser(wide)
    with pytest.raises(JailRefused, match="'seatbelt'.*more than code") as refused:
        seatbelt.profile([place], ["/usr/bin/python3"])
    assert refused.value.advice
    with pytest.raises(JailRefused):
        seatbelt.profile(["/usr/lib/python3"], [place])


def test_a_rule_that_nothing_limits_is_never_written() -> None:
    with pytest.raises(ValueError, match="process-exec"):
        seatbelt.profile(["/usr/lib/python3"], [])


def test_the_command_names_the_whole_path_and_gives_each_parameter_for_itself(made: seatbelt.Seatbelt) -> None:
    command = made.command(["/python", "-I"])
    assert command[:3] == ["/usr/bin/sandbox-exec", "-p", made.text]
    assert command[-2:] == ["/python", "-I"]
    given = command[3:-2]
    assert given[::2] == ["-D"] * len(made.parameters)
    assert dict(word.split("=", 1) for word in given[1::2]) == made.parameters


def test_a_framework_build_may_become_its_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    application = tmp_path / "Resources" / "Python.app" / "Contents" / "MacOS" / "Python"
    application.parent.mkdir(parents=True)
    application.touch()
    (tmp_path / "Python").touch()
    monkeypatch.setattr(sys, "base_exec_prefix", str(tmp_path))
    assert seatbelt.interpreters() == (os.path.realpath(sys.executable), str(application))
    assert {str(tmp_path / "Python"), str(tmp_path / "Resources" / "Python.app")} <= set(seatbelt.code_places(()))


def test_a_frozen_build_opens_its_own_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "preceptor").touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "preceptor"))
    assert seatbelt.code_places(("/elsewhere",)) == (str(tmp_path),)
    assert seatbelt.interpreters()[0] == str(tmp_path / "preceptor")
