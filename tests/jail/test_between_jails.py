"""Two jails that share nothing but the libraries' files can't tell each other anything by a futex.

A futex without FUTEX_PRIVATE_FLAG on a page of a mapped file is known by the file and the place in it (futex(2)),
across processes and namespaces: a program could wake an agent, and so tell it a bit at a time.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from jailed_code import ENTRY, Text, heard, launcher_without
from machine_code import RUN

from sandbox.jail import Child, Limits, Role
from sandbox.jail.child import start

AS_IT_WAS = """
from sandbox.jail.linux import seccomp
from sandbox.jail.linux.bpf import Rule
seccomp._of_own_memory = lambda: [Rule("futex"), Rule("madvise")]
"""

# The first page of libc's text that holds `getenv` is mapped from the same file in both.
PLACE = (
    RUN
    + """
import ctypes, struct

page = ctypes.cast(ctypes.CDLL(None).getenv, ctypes.c_void_p).value & ~0xFFF
WAIT, WAKE, EVERYBODY = 0, 1, 10


def futex(operation, value, patience=0):
    return enter(NUMBERS["futex"], page, operation, value, patience, 0, 0)
"""
)

LISTEN = (
    PLACE
    + """
from sandbox.jail.linux import confine

confine.tighten()
answer("listening")
patience = ctypes.create_string_buffer(struct.pack("qq", 10, 0))
answer(futex(WAIT, ctypes.c_uint32.from_address(page).value, ctypes.addressof(patience)))
"""
)

CALL = (
    PLACE
    + """
import time

woken, until = 0, time.monotonic() + 5
while woken == 0 and time.monotonic() < until:
    woken = futex(WAKE, EVERYBODY)
    time.sleep(0.01)
answer(woken)
"""
)


def jailed(role: Role, code: str, folder: Path, first: str) -> Child:
    folder.mkdir(exist_ok=True)
    child = start(role, Limits(), (), launcher=launcher_without(folder, first=first), entry=ENTRY)
    child.report.check_mandatory()
    child.channel.send(Text(code=code))
    return child


@pytest.mark.parametrize("protected", [False, True])
def test_a_program_can_not_wake_an_agent(tmp_path: Path, protected: bool) -> None:
    first = "" if protected else AS_IT_WAS
    with (
        jailed(Role.AGENT, LISTEN, tmp_path / "agent", first) as agent,
        jailed(Role.PROGRAM, CALL, tmp_path / "program", first) as program,
    ):
        assert heard(agent) == "listening"
        woken, heard_of_it = heard(program), heard(agent)
        if protected:
            assert (woken, heard_of_it) == (-11, -11)  # EAGAIN, both
        else:
            assert (woken, heard_of_it) == (1, 0)
