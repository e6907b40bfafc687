"""A PostgreSQL server of the tests' own, in a temporary folder, reached by a socket in that folder alone.

    with own_server() as server, server.connect() as connection: ...

As root it runs as `nobody`. It ends with the test process, however that ends, and its data with it: it is the child of
a shell that waits for the end of a pipe which only the test process holds.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_USER = "tests"
_NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
_START = 'postgres="$1"; shift; "$postgres" "$@" & cat; kill -INT $!; wait $!; rm -r data'


def programs() -> Path:
    """The folder of the newest PostgreSQL server on this machine."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4]))
    found = debian[-1] if debian else shutil.which("postgres")
    if found is None:
        raise FileNotFoundError("no PostgreSQL server is installed")
    return Path(found).parent


class Server:
    """A running server; whoever reaches its folder is its superuser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def uri(self, database: str = "postgres") -> str:
        return f"postgresql:///{database}?host={self.folder}&user={_USER}"

    def connect(self) -> Any:
        """A connection that commits each statement by itself."""
        from adbc_driver_postgresql import dbapi

        return dbapi.connect(self.uri(), autocommit=True)


@contextmanager
def own_server() -> Iterator[Server]:
    """An empty server with one database, `postgres`, that sorts by code points."""
    folder = Path(tempfile.mkdtemp(prefix="preceptor-postgresql-"))
    try:
        if _NOBODY:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        made = ["--pgdata", "data", "--username", _USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]
        _run([programs() / "initdb", *made, "--no-sync"], folder)
        with _started(folder):
            yield Server(folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(folder: Path) -> Iterator[None]:
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off"]
    command = ["sh", "-c", _START, "sh", programs() / "postgres", "-D", "data", *(f"--{one}" for one in settings)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, **_NOBODY
        ) as shell,
    ):
        try:
            _wait_until_ready(shell, folder)
            yield
        finally:
            shell.communicate()  # closes the pipe, and waits


def _wait_until_ready(shell: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(1200):
        if shell.poll() is not None:
            raise AssertionError((folder / "log").read_text())
        if subprocess.run([programs() / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise AssertionError(f"no answer in a minute: {(folder / 'log').read_text()}")


def _run(command: list[Any], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_NOBODY)
    assert done.returncode == 0, done.stderr
