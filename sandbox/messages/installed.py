"""What a process that waits was started from, so that an upgrade while it waits is noticed.

    before = installed()        # when the process is started, or the first thing that it does
    installed() == before       # is what lies on the disk still that? `stamp()` tells sooner that nothing was touched

`policy` is over every file of the language policy, of the rules and of what runs a program. `libraries` is over the
RECORD of each library that programs use: it names every file of the library with its hash, and an upgrade rewrites it.
A library's file that was edited by hand is not noticed. A frozen build is one piece: its executable stands for all.
Only the standard library is imported here: it is read before a library is loaded.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
POLICY = ("sandbox/checks", "sandbox/program", "resources/rules")
LIBRARIES = ("numpy", "pyarrow", "pandas", "scipy", "statsmodels", "matplotlib", "patsy", "RestrictedPython", "sqlglot")


def installed(root: Path = _ROOT, site: Iterable[str] | None = None) -> dict[str, str]:
    """SHA-256 of the policy and of the libraries as they lie on the disk now."""
    if getattr(sys, "frozen", False):
        return dict.fromkeys(("policy", "libraries"), _sha256(_seen(sys.executable)))
    above, records = len(str(root)) + 1, _records(sys.path if site is None else site)
    return {
        "policy": _sha256(part for path in _policy(root) for part in (path[above:].encode(), _bytes(path))),
        "libraries": _sha256(part for path in records for part in (path.split(os.sep)[-2].encode(), _bytes(path))),
    }


def stamp(root: Path = _ROOT, site: Iterable[str] | None = None) -> str:
    """Changes whenever one of those files does, and is had in a millisecond: no file is opened for it."""
    if getattr(sys, "frozen", False):
        return _sha256(_seen(sys.executable))
    files = (*_policy(root), *_records(sys.path if site is None else site))
    return _sha256(part for path in files for part in _seen(path))


def _policy(root: Path) -> list[str]:
    found = []
    for part in POLICY:
        for folder, folders, names in os.walk(root / part):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            found += [os.path.join(folder, name) for name in sorted(names)]
    return found


def _records(site: Iterable[str]) -> list[str]:
    wanted = {name.lower() for name in LIBRARIES}
    found = []
    for folder in dict.fromkeys(site):  # what starts our processes may have put one there a second time
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
            if name.endswith(".dist-info") and name.partition("-")[0].lower() in wanted:
                found.append(os.path.join(folder, name, "RECORD"))
    return [record for record in found if os.path.isfile(record)]


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _seen(path: str) -> tuple[bytes, bytes]:
    found = os.stat(path)
    return os.fsencode(path), b"%d %d %d %d" % (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _sha256(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()
