"""`preceptor desk`: the window."""

from __future__ import annotations

import os
import sys

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import Fault


@click.command(short_help="Open the window.")
@common
def command(desk: Desk) -> None:
    """Open the desk: the whole job in one window, over the same sessions as the commands."""
    _check_display()
    try:
        from desktop.app import main
    except ImportError as problem:
        raise Fault(
            "The window can't be opened because a part of Qt or of the system is missing.",
            "On Debian or Ubuntu: apt-get install libegl1 libgl1 libxkbcommon0 libxcb-cursor0 libdbus-1-3.",
        ) from problem
    raise click.exceptions.Exit(main(desk.root if desk.root_was_given else None))


def _check_display() -> None:
    """Qt ends the process with its own words when there is no display; ours say what to do."""
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in displays):
        raise Fault("There is no display to open a window on.", "Every task can be done on the command line as well.")
