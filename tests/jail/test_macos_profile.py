"""The Seatbelt profile, read form by form: everything that it allows stands on a closed list."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from sandbox.errors import JailRefused
from sandbox.jail.macos import profile as seatbelt
from sandbox.jail.profile import ROOT

Form = list["Form | str"]

# Every operation that may be allowed, and by what kinds of filter. Whoever adds one must change this test, and say why.
MAY_BE_ALLOWED = {
    ("process-exec",): {"literal"},
    ("process-info*",): {"target"},
    ("signal",): {"target"},
    ("sysctl-read",): {"sysctl-name", "sysctl-name-prefix"},
    ("file-read-data",): {"literal"},
    ("file-read-metadata",): {"literal"},
    ("file-read*", "file-map-executable"): {"subpath", "literal"},
    ("file-read*",): {"subpath", "literal"},
}
FOLDERS_OF_THE_SYSTEM = {
    "/usr/lib",
    "/System/Library/Frameworks",
    "/System/Library/PrivateFrameworks",
    "/System/Library/SubFrameworks",
    "/System/Volumes/Preboot/Cryptexes",
    "/Library/Apple",
    "/System/Library/Fonts",
    "/private/var/db/timezone",
}
FILES_OF_THE_SYSTEM = {"/", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"}
# Read nowhere, not even what they are: the folders of people and of secrets.
NEVER_SEEN = (
    "/Users",
    "/etc",
    "/private/etc",
    "/tmp",
    "/private/tmp",
    "/Applications",
    "/Volumes",
    "/private/var/folders",
)
# What would tell of this computer, its memory, its processes or its user.
NEVER_ASKED = ("kern.hostname", "kern.proc", "kern.procargs2", "hw.memsize", "hw.model", "kern.uuid", "kern.boottime")


def read(text: str) -> list[Form]:
    """The forms of a profile: lists of words; a string keeps its opening quote, so that no word is taken for one."""
    words = re.findall(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+', text)
    assert "".join(words) == re.sub(r'("(?:[^"\\]|\\.)*")|\s', r"\1", text), (
        "something is neither word, string nor form"
    )
    top: list[Form] = []
    open_forms: list[Form] = [top]  # type: ignore[list-item]
    for word in words:
        if word == "(":
            form: Form = []
            open_forms[-1].append(form)
            open_forms.append(form)
        elif word == ")":
            open_forms.pop()
            assert open_forms, "a form is closed that was never opened"
        else:
            open_forms[-1].append('"' + re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word)
    assert len(open_forms) == 1, "a form is not closed"
    return top


def filters(form: Form) -> list[Form]:
    return [part for part in form if isinstance(part, list)]


def operations(form: Form) -> tuple[str, ...]:
    return tuple(part for part in form[1:] if isinstance(part, str))


@pytest.fixture(scope="module")
def made() -> seatbelt.Seatbelt:
    return seatbelt.profile(seatbelt.code_places(("/opt/preceptor/site-packages",)), seatbelt.interpreters())


@pytest.fixture(scope="module")
def rules(made: seatbelt.Seatbelt) -> list[Form]:
    return read(made.text)


def allowed(rules: list[Form], operation: str) -> set[tuple[str, str]]:
    """Kind and value of each filter of the rules that allow the operation; parameters as `$NAME`."""
    found = set()
    for rule in rules[2:]:
        if operation in operations(rule):
            for kind, value in filters(rule):
                found.add((str(kind), f"${value[1][1:]}" if isinstance(value, list) else value.lstrip('"')))
    return found


@pytest.mark.parametrize("broken", ["(a", "a)", '(a "b)', "(a))"])
def test_the_reader_of_this_test_notices_what_is_not_balanced(broken: str) -> None:
    with pytest.raises(AssertionError):
        read(broken)


def test_denied_by_default_comes_before_everything(rules: list[Form]) -> None:
    assert rules[:2] == [["version", "1"], ["deny", "default"]]
    assert {rule[0] for rule in rules[2:]} == {"allow"}


def test_every_rule_stands_on_the_closed_list(rules: list[Form]) -> None:
    for rule in rules[2:]:
        assert operations(rule) in MAY_BE_ALLOWED, rule
        kinds = {str(one[0]) for one in filters(rule)}
        assert kinds, f"nothing limits {rule}"
        assert kinds <= MAY_BE_ALLOWED[operations(rule)], rule
        assert all(len(one) == 2 for one in filters(rule)), rule


def test_nothing_is_said_of_network_services_devices_or_writing(made: seatbelt.Seatbelt) -> None:
    for word in (
        "network",
        "mach-",
        "iokit",
        "file-write",
        "file-ioctl",
        "ipc-",
        "fork",
        "socket",
        "preference",
        "import",
        "appleevent",
        "lsopen",
        "regex",
        "no-sandbox",
        "pseudo-tty",
        "xpc",
        "job-creation",
        "nvram",
    ):
        assert word not in made.text, word


def test_only_folders_of_code_are_opened(made: seatbelt.Seatbelt, rules: list[Form]) -> None:
    opened = allowed(rules, "file-read*")
    assert {value for kind, value in opened if kind == "subpath" and value[0] != "$"} == FOLDERS_OF_THE_SYSTEM
    assert {value for kind, value in opened if kind == "literal" and value[0] != "$"} <= FILES_OF_THE_SYSTEM
    assert allowed(rules, "file-read-data") == {("literal", "/")}
    ours = {made.parameters[value[1:]] for kind, value in opened if value[0] == "$"}
    assert {str(ROOT / "sandbox"), str(ROOT / "resources"), *seatbelt.interpreters()} <= ours
    home = os.path.realpath(os.path.expanduser("~"))
    for place in ours:
        assert os.path.realpath(place) == place
        assert not any(one == place or one.startswith(f"{place}/") for one in (home, *NEVER_SEEN)), place


def test_the_way_to_code_shows_no_more_than_that_it_is_a_folder(made: seatbelt.Seatbelt, rules: list[Form]) -> None:
    seen = allowed(rules, "file-read-metadata")
    assert {kind for kind, _ in seen} == {"literal"}
    fixed = {value for _, value in seen if value[0] != "$"}
    assert not fixed & set(NEVER_SEEN)
    places = [place for name, place in made.parameters.items() if not name.startswith("ABOVE_")]
    above = {str(folder) for place in places for folder in Path(place).parents}
    assert {place for name, place in made.parameters.items() if name.startswith("ABOVE_")} == above - fixed


def test_only_the_interpreter_is_executed_and_only_itself_is_signalled(rules: list[Form], made) -> None:
    executed = allowed(rules, "process-exec")
    assert [made.parameters[value[1:]] for _, value in sorted(executed)] == list(seatbelt.interpreters())
    assert allowed(rules, "signal") == allowed(rules, "process-info*") == {("target", "self")}


def test_only_processor_and_version_are_asked_for(rules: list[Form]) -> None:
    asked = allowed(rules, "sysctl-read")
    names = {value for kind, value in asked if kind == "sysctl-name"}
    prefixes = {value for kind, value in asked if kind == "sysctl-name-prefix"}
    assert prefixes == {"hw.optional.", "hw.perflevel", "machdep.cpu."}
    assert not names & set(NEVER_ASKED)
    assert not [one for one in NEVER_ASKED if one.startswith(tuple(prefixes))]


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
