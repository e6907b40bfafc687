"""What a door lets go of before it is confined: connections that fetching a secret left open."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sandbox.jail.profile import ROOT


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_sockets_that_were_left_open_are_closed_and_nothing_else(platform: str) -> None:
    """/dev/fd, where macOS shows a process its descriptors, is there on Linux too."""
    code = f"""
import os, socket, sys
sys.platform = {platform!r}
from sandbox.jail.descriptors import close_sockets
keyring, other = socket.socketpair()
kept, pipe = socket.socket(socket.AF_UNIX), os.pipe()
keyring.send(b"works")
assert other.recv(5) == b"works"  # the connection outlives any rule on new ones
close_sockets({{kept.fileno()}})
open_still = []
for fd in (keyring.fileno(), other.fileno(), kept.fileno(), *pipe):
    try:
        os.fstat(fd)
        open_still.append(fd)
    except OSError:
        pass
print(open_still == [kept.fileno(), *pipe])
keyring.detach(), other.detach()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("True\n", "")
