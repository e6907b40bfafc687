"""Runs any Python text in a real jail, or in one from which a layer was taken away on purpose.

    with run_in_jail("import numpy\nanswer(numpy.arange(3).sum())") as child:
        assert heard(child) == 3

In the text, `answer(value)` sends JSON back over `channel`, `inherited` holds the descriptors.
"""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import msgspec

from sandbox.jail import Child, Limits, Role
from sandbox.jail.child import LAUNCHER, start

ENTRY = "text_of_the_test"

_LAUNCHER_TEXT = '''
"""The real launcher, with an entry that runs text, and perhaps without one of its layers."""
import importlib.util, json, os, sys, types

spec = importlib.util.spec_from_file_location("real_launcher", {launcher!r})
real = importlib.util.module_from_spec(spec)
sys.modules["real_launcher"] = real
spec.loader.exec_module(real)

from sandbox.jail.linux import confine

WITHOUT, ABI = {without!r}, {abi!r}
all_steps = confine.jail_steps


def steps(*arguments, **options):
    return [step for step in all_steps(*arguments, **options, abi=ABI) if step[0] not in WITHOUT]


def report(order, layers):
    from sandbox.jail.report import JailReport
    from sandbox.messages.frames import Channel

    channel = Channel(order["read"], order["write"])
    channel.send(JailReport(role=order["role"], layers=layers))
    return channel


def main(channel, inherited):
    import msgspec

    class Text(msgspec.Struct):
        code: str

    class Answer(msgspec.Struct):
        text: str

    def answer(value):
        channel.send(Answer(text=json.dumps(value)))

    given = {{"answer": answer, "channel": channel, "inherited": inherited}}
    exec(compile(channel.receive(Text)[0].code, "text", "exec"), given)


confine.jail_steps = steps
real._missing = lambda entry: ""
if WITHOUT:
    real._report = report
if json.loads(sys.argv[1])["entry"] == "text_of_the_test":
    sys.modules["text_of_the_test"] = module = types.ModuleType("text_of_the_test")
    module.main = main
{first}
real.main(sys.argv[1])
'''

# Stands in for a machine that forbids a system call (a container, a sysctl, AppArmor), for this process only.
_FORBID = """
import ctypes, struct
from sandbox.jail.linux import bpf, process, syscalls

process.set_no_new_privileges()
call = syscalls.NUMBERS[process.machine()][{call!r}]
code = [(bpf.LOAD, 0, 0, 0), (bpf.JUMP_EQUAL, 0, 1, call), (bpf.RETURN, 0, 0, bpf.ERRNO | {error}),
        (bpf.RETURN, 0, 0, bpf.ALLOW)]
program = ctypes.create_string_buffer(bpf.to_bytes(code))
process.syscall("seccomp", 1, 0, struct.pack("=HxxxxxxQ", len(code), ctypes.addressof(program)))
"""


class Text(msgspec.Struct):
    code: str


class Answer(msgspec.Struct):
    text: str


def launcher_without(
    folder: Path, *without: str, abi: int | None = None, forbid: str = "", error: int = errno.EPERM, first: str = ""
) -> Path:
    """A launcher that leaves out these layers, or whose Landlock is as old as `abi`.

    `forbid` is a system call that the machine refuses with `error`; `first` is run before anything is confined.
    """
    path = folder / f"launcher-{'-'.join(without) or 'whole'}-{abi}-{forbid}.py"
    first += _FORBID.format(call=forbid, error=error) if forbid else ""
    path.write_text(_LAUNCHER_TEXT.format(launcher=str(LAUNCHER), without=without, abi=abi, first=first))
    return path


def run_in_jail(
    code: str,
    folder: Path,
    *without: str,
    role: Role = Role.PROGRAM,
    limits: Limits | None = None,
    inherit: tuple[int, ...] = (),
    abi: int | None = None,
    forbid: str = "",
) -> Child:
    """Start a jail that runs `code`; everything but the entry is what a real child gets."""
    launcher = launcher_without(folder, *without, abi=abi, forbid=forbid)
    child = start(role, limits or Limits(memory_mb=4096), inherit, launcher=launcher, entry=ENTRY)
    if not without:
        child.report.check_mandatory()
    child.channel.send(Text(code=code))
    return child


def heard(child: Child, timeout: float = 120) -> Any:
    """The next answer of the text."""
    return json.loads(child.channel.receive(Answer, timeout=timeout)[0].text)


def answer_of(code: str, folder: Path, *without: str, **options: Any) -> Any:
    """Run, hear one answer, end."""
    with run_in_jail(code, folder, *without, **options) as child:
        return heard(child)


def memory_file(data: bytes) -> int:
    """A read-only descriptor of a file in memory, as the broker hands them over."""
    fd = os.memfd_create("rows")
    os.write(fd, data)
    read_only = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY)
    os.close(fd)
    return read_only
