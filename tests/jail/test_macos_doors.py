"""Doors on macOS: the call into libSystem, its failures, and from end to end with another wall in Seatbelt's place.

The stand-in is called with the arguments of the real function and puts Landlock around what the profile's parameters
name; so everything of ours runs, and only what Apple's part does is not shown here.
"""

from __future__ import annotations

import ctypes
import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fake_libsystem as fake
import pytest

from sandbox.errors import JailRefused
from sandbox.jail.doors import DoorRules
from sandbox.jail.macos import confined, door, system
from sandbox.jail.macos.door_profile import door_profile
from sandbox.jail.profile import ROOT

# A process that takes itself for one on macOS. `wall` is what its sandbox_init does with profile and parameters.
_START = """
import ctypes, errno, json, os, sys, sysconfig, threading
from pathlib import Path
sys.path[:0] = [{root!r}]
from types import SimpleNamespace
sysconfig.get_config_vars()
import pandas, sandbox.jail.linux.landlock as landlock
from sandbox.jail.linux import process
sys.platform = "darwin"
from sandbox.errors import JailRefused
from sandbox.jail import DoorRules, confine_door
from sandbox.jail.macos import system
from sandbox.jail.profile import readable

{wall}

called = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p)

@called
def sandbox_init(text, flags, at, error):
    words, here = [], ctypes.cast(at, ctypes.POINTER(ctypes.c_char_p))
    while here[len(words)] is not None:
        words.append(os.fsdecode(here[len(words)]))
    return wall(text.decode(), dict(zip(words[::2], words[1::2])))

@ctypes.CFUNCTYPE(None, ctypes.c_void_p)
def free(at):
    raise AssertionError("nothing was given to free")

system.library = lambda: SimpleNamespace(
    sandbox_init_with_parameters=sandbox_init, sandbox_free_error=free, sandbox_check=lambda pid, operation, kind: 1
)
system.usage = lambda pid: system.Usage(0, 0.0)

def refused(action, *arguments):
    try:
        action(*arguments)
    except OSError as problem:
        return type(problem).__name__
    return "allowed"
"""
LANDLOCK = """
def wall(text, given):
    assert text.startswith("(version 1)\\n(deny default)\\n")
    of = lambda kind: tuple(value for name, value in given.items() if name.startswith(kind))
    process.set_no_new_privileges()
    landlock.restrict(landlock.Reach(read=(*readable(()), *of("CODE_"), *of("READ_")), write=of("WRITE_")))
    return 0
"""
NOTHING = """
def wall(text, given):
    return 0
"""


def behind_a_door(code: str, wall: str = LANDLOCK, **given: Any) -> Any:
    """What the text prints as JSON, in a process of its own; `given` are names in it."""
    names = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    text = _START.format(root=str(ROOT), wall=wall) + names + code
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    library = fake.build(tmp_path_factory.mktemp("libsystem"))
    if library is None:
        pytest.skip("there is no C compiler")
    return library


@pytest.fixture
def library(built: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("says", "allows"):
        fake.say(built, name, None)
    for name in ("calls", "freed", "untidy"):
        ctypes.c_int.in_dll(built, name).value = 0
    monkeypatch.setattr(system, "library", lambda: built)
    yield built
    assert fake.number(built, "untidy") == 0  # no pointer was left in the error, and ours alone were freed


TRIED = """
report = {}
try:
    report = confine_door(DoorRules(read=(Path(folder, "data.db"),), write=(Path(folder, "run"),))).layers
except JailRefused as problem:
    print(json.dumps([problem.sentence, problem.advice]))
    sys.exit()
print(json.dumps({
    "layers": report,
    "database": refused(Path(folder, "data.db").read_text),
    "write": refused(Path(folder, "run", "record").write_text, "1"),
    "secret": refused(Path(folder, "secret").read_text),
    "home": refused(os.listdir, os.path.expanduser("~")),
    "host": os.uname().nodename,
    "imported": __import__("sqlite3").__name__,
}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    for name in ("data.db", "secret"):
        (tmp_path / name).write_text("rows")
    (tmp_path / "run").mkdir()
    return str(tmp_path)


def test_a_door_confines_itself_and_keeps_the_one_thing_it_is_for(folder: str) -> None:
    assert behind_a_door(TRIED, folder=folder) == {
        "layers": {"limits": "on: no core", "seatbelt": "on: tried, and confirmed by the system"},
        "database": "allowed",
        "write": "allowed",
        "secret": "PermissionError",
        "home": "PermissionError",
        "host": "localhost",
        "imported": "sqlite3",
    }


def test_a_wall_that_is_none_is_found_out_and_the_door_does_not_open(folder: str) -> None:
    sentence, advice = behind_a_door(TRIED, wall=NOTHING, folder=folder)
    assert "'seatbelt'" in sentence and "a file outside can still be opened" in sentence and advice
    unchecked = "from sandbox.jail.macos import confined\nconfined.check_confined = lambda *given: 'on: believed'\n"
    open_door = behind_a_door(unchecked + TRIED, wall=NOTHING, folder=folder)
    assert (open_door["secret"], open_door["home"]) == ("allowed", "allowed")  # what is found out is real


def test_threads_that_watch_over_jails_may_run_already(folder: str) -> None:
    """Seatbelt holds for the process, so no thread stays outside; on Linux one would, and is refused."""
    code = "stop = threading.Event()\nthreading.Thread(target=stop.wait, daemon=True).start()\n"
    assert behind_a_door(code + TRIED, folder=folder)["secret"] == "PermissionError"


def test_jails_that_can_not_be_measured_any_more_keep_the_door_shut(folder: str) -> None:
    """Their watch would take that for an attack and kill them, one by one, and nobody would know why."""
    code = """
def blind(pid):
    raise OSError(errno.EPERM, "not measured", "proc_pid_rusage")
system.usage = blind
try:
    confine_door(DoorRules(children=(os.getppid(),)))
except JailRefused as problem:
    print(json.dumps(problem.sentence))
"""
    assert "'seatbelt'" in (sentence := behind_a_door(code)) and "not measured" in sentence


def test_the_system_is_given_the_profile_and_each_parameter_for_itself(library: Any, tmp_path: Path) -> None:
    odd = tmp_path / 'a b"c)) é'
    odd.mkdir()
    seatbelt = door_profile(DoorRules(write=(odd,)), ("/usr/lib/python3",), ())
    system.confine_self(seatbelt.text, seatbelt.parameters)
    text, flags, words = fake.asked(library)
    assert (text, flags) == (seatbelt.text, 0)
    assert dict(zip(words[::2], words[1::2], strict=True)) == seatbelt.parameters
    assert str(odd) in words
    assert (fake.number(library, "calls"), fake.number(library, "freed")) == (1, 0)


@pytest.mark.parametrize(("says", "heard"), [(b"unbound variable: vnode-typo", "vnode-typo"), (b"", "not permitted")])
def test_a_refusal_is_told_with_its_reason_which_is_freed_once(library: Any, says: bytes, heard: str) -> None:
    fake.say(library, "says", says)
    with pytest.raises(PermissionError, match=heard):
        system.confine_self("(version 1)", {"A": "/a"})
    assert (fake.number(library, "calls"), fake.number(library, "freed")) == (1, 1 if says else 0)


def test_a_refused_profile_is_a_refused_door_and_there_is_no_second_try(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.say(library, "says", b"line 3: no such operation")
    monkeypatch.setattr(confined, "tell_instead_of_the_host", lambda system: None)
    monkeypatch.setattr(door.limits, "set_no_core", lambda: "on: no core")
    layers = door.confine(DoorRules(), ())
    assert "no such operation" in layers["seatbelt"] and not layers["seatbelt"].startswith("on")
    assert fake.number(library, "calls") == 1
    from sandbox.jail.report import JailReport

    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(JailRefused, match="'seatbelt'.*line 3: no such operation") as refused:
        JailReport(role="door", layers=layers).check_mandatory()
    assert refused.value.advice


@pytest.mark.parametrize("missing", ["sandbox_init_with_parameters", "sandbox_free_error"])
def test_a_system_without_the_call_refuses(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    names = {"sandbox_init_with_parameters": lambda *given: calls.append(given), "sandbox_free_error": lambda at: None}
    monkeypatch.setattr(system, "library", lambda: SimpleNamespace(**{n: f for n, f in names.items() if n != missing}))
    with pytest.raises(OSError, match="sandbox_init_with_parameters") as problem:
        system.confine_self("(version 1)", {})
    assert problem.value.errno == errno.ENOSYS and calls == []


@pytest.mark.parametrize(("text", "given"), [("(version 1)\0", {}), ("(version 1)", {"READ_0": "/a\0/etc"})])
def test_what_c_would_read_only_half_of_is_not_handed_over(library: Any, text: str, given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="zero byte"):
        system.confine_self(text, given)
    assert fake.number(library, "calls") == 0


RULES = {
    "broker": (DoorRules(), {"network-outbound", "process-fork", "file-write-create", "mach-lookup"}),
    "checker with a file": (
        DoorRules(write=(Path("/nonexistent"),)),
        {"network-outbound", "process-fork", "mach-lookup"},
    ),
    "gate": (DoorRules(inet=True, start_processes=True), {"file-write-create", "mach-lookup"}),
}


@pytest.mark.parametrize("kind", RULES)
def test_the_system_is_asked_for_everything_that_the_door_gave_up(
    kind: str, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each operation that is given up, said to be free by the system, is found out; one that is kept is not asked."""
    monkeypatch.setattr(confined, "_must_be_refused", lambda path: None)
    monkeypatch.setattr(confined, "tell_instead_of_the_host", lambda system: None)
    monkeypatch.setattr(door.limits, "set_no_core", lambda: "on: no core")
    monkeypatch.setattr(door, "door_profile", lambda *given: SimpleNamespace(text="(version 1)", parameters={}))
    rules, given_up = RULES[kind]
    for operation in confined.OPERATIONS:
        fake.say(library, "allows", operation.encode())
        state = door.confine(rules, ())["seatbelt"]
        assert (f"{operation} is allowed" in state) == (operation in given_up), operation
    fake.say(library, "allows", b"everything")
    assert "not confined" in door.confine(rules, ())["seatbelt"]


def test_a_door_whose_rules_cover_all_that_could_be_tried_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of nothing proves nothing; the profile is not even handed over."""
    monkeypatch.setattr(confined, "readable_outside", lambda: ["/etc/passwd"])
    monkeypatch.setattr(door.limits, "set_no_core", lambda: "on: no core")
    monkeypatch.setattr(system, "library", lambda: pytest.fail("the profile was handed over"))
    assert "nothing outside" in door.confine(DoorRules(read=(Path("/etc/passwd"),)), ())["seatbelt"]
