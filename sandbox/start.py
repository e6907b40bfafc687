"""How every process of Preceptor is started: the same executable, one hidden word for the role.

    subprocess.Popen(door_command("drafting", str(workspace.root), question), ...)

From source this file is run by path in isolated mode, so that nothing in the current folder or in
PYTHON* variables can be imported by accident; a frozen build starts itself with the same hidden word.
Jailed processes have a launcher of their own (`sandbox/jail`).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

DOORS = {
    "drafting": "sandbox.drafting.session",
    "checker": "sandbox.drafting.checker",
    "running": "sandbox.running.session",
    "reviewing": "sandbox.reviewing.session",
    "demo": "resources.demo.door",
}


def door_command(role: str, *arguments: str) -> list[str]:
    """The command line that starts a door; its module's `main(arguments)` is called there."""
    if role not in DOORS:
        raise ValueError(role)
    if getattr(sys, "frozen", False):
        return [sys.executable, f"_{role}", *arguments]
    return [sys.executable, "-I", str(Path(__file__).resolve()), f"_{role}", *arguments]


def start(role: str, arguments: list[str]) -> int:
    """Run a door in this process until it ends; the exit status."""
    module = import_module(DOORS[role.removeprefix("_")])
    return int(module.main(arguments) or 0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    raise SystemExit(start(sys.argv[1], sys.argv[2:]))
