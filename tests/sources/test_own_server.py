"""The tests' own PostgreSQL server: reached by its folder alone, and gone with whoever started it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from postgresql import own_server

pytestmark = pytest.mark.needs("postgresql")
HERE = Path(__file__).parent


def test_a_server_answers_in_its_folder_and_on_no_port() -> None:
    with own_server() as server, server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('listen_addresses'), inet_server_addr()::text")
        assert cursor.fetchall() == [("", None)]
        assert server.folder.stat().st_mode & 0o077 == 0
        process = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
        assert os.geteuid() != 0 or Path(f"/proc/{process}").stat().st_uid != 0
    assert not server.folder.exists() and not Path(f"/proc/{process}").exists()


def test_a_server_ends_with_a_test_process_that_is_killed() -> None:
    code = (
        f"import sys, time; sys.path.insert(0, {str(HERE)!r}); from postgresql import own_server\n"
        "with own_server() as server:\n"
        "    print(server.folder, (server.folder / 'data' / 'postmaster.pid').read_text().split()[0], flush=True)\n"
        "    time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        folder, process = holder.stdout.readline().split()
        assert Path(f"/proc/{process}").exists()
        holder.kill()
    deadline = time.monotonic() + 60
    while Path(folder, "data").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{process}").exists() and not Path(folder, "data").exists()
    shutil.rmtree(folder)
