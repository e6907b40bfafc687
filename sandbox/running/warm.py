"""The processes that wait for a run before anybody asks for one, so that its first line comes at once."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from sandbox.errors import PreceptorError, ProcessDied
from sandbox.jail import Child, Limits, Role, ensure_self_test, spawn
from sandbox.messages.data_door import FromProgram, Warm
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout
from sandbox.workspace import Workspace

from .desk_line import DeskLine
from .limits import LIBRARIES_MB, WARM_SECONDS, RunLimits
from .memory import MemoryFiles
from .memory_used import MemoryUsed
from .query_check import start_warming

MEMORY_FILES = 64
# Everything that the run will need of this process; none of it starts a thread (Landlock holds for the
# thread that confines itself and for those it starts later, not for those that are there already).
_NEEDED = (
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "pyarrow.compute",
    "pyarrow.ipc",
    "duckdb",
    "sandbox.running.broker",
)


class Cancelled(PreceptorError):
    """The reviewer stopped it before anything was run."""


class Warmed:
    """A jailed program process, a jailed query check and memory files; single-use."""

    def __init__(self, workspace: Workspace) -> None:
        self.limits = RunLimits.of(workspace.settings)
        self.files = MemoryFiles.make(MEMORY_FILES)
        processor_seconds = int(WARM_SECONDS + self.limits.seconds * (os.cpu_count() or 1))
        self.program = spawn(
            Role.PROGRAM,
            limits=Limits(memory_mb=self.limits.memory_mb + LIBRARIES_MB, cpu_seconds=processor_seconds),
            inherit=self.files.readable,
        )
        self.files.handed_over()
        self.memory_used = MemoryUsed.of(self.program.pid)
        self.checks = spawn(Role.CHECKS, limits=Limits(memory_mb=LIBRARIES_MB, cpu_seconds=processor_seconds))
        start_warming(self.checks)
        self.self_test = ensure_self_test(workspace.self_test)
        import_needed()

    @property
    def jails(self) -> dict[str, dict[str, str]]:
        return {"program": dict(self.program.report.layers), "checks": dict(self.checks.report.layers)}

    @property
    def self_test_facts(self) -> dict[str, Any]:
        """What a run record says of the self-test: for which kernel and code every wall was tried."""
        test = self.self_test
        return {"kernel": test.kernel, "abi": test.abi, "code_hash": test.code_hash, "probes": len(test.probes)}

    def wait_until_warm(self, desk: DeskLine) -> dict[str, str]:
        """Wait until the program's libraries are imported; their versions. `Cancelled` when the reviewer stops it."""
        if desk.wait(WARM_SECONDS, also=(self.program.channel.read_fd,)):
            raise Cancelled("The run was cancelled before it began.", "Nothing was run, and no run is used up.")
        return warm_versions(self.program)

    def close(self) -> None:
        self.program.close()
        self.checks.close()
        self.files.close()
        self.memory_used.close()


def import_needed() -> None:
    """Import what a run needs. The variables keep libraries from starting threads as they are imported."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    for name in _NEEDED:
        import_module(name)


def warm_versions(program: Child) -> dict[str, str]:
    """The first frame of the program's process; no program is in it yet."""
    try:
        message, _ = program.channel.receive(FromProgram, timeout=WARM_SECONDS)
    except (BadFrame, ChannelClosed, ChannelTimeout) as problem:
        program.kill()
        raise ProcessDied("The program's process did not get ready.") from problem
    if not isinstance(message, Warm):
        raise ProcessDied("The program's process spoke before it was asked.")
    return message.versions
