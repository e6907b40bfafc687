"""The trusted first lines of every jailed process: close the doors, say which are closed, then do the work.

Started by `spawn` as `python -I -S launcher.py ORDER`, with an empty environment. Nothing but the standard
library and this package is imported before the process is confined; `-S` keeps `.pth` files from running.
A layer that does not hold is reported, and then nothing is run.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any


def _find_ours() -> None:
    """Make our two packages importable by their own folders.

    The folder above them stays out of `sys.path`: it may be a home, and a confined parent can't list it.
    """
    root = Path(__file__).resolve().parents[2]
    for name in ("sandbox", "resources"):
        file = root / name / "__init__.py"
        spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(file.parent)])
        if spec is None or spec.loader is None:
            raise ImportError(name)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])


if not getattr(sys, "frozen", False):
    _find_ours()

from sandbox.jail.backend import backend  # noqa: E402 (not before ours are found)
from sandbox.jail.layers import Layers  # noqa: E402
from sandbox.jail.profile import ENTRY, EXIT_NOT_CONFINED, EXIT_OUT_OF_MEMORY, ROOT, Role  # noqa: E402

if TYPE_CHECKING:
    from sandbox.messages.frames import Channel

_MOST_THREADS = 8
_ONE_EACH = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS", "POLARS_MAX_THREADS")
# Without them the socket, random and process parts of Windows fail to load.
_WINDOWS_NEEDS = ("SystemRoot", "SystemDrive", "windir")


def main(argument: str) -> None:
    """Confine this process as the order says, report, and run its role's entry module.

    1. The environment is made new.
    2. Every descriptor that was not ordered is closed, and the layers of this system are applied.
    3. Only now are third-party libraries within reach.
    4. The report is the first thing that is said; without every layer it is also the last.
    5. The agent, which can talk, rehearses, and then loses every call that names a file, the host or its user.
    """
    order = json.loads(argument)
    _make_environment()  # (1)
    layers = backend().confine(order)  # (2)
    _open_libraries(order["site"])  # (3)
    channel = _report(order, layers)  # (4)
    _run(order, channel)  # (5)


def _make_environment() -> None:
    threads = str(min(_MOST_THREADS, _processors()))
    kept = {name: os.environ[name] for name in _WINDOWS_NEEDS if name in os.environ} if sys.platform == "win32" else {}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(dict.fromkeys(_ONE_EACH, threads))
    os.environ.update(HOME="/nonexistent", LC_ALL="C.UTF-8", TZ="UTC", PYTHONDONTWRITEBYTECODE="1", MPLBACKEND="Agg")
    sys.dont_write_bytecode = True
    # matplotlib insists on a folder that exists and looks writable. The jail can neither read nor write this one.
    looks_writable = [folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.access(folder, os.W_OK)]
    os.environ["MPLCONFIGDIR"] = looks_writable[0] if looks_writable else "/nonexistent"


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _open_libraries(site: list[str]) -> None:
    if getattr(sys, "frozen", False):
        return
    sys.path.extend(site)
    for library in site:
        rc = os.path.join(library, "matplotlib", "mpl-data", "matplotlibrc")
        if os.path.exists(rc):
            os.environ["MATPLOTLIBRC"] = rc


def _report(order: dict[str, Any], layers: Layers) -> Channel:
    from sandbox.errors import JailRefused
    from sandbox.jail.report import JailReport
    from sandbox.messages.frames import Channel

    channel = Channel(order["read"], order["write"])
    report = JailReport(role=order["role"], layers=layers, problem=_missing(order["entry"]))
    channel.send(report)
    try:
        report.check_mandatory()
    except JailRefused:
        # The parent reads the same report and refuses with its words.
        raise SystemExit(EXIT_NOT_CONFINED) from None
    return channel


def _missing(entry: str) -> str:
    file = ROOT.joinpath(*entry.split(".")).with_suffix(".py")
    if getattr(sys, "frozen", False) or file.is_file():
        return ""
    return f"The module {entry} that should run in the jail is not installed."


def _run(order: dict[str, Any], channel: Channel) -> None:
    from sandbox.messages.frames import ChannelClosed

    try:
        entry = import_module(order["entry"])
        if order["role"] == Role.AGENT and order["entry"] == ENTRY[Role.AGENT]:
            entry.rehearse()
            backend().tighten()
        entry.main(channel, tuple(order["inherited"]))
    except ChannelClosed:
        return
    except MemoryError:
        os._exit(EXIT_OUT_OF_MEMORY)


if __name__ == "__main__":
    main(sys.argv[1])
