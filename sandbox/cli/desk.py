"""`preceptor desk`: the window."""

from __future__ import annotations

import ctypes
import os
import sys

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import Fault

NEEDED = "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libdbus-1-3"
INSTALL = f"On Debian or Ubuntu: apt-get install {NEEDED}. Elsewhere the packages are named alike."


@click.command(short_help="Open the window.")
@common
def command(desk: Desk) -> None:
    """Open the desk: the whole job in one window, over the same sessions as the commands."""
    _check_display()
    try:
        from desktop.app import main
    except ImportError as problem:
        raise Fault("The window can't be opened because a library of the system is missing.", INSTALL) from problem
    raise click.exceptions.Exit(main(desk.root if desk.root_was_given else None))


def _check_display() -> None:
    """Qt ends the process with its own words where it can't reach a display; ours say what to do."""
    if not sys.platform.startswith("linux") or "QT_QPA_PLATFORM" in os.environ:
        return
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        raise Fault("There is no display to open a window on.", "Every task can be done on the command line as well.")
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as problem:
        raise Fault("The window can't be opened because libxcb-cursor is missing.", INSTALL) from problem
