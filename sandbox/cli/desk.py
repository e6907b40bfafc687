"""`preceptor desk`: the window."""

from __future__ import annotations

import ctypes
import os
import sys

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import Fault

# What Qt's window needs of an X11 system, with the Debian package that has it.
LIBRARIES = {
    "libxcb.so.1": "libxcb1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


@click.command(short_help="Open the window.")
@common
def command(desk: Desk) -> None:
    """Open the desk: the whole job in one window, over the same sessions as the commands."""
    _check_display()
    try:
        from desktop.app import leave, main
    except ImportError as problem:
        raise _missing(LIBRARIES) from problem
    leave(main(desk.root if desk.root_was_given else None))


def _check_display() -> None:
    """Qt ends the process with its own words where it can't reach a display; ours say what to do."""
    if not sys.platform.startswith("linux") or "QT_QPA_PLATFORM" in os.environ:
        return
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        raise Fault("There is no display to open a window on.", "Every task can be done on the command line as well.")
    if os.environ.get("WAYLAND_DISPLAY"):
        return
    missing = {name: package for name, package in LIBRARIES.items() if not _loads(name)}
    if missing:
        raise _missing(missing)
    if not _answers():
        raise Fault(
            "The display can't be reached.", "Check DISPLAY; every task can be done on the command line as well."
        )


def _answers() -> bool:
    """Whether there is an X server where DISPLAY says."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    reached = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(reached)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _missing(libraries: dict[str, str]) -> Fault:
    return Fault(
        f"The window can't be opened because the system lacks {', '.join(libraries)}.",
        f"On Debian or Ubuntu: apt-get install {' '.join(libraries.values())}. Elsewhere the packages are named alike.",
    )
