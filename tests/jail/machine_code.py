"""Machine code for x86-64 that enters the kernel by itself, as text to be run in a jail or outside of one.

    answer_of(RUN + "answer(enter(NUMBERS['getpid']))", tmp_path)

What runs it maps memory that can be written and executed. That is allowed in a jail by design: compiled libraries
are the same thing, and the walls must hold against any instruction.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

RUN = """
import ctypes, errno, mmap, os
from sandbox.jail.linux.syscalls import NUMBERS
NUMBERS = NUMBERS["x86_64"]

# Takes the registers rax rdi rsi rdx r10 r8 r9 as an array, executes `syscall`, returns rax.
SYSCALL = bytes.fromhex("4989fb 498b03 498b7b08 498b7310 498b5318 4d8b5320 4d8b4328 4d8b4b30 0f05 c3")
# Takes eax ebx ecx edx, executes `int 0x80`, the way in for 32-bit programs.
INTERRUPT = bytes.fromhex("53 8b07 8b5f08 8b4f10 8b5718 cd80 5b c3")
RETURN_42 = bytes.fromhex("b82a000000 c3")

kept = []


def injected(code):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    kept.append(page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(address)


def registers(*values):
    words = []
    for value in values:
        if isinstance(value, bytes):
            kept.append(ctypes.create_string_buffer(value, max(256, len(value) + 1)))
            value = ctypes.addressof(kept[-1])
        words.append(value & 0xFFFFFFFFFFFFFFFF)
    return (ctypes.c_uint64 * 8)(*words)


def enter(number, *arguments):
    return injected(SYSCALL)(registers(number, *arguments))


def enter_old(number, *arguments):
    return injected(INTERRUPT)(registers(number, *arguments))


def outcome(result):
    return "allowed" if result >= 0 else "blocked: " + errno.errorcode.get(-result, str(-result))


def apart(action):
    "In a process of its own where one can be made: some calls change it for good."
    try:
        child = os.fork()
    except OSError:
        return outcome(action())
    if child == 0:
        os._exit(max(0, -action()))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return outcome(-status) if status >= 0 else f"killed: {-status}"
"""


def outside(code: str) -> Any:
    """What the text answers in a process without walls."""
    text = f"import json, sys\nsys.path[:0] = [{str(ROOT)!r}]\ndef answer(value): print(json.dumps(value))\n{code}"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def behind(rules: str, code: str) -> Any:
    """What it answers behind a door."""
    imports = "from sandbox.jail import DoorRules, confine_door\nimport sandbox.jail.linux.syscalls\n"
    return outside(f"{imports}confine_door(DoorRules({rules}))\n{code}")
