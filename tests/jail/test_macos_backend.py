"""The macOS back end, call by call, and from end to end with another wall in the place of Seatbelt.

The stand-in for `sandbox-exec` reads the same command line and puts Landlock around what it starts; so everything of
ours runs, and only what Apple's part does is not shown here. A stand-in that does nothing must be found out.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.errors import JailRefused
from sandbox.jail import Limits, Role, child, posix
from sandbox.jail.backend import Order
from sandbox.jail.macos import backend as macos
from sandbox.jail.macos import confined, profile, system, watch
from sandbox.jail.macos.limits import set_limits
from sandbox.jail.profile import EXIT_NOT_CONFINED, ROOT, STDERR_LIMIT

FREE = system.Usage(memory=0, cpu_seconds=0.0)

# `-p TEXT -D NAME=VALUE ... COMMAND`: what it does with the command is the difference between the two.
STAND_IN = """#!{python}
import sys
sys.path.insert(0, {root!r})
words = sys.argv[1:]
assert words[0] == "-p" and words[1].startswith("(version 1)\\n(deny default)\\n"), words
del words[:2]
given = dict()
while words[0] == "-D":
    name, value = words[1].split("=", 1)
    given[name] = value
    del words[:2]
import os
if {confines}:
    from sandbox.jail.linux import landlock, process
    from sandbox.jail.linux.door import LOADERS
    from sandbox.jail.profile import readable
    places = tuple(value for name, value in given.items() if name.startswith("CODE_"))
    process.set_no_new_privileges()
    landlock.restrict(landlock.Reach(read=(*readable(()), *places, {folder!r}), execute=(words[0], *LOADERS)))
os.execve(words[0], words, {{}})
"""

# The real launcher in a process that takes itself for one on macOS; Apple's library says that it is confined.
LAUNCHER = """
import importlib.util, json, os, sys
from types import SimpleNamespace
spec = importlib.util.spec_from_file_location("real", {launcher!r})
real = importlib.util.module_from_spec(spec); sys.modules["real"] = real; spec.loader.exec_module(real)
sys.platform = "darwin"
from sandbox.jail.macos import system
system.library = lambda: SimpleNamespace(sandbox_check=lambda pid, operation, kind: 1)

class Entry:
    def main(channel, inherited):
        import msgspec
        class Answer(msgspec.Struct):
            text: str
        said = {{}}
        exec({code!r}, {{"said": said, "inherited": inherited}})
        channel.send(Answer(text=json.dumps(said)))

real.import_module = lambda name: Entry
real.main(sys.argv[1])
"""


@pytest.fixture
def on_macos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A parent that takes itself for one on macOS, with a stand-in that confines."""
    monkeypatch.setattr(profile, "SANDBOX_EXEC", str(stand_in(tmp_path, confines=True)))
    monkeypatch.setattr(system, "usage", lambda pid: FREE)
    monkeypatch.setattr(system, "sandboxed", lambda pid, operation=None: False)
    monkeypatch.setattr(watch.keep_watch, "__defaults__", (lambda pid: FREE, *watch.keep_watch.__defaults__[1:]))
    sysconfig.get_config_vars()  # of this Python, before it takes itself for another
    monkeypatch.setattr("sys.platform", "darwin")
    yield tmp_path


def stand_in(folder: Path, *, confines: bool) -> Path:
    path = folder / f"sandbox-exec-{confines}"
    text = STAND_IN.format(python=sys.executable, root=str(ROOT), confines=confines, folder=str(folder / "launcher"))
    path.write_text(text)
    path.chmod(0o755)
    (folder / "launcher").mkdir(exist_ok=True)
    return path


def started(folder: Path, code: str, limits: Limits | None = None, inherit: tuple[int, ...] = ()) -> child.Child:
    launcher = folder / "launcher" / "launcher.py"
    launcher.write_text(LAUNCHER.format(launcher=str(child.LAUNCHER), code=code))
    return child.start(Role.PROGRAM, limits or Limits(cpu_seconds=60, memory_mb=4096), inherit, launcher=launcher)


def heard(running: child.Child) -> Any:
    return json.loads(running.channel.receive(dict[str, str], timeout=60)[0]["text"])


def test_a_child_behind_the_wall_reports_every_layer_and_runs(on_macos: Path) -> None:
    code = (
        "import os, resource, socket\n"
        "said['inherited'] = os.read(inherited[0], 9).decode()\n"
        "said['host'] = os.uname().nodename\n"
        "said['cpu'] = resource.getrlimit(resource.RLIMIT_CPU)\n"
        "said['stderr'] = os.fstat(2).st_nlink\n"
        "said['environment'] = [name for name in os.environ if name in ('PATH', 'USER', 'LOGNAME')]\n"
        "folder = os.environ['MPLCONFIGDIR']\n"
        "said['folder'] = [os.access(folder, os.W_OK), os.access(folder + '/x', os.W_OK)]"
    )
    inherited, ours = os.pipe()
    os.write(ours, b"some rows")
    with started(on_macos, code, inherit=(inherited,)) as running:
        running.report.check_mandatory()
        assert running.report.layers["seatbelt"] == "on: tried, and confirmed by the system"
        assert running.report.layers["limits"].startswith("on: no core, 256 files, 60 s of processor time, 4096 MB")
        assert heard(running) == {
            "inherited": "some rows",
            "host": "localhost",
            "cpu": [60, 60],
            "stderr": 0,
            "environment": [],
            "folder": [True, False],
        }
    os.close(inherited)
    os.close(ours)


def test_a_wall_that_is_none_is_found_out_and_nothing_runs(on_macos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "SANDBOX_EXEC", str(stand_in(on_macos, confines=False)))
    with started(on_macos, "said['ran'] = True") as running:
        assert running.wait(30) == EXIT_NOT_CONFINED
        with pytest.raises(JailRefused, match="'seatbelt'.*a file outside can still be opened") as refused:
            running.report.check_mandatory()
    assert "sandbox-exec" in refused.value.advice


def test_without_sandbox_exec_nothing_is_started(on_macos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(posix.subprocess, "Popen", lambda *given, **options: calls.append(given))
    for missing in ("/nonexistent/sandbox-exec", str(ROOT / "sandbox" / "__init__.py")):  # the second is no program
        monkeypatch.setattr(profile, "SANDBOX_EXEC", missing)
        with pytest.raises(JailRefused, match=f"'seatbelt'.*{missing}") as refused:
            child.spawn(Role.PROBE)
        assert "/usr/bin/sandbox-exec" in refused.value.advice
    assert calls == []


def test_from_behind_a_door_no_jail_is_started_with_the_walls_of_the_door(
    on_macos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seatbelt confines a process once: what a confined one starts has the door's walls, which are wider."""
    calls: list[Any] = []
    monkeypatch.setattr(posix.subprocess, "Popen", lambda *given, **options: calls.append(given))
    monkeypatch.setattr(system, "sandboxed", lambda pid, operation=None: pid == os.getpid())
    with pytest.raises(JailRefused, match="'seatbelt'.*confined itself") as refused:
        child.spawn(Role.PROBE)
    assert refused.value.advice and calls == []


def test_where_memory_can_not_be_watched_nothing_is_started(on_macos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(pid: int) -> system.Usage:
        raise OSError(errno.ENOSYS, "no such call")

    monkeypatch.setattr(system, "usage", absent)
    with pytest.raises(JailRefused, match="'limits'.*no such call"):
        child.spawn(Role.PROBE)


def test_the_process_is_started_with_nothing_but_its_pipes(on_macos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[list[str], dict[str, Any]]] = []
    watched: list[Any] = []

    def popen(command: list[str], **options: Any) -> Any:
        calls.append((command, {**options, "links": os.fstat(options["stderr"]).st_nlink}))
        return SimpleNamespace(pid=1, poll=lambda: 0)

    monkeypatch.setattr(posix.subprocess, "Popen", popen)
    monkeypatch.setattr(watch, "watch", lambda process, limits: watched.append((process.pid, limits)))
    order = Order(role=Role.PROGRAM, entry="x", limits=Limits(memory_mb=10), site=(), parent=4)
    made = macos.start(order, Path("/launcher.py"), (99,))
    [(command, options)] = calls
    assert command[:2] == [profile.SANDBOX_EXEC, "-p"]
    assert command[-8:-1] == [os.path.realpath(sys.executable), "-I", "-S", "-B", "-X", "utf8", "/launcher.py"]
    told = json.loads(command[-1])
    assert options["pass_fds"] == (told["read"], told["write"], 99) and told["inherited"] == [99]
    assert (options["env"], options["cwd"], options["close_fds"], options["links"]) == ({}, "/", True, 0)
    assert "shell" not in options and options["start_new_session"] is True
    assert "/etc/passwd" in told["outside"] and os.uname().nodename not in told["system"]
    assert watched == [(1, order.limits)]
    made.channel.close()
    os.close(made.stderr)


def test_a_process_over_its_memory_is_killed_by_the_watch(on_macos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured here by what Linux tells of it. The child has lifted its own limit, as a hostile one would try to."""

    def resident(pid: int) -> system.Usage:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return system.Usage(pages * os.sysconf("SC_PAGE_SIZE"), 0.0)

    monkeypatch.setattr(watch.keep_watch, "__defaults__", (resident, *watch.keep_watch.__defaults__[1:]))
    code = "held = bytearray(b'x') * (300 << 20)\nimport time\ntime.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code])
    thread = watch.watch(process, Limits(memory_mb=100))
    assert thread is not None
    thread.join(60)
    assert process.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("limits", "used", "over"),
    [
        (Limits(memory_mb=10), system.Usage(10 << 20, 0.0), False),
        (Limits(memory_mb=10), system.Usage((10 << 20) + 1, 0.0), True),
        (Limits(cpu_seconds=2), system.Usage(1 << 40, 3.0), False),
        (Limits(cpu_seconds=2), system.Usage(0, 3.1), True),  # it has ignored SIGXCPU
    ],
)
def test_the_watch_kills_what_is_over_a_limit_and_nothing_else(limits: Limits, used: Any, over: bool) -> None:
    killed: list[str] = []
    polls = iter([None, None, 0])
    process = SimpleNamespace(pid=5, poll=lambda: next(polls), kill=lambda: killed.append("killed"))
    watch.keep_watch(process, limits, lambda pid: used, lambda seconds: None)
    assert killed == (["killed"] if over else [])


def test_the_watch_kills_what_it_can_no_longer_see() -> None:
    def blind(pid: int) -> system.Usage:
        raise OSError(errno.EPERM, "not any more")

    killed: list[str] = []
    process = SimpleNamespace(pid=5, poll=lambda: None, kill=lambda: killed.append("killed"))
    watch.keep_watch(process, Limits(memory_mb=1), blind, lambda seconds: None)
    assert killed == ["killed"]


def test_without_a_limit_there_is_no_watch() -> None:
    before = threading.active_count()
    assert watch.watch(SimpleNamespace(pid=1, poll=lambda: 0), Limits()) is None
    assert threading.active_count() == before


def test_a_check_of_nothing_or_of_what_is_gone_proves_nothing() -> None:
    with pytest.raises(OSError, match="nothing outside"):
        confined.check_confined([])
    with pytest.raises(FileNotFoundError):
        confined.check_confined(["/nonexistent/file"])


@pytest.mark.parametrize("leak", ["", *confined.OPERATIONS])
def test_the_system_is_asked_for_each_operation(leak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(pid: int, operation: bytes | None, kind: int) -> int:
        return 0 if operation == (leak.encode() or None) else 1

    monkeypatch.setattr(confined, "_must_be_refused", lambda path: None)
    monkeypatch.setattr(system, "library", lambda: SimpleNamespace(sandbox_check=check))
    with pytest.raises(OSError, match=f"{leak} is allowed" if leak else "is not confined"):
        confined.check_confined(["/etc/passwd"])


def test_a_system_that_can_not_be_asked_is_believed_by_the_trial_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "_must_be_refused", lambda path: None)
    monkeypatch.setattr(system, "library", lambda: SimpleNamespace())
    assert confined.check_confined(["/etc/passwd"]) == "on: tried"


def test_limits_are_set_and_can_not_be_raised_again() -> None:
    """In a process of its own, with the calls that Linux shares with macOS."""
    code = """
import json, resource
from sandbox.jail.macos.limits import set_limits
from sandbox.jail.profile import Limits
said = set_limits(Limits(memory_mb=4096, cpu_seconds=7, files=40))
kinds = ("CORE", "MEMLOCK", "NOFILE", "FSIZE", "CPU")
print(json.dumps([said, [resource.getrlimit(getattr(resource, f"RLIMIT_{kind}")) for kind in kinds]]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    said, limits = json.loads(done.stdout)
    assert said.startswith("on: no core, 40 files, 7 s of processor time, 4096 MB of memory, watched")
    assert limits == [[0, 0], [0, 0], [40, 40], [STDERR_LIMIT, STDERR_LIMIT], [7, 7]]
    assert callable(set_limits)


def test_a_child_ends_when_its_parent_has(tmp_path: Path) -> None:
    """The parent starts one that looks after its parent, tells its number, and ends; the other must end too."""
    code = """
import subprocess, sys
child = "import os, sys, time; from sandbox.jail.macos import confined; confined._PARENT_EVERY = 0.01\\n" \\
        "confined.end_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(600)"
process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
print(process.stdout.readline().decode(), flush=True)
sys.stdin.readline()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, cwd=ROOT) as parent:
        assert parent.stdout is not None
        gone = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    import select

    assert select.select([gone], [], [], 30)[0], "the child went on without its parent"
    os.close(gone)
