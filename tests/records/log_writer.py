"""Run by the tests of the log under stress: append to a log, and say each entry's number once it is acknowledged.

python log_writer.py NAME LOG TIMES          append so often, as the writer of that name
python log_writer.py killed LOG TIMES        so often: start a writer, kill -9 it, say what it said
python log_writer.py limited LOG BYTES       append until the file may not grow, then without the limit
python log_writer.py full LOG BYTES          the same on a disk of that size that something else fills
"""

from __future__ import annotations

import itertools
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from sandbox.errors import StorageFault
from sandbox.records import AuditLog


def append(log: AuditLog, name: str, times: int) -> None:
    for number in itertools.islice(itertools.count(), times or None):
        # Some entries are long, so that a kill meets a line half written more often.
        entry = log.append("request.sent", writer=name, number=number, padding="x" * (number % 7 * 3000))
        sys.stdout.write(f"{entry.n}\n")
        sys.stdout.flush()


def killed(log: AuditLog, times: int) -> None:
    """Forked, so that the time goes into appending and not into starting Python."""
    moments = random.Random(20260102)
    for _ in range(times):
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(write_end, 1)
            append(log, "victim", 0)
        os.close(write_end)
        said = os.read(read_end, 1)  # it is up
        time.sleep(moments.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while part := os.read(read_end, 65536):
            said += part
        os.close(read_end)
        sys.stdout.write(said[: said.rfind(b"\n") + 1].decode())  # a half-written number was not said
        sys.stdout.flush()


def limited(log: AuditLog, limit: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    _until_refused(log)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    append(log, "after", 3)


def full(log: AuditLog, size: int) -> None:
    append(log, "before", 3)
    filler = log.files[0].with_name("filler")
    filler.write_bytes(bytes(size // 2))
    _until_refused(log)
    filler.unlink()
    append(log, "after", 3)
    log.check()


def _until_refused(log: AuditLog) -> None:
    try:
        append(log, "filler", 0)
    except StorageFault as problem:
        sys.stdout.write(f"{problem.sentence}\n")
        log.check()


if __name__ == "__main__":
    what, path, argument = sys.argv[1:]
    acts = {"killed": killed, "limited": limited, "full": full}
    act = acts.get(what, lambda log, times: append(log, what, times))
    act(AuditLog(Path(path)), int(argument))
