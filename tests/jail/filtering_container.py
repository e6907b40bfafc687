"""A stand-in for a container that filters our calls: a seccomp filter, put on before anything of ours starts.

    done = behind_filter(("landlock_restrict_self",), errno.EPERM, script, folder)      # stdout as JSON

The filter is the whole of it: every call but the named ones is let through, and it is inherited by every process
that is started behind it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

from sandbox.jail.linux.process import machine, prctl
from sandbox.jail.linux.syscalls import NUMBERS
from sandbox.jail.profile import ROOT

HERE = Path(__file__).parent
LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
_LOAD_NUMBER, _IS, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER_MODE = 38, 22, 2

# What a test does behind the filter: a program's jail, and a descriptor that its program would write to.
TRY_TO_RUN = """
import json, os, sys, subprocess
from pathlib import Path
from jailed_code import ENTRY, Text, launcher_without
from sandbox.errors import JailRefused
from sandbox.jail import Limits, Role, spawn
from sandbox.jail.child import start
from sandbox.messages.frames import ChannelClosed

reading, writing = os.pipe()
told = {"refused": "", "advice": "", "layers": {}}
try:
    child = start(Role.PROGRAM, Limits(memory_mb=4096), (writing,),
                  launcher=launcher_without(Path(sys.argv[1])), entry=ENTRY)
    told["layers"] = child.report.layers
    try:
        child.report.check_mandatory()
    except JailRefused as problem:
        told |= {"refused": problem.sentence, "advice": problem.advice}
    try:
        child.channel.send(Text(code="import os\\nos.write(inherited[0], b'ran')"))  # as if nobody had looked
    except ChannelClosed:
        pass
    child.wait(60)
    child.close()
except JailRefused as problem:
    told |= {"refused": problem.sentence, "advice": problem.advice}
os.close(writing)
told["ran"] = os.read(reading, 10).decode()
print(json.dumps(told))
"""


def behind_filter(calls: tuple[str, ...], code: int, script: str, *arguments: str) -> Any:
    """What `script` prints when these calls fail with `code`; its own exceptions are ours."""
    command = [sys.executable, "-m", "filtering_container", json.dumps([calls, code]), script, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (HERE, HERE.parent / "running", ROOT)))}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def install(calls: tuple[str, ...], code: int) -> None:
    """Make these calls of this process and its children fail from now on."""
    words = [struct.pack("=HBBI", _LOAD_NUMBER, 0, 0, 0)]
    for number in sorted(NUMBERS[machine()][name] for name in calls):
        words += [struct.pack("=HBBI", _IS, 0, 1, number), struct.pack("=HBBI", _RETURN, 0, 0, _ERRNO | code)]
    words.append(struct.pack("=HBBI", _RETURN, 0, 0, _ALLOW))
    program = ctypes.create_string_buffer(b"".join(words))
    pointer = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", len(words), ctypes.addressof(program)))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(pointer))


if __name__ == "__main__":
    filtered, failing = json.loads(sys.argv[1])
    text = sys.argv[2]
    install(tuple(filtered), failing)
    for name in filtered:  # the filter is there, or nothing is proven
        assert ctypes.CDLL(None, use_errno=True).syscall(NUMBERS[machine()][name], -1, 0, 0, 0, 0) == -1
    sys.argv = ["script", *sys.argv[3:]]
    exec(compile(text, "script", "exec"), {"__name__": "__main__", "errno": errno})
