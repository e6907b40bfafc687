"""What a frozen build holds: every module that is imported by name, every file that lies beside modules.

    contents.modules(ROOT)     # hidden imports for PyInstaller: much of the product is loaded late, by name
    contents.data(ROOT)        # (file, folder in the bundle)

Plain data, so that a test can hold it against the product without making a build.
"""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

# As PyInstaller lists them: the place in the bundle, the file, its kind.
File = tuple[str, str, str]

OURS = ("sandbox", "desktop", "resources")

# Libraries that import parts of themselves by a computed name, so that no import statement leads there.
LATE = ("sqlglot", "keyring", "httpx2", "httpcore2", "pydantic", "rich", "duckdb")
LATE_MODULES = (
    *("anthropic.resources", "anyio._backends._asyncio", "securesystemslib.signer"),
    *(f"matplotlib.backends.backend_{format}" for format in ("agg", "svg", "pdf")),
)
# Other sources are read with these where they are installed when the build is made (the extras of pyproject.toml).
OPTIONAL = ("adbc_driver_postgresql", "arrow_odbc", "python_calamine", "splink")

# Imported by some library for its tests, its notebooks or another toolkit; nothing of it is for a reviewer's desk.
LEFT_OUT = (
    *("pytest", "_pytest", "hypothesis", "mypy", "ruff", "xdist", "sphinx", "docutils", "coverage"),
    *("tkinter", "_tkinter", "PyQt5", "PyQt6", "PySide2", "IPython", "ipykernel", "notebook", "jupyter_client"),
    *("setuptools", "pip", "pkg_resources", "wheel", "lib2to3", "pydoc_data", "idlelib", "turtledemo", "ensurepip"),
    *("PySide6.QtNetwork", "PySide6.QtDBus", "pyarrow._flight", "pyarrow._s3fs"),
    *("matplotlib.tests", "numpy.tests", "pandas.tests", "scipy.conftest", "statsmodels.tests", "pyarrow.tests"),
)

# Files of libraries that nobody at a desk needs. Some would even do harm: a theme that brings a whole GTK, a display
# server for the network, cloud storage. What only these need goes with them.
FILES_LEFT_OUT = (
    *("PySide6/Qt/plugins/egldeviceintegrations/", "PySide6/Qt/plugins/generic/", "PySide6/Qt/plugins/tls/"),
    *("PySide6/Qt/plugins/networkinformation/", "PySide6/Qt/plugins/platformthemes/libqgtk3"),
    *(f"PySide6/Qt/plugins/platforms/libq{name}" for name in ("eglfs", "linuxfb", "minimalegl", "vnc", "vkkhrdisplay")),
    *("PySide6/Qt/translations/", "PySide6/Qt/lib/libQt6EglF"),
    *(f"pyarrow/libarrow_{name}" for name in ("flight", "python_flight", "s3")),
    *("pyarrow/_flight", "pyarrow/_s3fs", "pyarrow/_gcsfs", "pyarrow/_azurefs", "pyarrow/_hdfs"),
    *("pyarrow/include/", "pyarrow/src/", "pyarrow/tests/"),
)


def modules(root: Path) -> list[str]:
    """Every module of ours, and every one that a program may import; a build without one of them fails late."""
    ours = [_dotted(file.relative_to(root)) for name in OURS for file in sorted((root / name).rglob("*.py"))]
    return [*ours, *programs(root), *LATE_MODULES, *filter(find_spec, OPTIONAL)]


def programs(root: Path) -> list[str]:
    """The modules of the language policy, where they are modules (`pandas.offsets` is an attribute)."""
    policy = tomllib.loads((root / "resources" / "rules" / "language.toml").read_text("utf-8"))
    return [name for name in (module["name"] for module in policy["modules"]) if _exists(name)]


def data(root: Path) -> list[tuple[str, str]]:
    """Rules, schemas, prompts, icons, recordings: whatever lies under `resources` and is no module."""
    files = (file for file in sorted((root / "resources").rglob("*")) if file.is_file())
    kept = (file for file in files if file.suffix not in (".py", ".pyc"))
    return [(str(file), str(file.parent.relative_to(root))) for file in kept]


def is_left_out(file: File) -> bool:
    """Whether the file is one of those, by its place in the bundle."""
    return file[0].startswith(FILES_LEFT_OUT)


def without_dangling(files: list[File], there: set[str]) -> list[File]:
    """The files without the links that lead to a place where nothing is any more."""
    return [
        (place, source, kind)
        for place, source, kind in files
        if kind != "SYMLINK" or posixpath.normpath(posixpath.join(posixpath.dirname(place), source)) in there
    ]


def without_orphans(binaries: list[File], needs: Callable[[str], Iterable[tuple[str, str | None]]]) -> list[File]:
    """The binaries without the shared libraries that nothing which is left needs. `needs(path)`: (name, path) pairs."""
    loose = {_name(file): file[1] for file in binaries if file[2] == "BINARY" and _only_serves(file[0])}
    waiting = [source for place, source, kind in binaries if kind != "SYMLINK" and not _only_serves(place)]
    needed: set[str] = set()
    while waiting:
        names = {name for name, _ in needs(waiting.pop())} & loose.keys() - needed
        needed |= names
        waiting += [loose[name] for name in names]
    orphans = loose.keys() - needed
    return [file for file in binaries if not (file[2] == "BINARY" and _only_serves(file[0]) and _name(file) in orphans)]


def _only_serves(place: str) -> bool:
    """A library that is there because another file is linked to it (the bootloader itself loads Python's)."""
    folder, _, name = place.rpartition("/")
    return folder in ("", "PySide6/Qt/lib") and name.startswith("lib") and not name.startswith("libpython")


def _name(file: File) -> str:
    return file[0].rpartition("/")[2]


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _dotted(file: Path) -> str:
    return ".".join(file.with_suffix("").parts).removesuffix(".__init__")
