"""What the fuzzers share: batches of cases in worker processes that may crash, hang or run out of memory.

    raise SystemExit(main(Fuzzer(name="frames", make=make, feed=feed, refusals=(BadFrame,))))

A worker writes each case into shared memory before it is tried, so that a process that was killed, crashed or
hung leaves its input behind: a file in --findings, which `--replay FILE` feeds again. A case passes when `feed`
returns or raises one of `refusals`, in time and within the memory of a worker.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import hashlib
import json
import mmap
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_HEAD = struct.Struct("<QQ")  # how many cases were begun, and the size of the present one
_LARGEST = 64 * 1024 * 1024
_HANG_SECONDS = 20.0
_KEPT = 40
_MEGABYTE = 1024 * 1024


class Fuzzer(NamedTuple):
    """`make` gives one case for a source of chance; `feed` gives it to the code under test and uses the answer.

    `room_mb` is the address space that a worker may take beyond what it has when it begins.
    """

    name: str
    make: Callable[[random.Random], bytes]
    feed: Callable[[bytes], None]
    refusals: tuple[type[BaseException], ...]
    room_mb: int = 768
    batch: int = 2_000


class Tally(NamedTuple):
    """What one worker tells at its end."""

    cases: int
    accepted: int
    slowest: float
    slowest_case: str
    memory_mb: int
    problems: dict[str, str]


def main(fuzzer: Fuzzer) -> int:
    """The command line of a fuzzer; 0 when nothing was found."""
    parser = argparse.ArgumentParser(description=(sys.modules["__main__"].__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()) / f"fuzz-{fuzzer.name}")
    parser.add_argument("--replay", type=Path, default=None)
    parser.add_argument("--worker", type=int, nargs=2, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.replay:
        return _replay(fuzzer, options.replay)
    options.findings.mkdir(parents=True, exist_ok=True)
    if options.worker:
        return _work(fuzzer, *options.worker, options.findings)
    return _supervise(fuzzer, options.minutes * 60, options.seed, options.findings)


def _replay(fuzzer: Fuzzer, path: Path) -> int:
    try:
        fuzzer.feed(path.read_bytes())
    except fuzzer.refusals as refusal:
        sys.stdout.write(f"refused: {refusal}\n")
    else:
        sys.stdout.write("accepted\n")
    return 0


# The worker.


def _work(fuzzer: Fuzzer, seed: int, shared: int, findings: Path) -> int:
    board = mmap.mmap(shared, _HEAD.size + _LARGEST)
    chance = random.Random(seed)
    _warm(fuzzer)
    _limit_memory(fuzzer.room_mb)
    accepted, slowest, slowest_case, problems = 0, 0.0, b"", {}
    for number in range(1, fuzzer.batch + 1):
        case = fuzzer.make(chance)
        board[: _HEAD.size + len(case)] = _HEAD.pack(number, len(case)) + case
        began = time.perf_counter()
        try:
            fuzzer.feed(case)
            accepted += 1
        except fuzzer.refusals:
            pass
        except BaseException as problem:  # noqa: BLE001  whatever else comes out is what we look for
            problems.setdefault(_place(problem), _kept(findings, "problem", case))
        took = time.perf_counter() - began
        if took > slowest:
            slowest, slowest_case = took, case
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    kept = _kept(findings, "slow", slowest_case) if slowest > 1.0 else ""
    sys.stdout.write(json.dumps(Tally(fuzzer.batch, accepted, slowest, kept, peak, problems)._asdict()) + "\n")
    return 0


def _warm(fuzzer: Fuzzer) -> None:
    """A few cases before the limit is set, so that libraries are loaded and their pools are there."""
    for number in range(5):
        with contextlib.suppress(*fuzzer.refusals):
            fuzzer.feed(fuzzer.make(random.Random(number)))


def _limit_memory(room_mb: int) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + room_mb * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _place(problem: BaseException) -> str:
    last = traceback.extract_tb(problem.__traceback__)[-3:]
    return f"{type(problem).__name__} in " + " < ".join(
        f"{Path(one.filename).name}:{one.lineno}" for one in reversed(last)
    )


def _kept(findings: Path, kind: str, case: bytes) -> str:
    path = findings / f"{kind}-{hashlib.sha256(case).hexdigest()[:16]}.bin"
    if len(list(findings.glob(f"{kind}-*"))) < _KEPT:
        path.write_bytes(case)
    return str(path)


# The supervisor.


def _supervise(fuzzer: Fuzzer, seconds: float, seed: int | None, findings: Path) -> int:
    first = int.from_bytes(os.urandom(4), "little") if seed is None else seed
    began, batches, cases, accepted, slowest, memory = time.monotonic(), 0, 0, 0, (0.0, ""), 0
    found: collections.Counter[str] = collections.Counter()
    examples: dict[str, str] = {}
    while time.monotonic() - began < seconds:
        tally, ending = _batch(fuzzer, first + batches, findings)
        batches += 1
        cases, accepted, memory = cases + tally.cases, accepted + tally.accepted, max(memory, tally.memory_mb)
        slowest = max(slowest, (tally.slowest, tally.slowest_case))
        for place, file in {**tally.problems, **ending}.items():
            found[place] += 1
            examples.setdefault(place, file)
    took = time.monotonic() - began
    lines = [
        f"{fuzzer.name}: seed {first}, {cases:,} cases in {took:.0f} s ({cases / took:.0f} a second, "
        f"{batches} workers), {accepted:,} accepted, {cases - accepted:,} not",
        f"slowest {slowest[0] * 1000:.0f} ms {slowest[1]}, largest worker {memory} MB",
        *(f"{count} x {place}: {examples[place]}" for place, count in found.most_common()),
        f"{len(found)} kinds of problem",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found else 0


def _batch(fuzzer: Fuzzer, seed: int, findings: Path) -> tuple[Tally, dict[str, str]]:
    """One worker from its start to its end, and what it died of."""
    shared = os.memfd_create("case")
    os.ftruncate(shared, _HEAD.size + _LARGEST)
    board = mmap.mmap(shared, _HEAD.size + _LARGEST)
    command = [sys.executable, str(Path(sys.argv[0]).resolve()), "--findings", str(findings)]
    with tempfile.TemporaryFile() as errors:
        worker = subprocess.Popen(
            [*command, "--worker", str(seed), str(shared)],
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=(shared,),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        hung = _watch(worker, board)
        assert worker.stdout is not None
        said = worker.stdout.read()
        worker.stdout.close()
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
    number, size = _HEAD.unpack_from(board)
    case = board[_HEAD.size : _HEAD.size + size]
    board.close()
    os.close(shared)
    if worker.returncode == 0 and not hung:
        return Tally(**json.loads(said)), {}
    kind = "hang" if hung else f"crash {signal.Signals(-worker.returncode).name}" if worker.returncode < 0 else "end"
    words = f"{kind} {last}" if kind == "end" else kind
    return Tally(number, 0, 0.0, "", 0, {}), {words: _kept(findings, kind.replace(" ", "-"), case)}


def _watch(worker: subprocess.Popen[bytes], board: mmap.mmap) -> bool:
    """Wait for the worker's end; True when it stayed at one case for too long and was killed."""
    at, since = -1, time.monotonic()
    while True:
        try:
            worker.wait(0.25)
        except subprocess.TimeoutExpired:
            number = _HEAD.unpack_from(board)[0]
            if number != at:
                at, since = number, time.monotonic()
            elif time.monotonic() - since > _HANG_SECONDS * (3 if at <= 0 else 1):
                worker.kill()
                worker.wait()
                return True
        else:
            return False
