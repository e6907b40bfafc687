"""The tree of files of a jail: what is in it, what is not, and that no machine leaves a process in half of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jailed_code import answer_of, launcher_without, run_in_jail

from sandbox.errors import JailRefused
from sandbox.jail import Limits, Role, spawn
from sandbox.jail.child import LAUNCHER, start
from sandbox.jail.probes import Targets

ROOT = LAUNCHER.parents[2]

_SEEN = """
import os
answer({path: os.path.lexists(path) for path in %r})
"""
OUTSIDE = ["/etc/passwd", "/proc/self/status", "/sys/class", "/home", str(ROOT / "README.md"), str(ROOT / ".git")]


@pytest.fixture(scope="module", autouse=True)
def _namespaces_work_here() -> None:
    with spawn(Role.PROBE) as child:
        state = child.report.layers["namespaces"]
    if not state.startswith("on"):
        pytest.skip(f"this machine gives us no namespaces ({state})")


def test_the_report_names_them() -> None:
    with spawn(Role.PROGRAM) as child:
        assert child.report.layers["namespaces"] == "on: user, mount, network, ipc, uts"
        assert list(child.report.layers)[0] == "namespaces"


def test_what_is_not_readable_is_not_there(tmp_path: Path) -> None:
    there = [path for path in OUTSIDE if os.path.lexists(path)]
    assert answer_of(_SEEN % there, tmp_path) == dict.fromkeys(there, False)
    assert answer_of(_SEEN % there, tmp_path, "namespaces") == dict.fromkeys(there, True)


def test_we_are_who_we_were_in_a_folder_that_exists(tmp_path: Path) -> None:
    code = "import os\nanswer([os.getuid(), os.getgid(), os.getcwd()])"
    assert answer_of(code, tmp_path) == [os.getuid(), os.getgid(), "/"]


def test_libraries_and_devices_work_and_matplotlib_finds_its_folder(tmp_path: Path) -> None:
    code = """
import os, numpy, matplotlib.pyplot, zoneinfo
folder = os.environ["MPLCONFIGDIR"]
answer([
    numpy.arange(3).sum().item(), len(open("/dev/urandom", "rb").read(8)), open("/dev/null").read(),
    str(zoneinfo.ZoneInfo("Europe/Berlin")), folder == matplotlib.get_configdir(), os.access(folder, os.W_OK),
])
"""
    assert answer_of(code, tmp_path) == [3, 8, "", "Europe/Berlin", True, True]


_WITHOUT_OTHERS = ("landlock", "seccomp", "capabilities")


def test_the_tree_is_read_only_even_for_root_with_all_else_off(tmp_path: Path) -> None:
    code = f"""
import errno, os
def attempt(path, flags):
    try:
        os.close(os.open(path, flags))
    except OSError as problem:
        return errno.errorcode[problem.errno]
    return "allowed"
answer([attempt(path, os.O_WRONLY) for path in ({str(LAUNCHER)!r}, os.__file__)]
       + [attempt(folder + "/made", os.O_WRONLY | os.O_CREAT) for folder in ("", "/usr", {str(ROOT / "sandbox")!r})])
"""
    assert answer_of(code, tmp_path, *_WITHOUT_OTHERS) == ["EROFS"] * 5


def test_the_old_root_cannot_be_reached_with_all_else_off(tmp_path: Path) -> None:
    """By no `..`, no link of /proc, and no mount that could be taken away: there is nothing below."""
    code = """
import os, ctypes
libc = ctypes.CDLL(None)
libc.umount2(b"/", 2)
os.chroot("/usr")
for _ in range(20):
    os.chdir("..")
answer(sorted(os.listdir(".")))
"""
    seen = answer_of(code, tmp_path, *_WITHOUT_OTHERS)
    assert "usr" in seen and not {"proc", "sys", "home", "var", "run"} & set(seen)


def test_the_network_is_empty_with_all_else_off(targets: Targets, tmp_path: Path) -> None:
    code = f"""
import socket
def attempt(family, address):
    with socket.socket(family) as end:
        end.settimeout(5)
        return end.connect_ex(address)
answer([attempt(socket.AF_INET, ("127.0.0.1", {targets.port})), attempt(socket.AF_UNIX, "\\0{targets.abstract}")])
"""
    assert 0 not in answer_of(code, tmp_path, *_WITHOUT_OTHERS)
    assert answer_of(code, tmp_path, *_WITHOUT_OTHERS, "namespaces") == [0, 0]


def test_the_child_still_ends_with_its_parent(tmp_path: Path) -> None:
    """A change of user namespace could clear the signal that the kernel sends then."""
    code = (
        "import ctypes\nsignal = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(signal))\nanswer(signal.value)"
    )
    assert answer_of(code, tmp_path, "seccomp") == 9


# Each of these calls refused, as a container, a sysctl, an older kernel or Ubuntu's AppArmor does.
_REFUSED = (
    "unshare",
    "open_tree",
    "mount_setattr",
    "fsopen",
    "fsconfig",
    "fsmount",
    "mkdirat",
    "move_mount",
    "pivot_root",
)


@pytest.mark.parametrize("role", [Role.PROGRAM, Role.AGENT])
@pytest.mark.parametrize("call", _REFUSED)
def test_where_a_step_fails_the_process_goes_on_in_the_tree_that_it_had(call: str, role: Role, tmp_path: Path) -> None:
    code = "import os, numpy\nanswer([sorted(os.stat(p).st_ino for p in ('/', '/etc', '/usr', '/proc/version'))])"
    with run_in_jail(code, tmp_path, role=role, forbid=call) as child:
        layers = child.report.layers
    assert layers["namespaces"].startswith("not here: ")
    assert layers["threads"].startswith("not here: ")
    others = [state for name, state in layers.items() if name not in ("namespaces", "threads")]
    assert all(state.startswith(("on", "none held")) for state in others)
    plain = sorted(os.stat(path).st_ino for path in ("/", "/etc", "/usr", "/proc/version"))
    assert answer_of(code, tmp_path, role=role, forbid=call) == [plain]


def test_a_tree_that_cannot_be_finished_is_a_refusal(tmp_path: Path) -> None:
    """After the change of root there is no way back: without the last step nothing runs."""
    with pytest.raises(JailRefused, match="could not be taken away"):
        start(Role.PROGRAM, Limits(), launcher=launcher_without(tmp_path, forbid="umount2"))


_ENTER = """
import json, os, sys
sys.path[:0] = [%r]
from sandbox.jail.linux import namespaces
from sandbox.jail.profile import readable, site_packages
said = namespaces.enter((*readable(site_packages()), *%r))
def look(path):
    try:
        if os.path.islink(path):
            return os.readlink(path)
        return sorted(os.listdir(path)) if os.path.isdir(path) else open(path).read()
    except OSError as problem:
        return type(problem).__name__
print(json.dumps([said, {path: look(path) for path in %r}]))
"""


def _entered(readable: list[Path], look: list[Path]) -> tuple[str, dict[str, Any]]:
    """What `enter` says, and what is then at each path, in a process without any other layer."""
    text = _ENTER % (str(ROOT), tuple(map(str, readable)), tuple(map(str, look)))
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True, timeout=60)
    said, seen = json.loads(done.stdout)
    return said, seen


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("real/deep", "other", "links"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "real/deep/file").write_text("deep")
    (tmp_path / "other/file").write_text("other")
    (tmp_path / "other/hidden").write_text("hidden")
    (tmp_path / "relative").symlink_to("links/step")
    (tmp_path / "links/step").symlink_to("../real")
    (tmp_path / "absolute").symlink_to(tmp_path / "relative")
    (tmp_path / "round").symlink_to("round")
    return tmp_path


def test_links_on_the_way_are_kept_and_lead_to_the_same_place(tree: Path) -> None:
    said, seen = _entered([tree / "absolute"], [tree / "absolute/deep/file", tree / "relative", tree / "other", tree])
    assert said.startswith("on")
    assert list(seen.values()) == ["deep", "links/step", "FileNotFoundError", ["absolute", "links", "real", "relative"]]


def test_a_single_file_is_shown_without_its_neighbours(tree: Path) -> None:
    said, seen = _entered([tree / "other/file"], [tree / "other/file", tree / "other"])
    assert said.startswith("on")
    assert list(seen.values()) == ["other", ["file"]]


def test_paths_under_each_other_and_missing_ones_are_no_trouble(tree: Path) -> None:
    readable = [
        tree / "real/deep",
        tree / "real",
        tree / "real/deep/file",
        tree / "missing/x",
        tree / "real/../other/file",
    ]
    said, seen = _entered(readable, [tree / "real/deep/file", tree / "other/file", tree / "missing"])
    assert said.startswith("on")
    assert list(seen.values()) == ["deep", "other", "FileNotFoundError"]


def test_links_that_lead_in_a_circle_leave_everything_as_it_was(tree: Path) -> None:
    said, seen = _entered([tree / "round"], [tree / "other/hidden"])
    assert said.startswith("not here: ") and "Too many levels of symbolic links" in said
    assert list(seen.values()) == ["hidden"]
