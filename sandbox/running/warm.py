"""The processes that wait for a run before anybody asks for one, so that its first line comes at once."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from sandbox.errors import PreceptorError, ProcessDied, Refusal
from sandbox.jail import Child, Limits, Role, ensure_self_test, prepare_door, spawn
from sandbox.messages.data_door import FromProgram, Warm
from sandbox.messages.frames import BadFrame, ChannelClosed, ChannelTimeout
from sandbox.messages.installed import installed, stamp
from sandbox.messages.report_limits import MB
from sandbox.workspace import Workspace

from .desk_line import DeskLine
from .handing_over import choose
from .limits import LIBRARIES_MB, MOST_THREADS, THREADS, WARM_SECONDS, RunLimits
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
    "sandbox.checks.language",
    "sandbox.running.broker",
)


class Cancelled(PreceptorError):
    """The reviewer stopped it before anything was run."""


class WarmRefused(Refusal):
    """What waited for a run is not what is installed any more."""

    advice = "Nothing was run, and no run is used up. Run it again: it starts afresh."


def cancelled() -> Cancelled:
    return Cancelled("The run was cancelled before it began.", "Nothing was run, and no run is used up.")


class Warmed:
    """A jailed program process, a jailed query check and memory files; single-use."""

    def __init__(self, workspace: Workspace) -> None:
        self.limits = RunLimits.of(workspace.settings)
        self._stamp, self.installed = stamp(), installed()
        self.files = MemoryFiles.make(MEMORY_FILES, choose(workspace.root, room=self.limits.read_bytes))
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
        self._warm: Warm | None = None
        import_needed()

    @property
    def jails(self) -> dict[str, dict[str, str]]:
        return {"program": dict(self.program.report.layers), "checks": dict(self.checks.report.layers)}

    @property
    def self_test_facts(self) -> dict[str, Any]:
        """What a run record says of the self-test: for which kernel and code every wall was tried."""
        test = self.self_test
        return {"kernel": test.kernel, "abi": test.abi, "code_hash": test.code_hash, "probes": len(test.probes)}

    @property
    def facts(self) -> dict[str, str]:
        """What a run record says of what this run may use, how rows reach it, and what it was started from."""
        limits = self.limits
        return {
            "time": f"{limits.seconds:,.0f} s",
            "memory": f"{limits.memory_mb:,} MB beside {LIBRARIES_MB:,} MB for libraries",
            "rows": f"{limits.query_rows:,} a query, handed over by {self.files.way} memory",
            "results": f"{limits.result_bytes // MB:,} MB in {limits.reports:,} entries",
            "threads": f"{THREADS} for each library, {self._most_threads} in all",
            "policy": self.installed["policy"],
            "libraries": self.installed["libraries"],
        }

    @property
    def _most_threads(self) -> str:
        if self.program.counts_threads:
            return f"{MOST_THREADS:,}"
        return "not counted here"

    def wait_until_warm(self, desk: DeskLine) -> dict[str, str]:
        """Wait until the program's libraries are imported; their versions. `Cancelled` when the reviewer stops it.

        Raises `LibraryNotReviewed` when one is a release that the language policy was not read against. Called again,
        it only looks whether what waits is still what is installed.
        """
        if self._warm is None:
            if desk.wait(WARM_SECONDS, also=(self.program.channel.read_fd,)):
                raise cancelled()
            self._warm = first_frame(self.program)
        self._check_reviewed(self._warm)
        self._check_installed(self._warm)
        return self._warm.versions

    def _check_reviewed(self, warm: Warm) -> None:
        from sandbox.checks.language import LibraryNotReviewed, check_reviewed

        try:
            check_reviewed(warm.versions)
        except LibraryNotReviewed:
            self.program.kill()
            raise

    def _check_installed(self, warm: Warm) -> None:
        """What waits was started from what is installed now, or `WarmRefused`. Its process is ended either way."""
        now = self.installed if stamp() == self._stamp else installed()
        for part, name in (("policy", "Preceptor"), ("libraries", "A library that programs use")):
            if not now[part] == self.installed[part] == warm.installed.get(part):
                self.program.kill()
                raise WarmRefused(f"{name} was changed on this computer while the run's process waited.")

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
    prepare_door()
    _rehearse()


def _rehearse() -> None:
    """Much loads on first use. The engine's threads end with its connection, and the door is checked for threads."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.sql("SELECT 1 AS n").to_arrow_reader().read_all()


def first_frame(program: Child) -> Warm:
    """The first frame of the program's process; no program is in it yet."""
    try:
        message, _ = program.channel.receive(FromProgram, timeout=WARM_SECONDS)
    except (BadFrame, ChannelClosed, ChannelTimeout) as problem:
        program.kill()
        raise ProcessDied("The program's process did not get ready.") from problem
    if not isinstance(message, Warm):
        raise ProcessDied("The program's process spoke before it was asked.")
    return message
