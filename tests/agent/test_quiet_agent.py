"""Once it has imported, the agent can't ask anything about this computer: not even what a file is called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.jail import Limits, Role
from sandbox.jail.child import LAUNCHER, start

PROBES = """
import os, sys
probes = {
    "host name": lambda: os.uname(),
    "file behind a path": lambda: os.stat("/usr/lib"),
    "size of a code file": lambda: os.stat(os.__file__),
    "whether a path is there": lambda: os.access("/usr/lib", os.F_OK) or os.stat("/usr/lib"),
    "names in a folder": lambda: os.listdir(os.path.dirname(os.__file__)),
    "what a code file says": lambda: open(os.__file__).read(),
    "where a link leads": lambda: os.readlink("/lib") if os.path.islink("/lib") else os.stat("/lib"),
    "space on a disk": lambda: os.statvfs("/usr/lib"),
    "working folder": lambda: os.getcwd(),
    "user": lambda: os.setgroups([]) if False else os.sched_getaffinity(0),
}
"""
CODE = """
import importlib.util, json, os
spec = importlib.util.spec_from_file_location("launcher", LAUNCHER)
launcher = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launcher)

class Entry:
    def rehearse():
        pass

    def main(channel, inherited):
        said = {}
        for name, probe in probes.items():
            try:
                probe()
                said[name] = "allowed"
            except OSError:
                said[name] = "blocked"
        os.write(2, json.dumps(said).encode())

launcher.import_module = lambda name: Entry
if not TIGHT:
    launcher.backend().tighten = lambda: ""
launcher.main(sys.argv[1])
"""


def outcomes(folder: Path, *, tight: bool) -> set[str]:
    script = folder / "launcher.py"
    script.write_text(f"{PROBES}\nLAUNCHER, TIGHT = {str(LAUNCHER)!r}, {tight}\n{CODE}")
    child = start(Role.AGENT, Limits(memory_mb=4096), launcher=script)
    try:
        child.wait(30)
        return set(json.loads(child.stderr_tail()).values())
    finally:
        child.close()


@pytest.mark.parametrize("tight", [False, True])
def test_each_probe_works_before_the_second_filter_and_none_after(tmp_path, tight):
    assert outcomes(tmp_path, tight=tight) == ({"blocked"} if tight else {"allowed"})


def test_nothing_is_left_to_import_after_the_rehearsal():
    # In a process of its own, outside the jail: what a turn with every kind of answer loads beyond the rehearsal.
    code = """
import sys
from sandbox.agent import loop
loop.rehearse()
before = set(sys.modules)
loop.rehearse()
print(sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
