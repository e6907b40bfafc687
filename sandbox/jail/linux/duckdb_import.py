"""WORKAROUND for DuckDB 2.0: `duckdb.connect` ends the process where its cgroup file exists but can't be opened.

DuckDB sees /proc/self/cgroup (no jail can hide that it exists), can't open it, and aborts on a null pointer; its
settings don't help (the reading came with https://github.com/duckdb/duckdb/pull/16608). No Landlock rule can allow the
file either: that of a process which a door starts later is not there yet when the door confines itself. So the one
string in the loaded library is changed, in this process only, to the name of a file that does not exist. We set
DuckDB's memory and threads ourselves anyway. A test fails when DuckDB no longer needs this.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Importing it costs a jailed process 6 ms; the import system asks for no base class.
    from importlib.abc import Loader

_LIBRARY = "_duckdb"
_ASKED = b"\0/proc/self/cgroup\0"
_INSTEAD = b"\0/nonexistent/cgrp\0"
_PAGE = mmap.PAGESIZE
_READ, _WRITE, _EXECUTE = 1, 2, 4  # PROT_*; ELF counts them the other way round
_SEGMENT = struct.Struct("<IIQQQQQQ")
_PT_LOAD = 1


def install() -> None:
    """See to it that DuckDB works in this confined process, whether it is imported already or later."""
    if _LIBRARY in sys.modules:
        _redirect(sys.modules[_LIBRARY])
    else:
        sys.meta_path.insert(0, _Finder())


class _Finder:
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _LIBRARY:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]  # a Loader in all but its base
        return spec


class _Loader:
    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._real.exec_module(module)
        _redirect(module)


class _Place(ctypes.Structure):
    """`Dl_info`: where the library that holds an address was loaded."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


@cache
def _redirect(module: ModuleType) -> None:
    """Once is enough, and takes 4 ms."""
    file = module.__file__
    if file is None:
        return
    place = _place_in_memory(Path(file))
    if place is None:
        return  # another version of DuckDB, without the string
    address, protection = _base(file) + place[0], place[1]
    if ctypes.string_at(address, len(_ASKED)) != _ASKED:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    start = address - address % _PAGE
    pages = ctypes.c_void_p(start), ctypes.c_size_t(address + len(_ASKED) - start)
    if libc.mprotect(*pages, protection | _WRITE) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    ctypes.memmove(address, _INSTEAD, len(_INSTEAD))
    libc.mprotect(*pages, protection)


def _place_in_memory(file: Path) -> tuple[int, int] | None:
    """Where the string lies, counted from where the library is loaded, and how that memory is protected."""
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as image:
        at = image.find(_ASKED)
        table = struct.unpack_from("<Q", image, 32)[0]
        size, count = struct.unpack_from("<HH", image, 54)
        for number in range(count):
            kind, flags, offset, address, _, length, _, _ = _SEGMENT.unpack_from(image, table + number * size)
            if kind == _PT_LOAD and offset <= at < offset + length:
                return at - offset + address, (_READ if flags & 4 else 0) | (_EXECUTE if flags & 1 else 0)
    return None


def _base(file: str) -> int:
    symbol = ctypes.cast(ctypes.CDLL(file).PyInit__duckdb, ctypes.c_void_p)
    place = _Place()
    if not ctypes.CDLL(None).dladdr(symbol, ctypes.byref(place)) or place.base is None:
        raise OSError("the loaded DuckDB library can't be found")
    return int(place.base)
