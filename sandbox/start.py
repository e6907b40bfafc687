"""How every process of Preceptor is started: the same executable, one hidden word for the role.

    subprocess.Popen(door_command("drafting", str(workspace.root), question), ...)

From source this file is run by path in isolated mode, so that nothing in the current folder or in
PYTHON* variables can be imported by accident; a frozen build starts itself with the same hidden word, and its
interpreter is always isolated. Jailed processes have a launcher of their own (`sandbox/jail`).
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

DOORS = {
    "drafting": "sandbox.drafting.session",
    "checker": "sandbox.drafting.checker",
    "running": "sandbox.running.session",
    "reviewing": "sandbox.reviewing.session",
    "demo": "resources.demo.door",
    "paper": "desktop.printing",
}
# The hidden words of a frozen build whose module's `main` takes one order; from source the jail runs them by path.
JAIL_WORDS = {"_jail": "sandbox.jail.launcher", "_probe": "sandbox.jail.probe_host"}
WAIT_WORD = "_wait"


def door_command(role: str, *arguments: str) -> list[str]:
    """The command line that starts a door; its module's `main(arguments)` is called there."""
    if role not in DOORS:
        raise ValueError(role)
    if getattr(sys, "frozen", False):
        return [sys.executable, f"_{role}", *arguments]
    return [sys.executable, "-I", str(Path(__file__).resolve()), f"_{role}", *arguments]


def probe_command(order: str) -> list[str]:
    """A process of the self-test that tries probes, without walls or behind those of a door."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "_probe", order]
    return [sys.executable, "-I", str(Path(__file__).resolve().parent / "jail" / "probe_host.py"), order]


def waiting_command() -> list[str]:
    """A process of the self-test that waits, until its standard input ends, to be left alone."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WAIT_WORD]
    return [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]


def start(role: str, arguments: list[str]) -> int:
    """Run a door in this process until it ends; the exit status."""
    door = DOORS.get(role.removeprefix("_"))
    if door is None:
        sys.stderr.write("This word starts nothing.\n")
        return 2
    module = import_module(door)
    return int(module.main(arguments) or 0)


def frozen(arguments: list[str]) -> int:
    """The whole frozen executable: the word of a role, or the command line. A jail comes before everything else."""
    _forget_the_bundle()
    word = arguments[0] if arguments else ""
    if word in JAIL_WORDS:
        import_module(JAIL_WORDS[word]).main(arguments[1])
        return 0
    if word == WAIT_WORD:
        sys.stdin.read()
        return 0
    if word.startswith("_"):
        return start(word, arguments[1:])
    return int(import_module("sandbox.cli").main(arguments))


def _forget_the_bundle() -> None:
    """Make the environment what it was before the bootloader wrote into it.

    Else a program of the system that we start (a browser, a file manager) would load the bundle's libraries, and
    a process of ours would believe that its parent has prepared everything.
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]


if __name__ == "__main__":
    root = str(Path(__file__).resolve().parent.parent)
    if root not in sys.path:  # installed, it is the site-packages folder
        sys.path.insert(0, root)
    raise SystemExit(start(sys.argv[1], sys.argv[2:]))
