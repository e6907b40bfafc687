"""The life of a program's process: warm up, say so, wait for one program, run it, end.

    Warm → (Load) → (Start) → Began → QueryAsked/Stepped/Reported … → Finished | Broke

The process entered its jail before this module was imported. It imports what programs use before the
program is there, so that the first line runs within milliseconds of "Run". It runs one program and dies.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from types import CodeType
from typing import Any

import msgspec

from sandbox.errors import BadInput
from sandbox.messages.data_door import Began, Broke, Finished, Load, Start, Warm
from sandbox.messages.frames import Channel, ChannelClosed
from sandbox.messages.installed import installed

from .contract import Data, Report
from .coverage import EVENTS, Coverage, parts_of
from .door import Door
from .failures import Registry, describe

LIBRARIES = ("numpy", "pyarrow", "pandas", "scipy", "statsmodels", "matplotlib", "patsy", "dateutil")
WARMED = ("scipy.stats", "statsmodels.api", "statsmodels.formula.api", "matplotlib.pyplot", "sandbox.checks.language")

REHEARSAL = '''"""What most programs do, on nothing."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd


def main(data, report):
    frame = pd.DataFrame({"key": np.arange(20) % 3, "when": pd.date_range("2020-01-01", periods=20)})
    pairs = frame.merge(frame.drop_duplicates("key"), on="key", how="left")
    pairs["days"] = (pairs.when_x - pairs.when_y).dt.days
    report.step("pairs", pairs[pairs.days > 1])
    report.table("mean", pairs.groupby("key").agg(mean=("days", "mean"), n=("days", "size")))
    report.value("mean", pairs.days.mean())
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot([0, 1], label="a")
    axes.legend()
    report.figure("figure", figure)
'''


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """The jailed process from its first import to its end. Leaves no exit status that a program could choose."""
    before = installed()
    versions = warm_up()
    gc.collect()
    gc.freeze()  # libraries are for ever: a program's own garbage is found without looking through them
    channel.send(Warm(versions=versions, installed=before))
    try:
        order, program = channel.receive(Load | Start)
        if isinstance(order, Load):
            _compile_now(program.decode("utf-8"))
            order, program = channel.receive(Start)
        execute(program.decode("utf-8"), order, Door(channel, inherited))
    except ChannelClosed:
        os._exit(0)  # whom to tell is gone
    os._exit(0)


def warm_up() -> dict[str, str]:
    """Import what programs use, run the rehearsal (much loads on first use), and return the versions."""
    versions = {name: str(import_module(name).__version__) for name in LIBRARIES}
    import matplotlib

    matplotlib.use("Agg")
    for name in WARMED:
        import_module(name)
    execute(REHEARSAL, Start(parameters={}), Door(_Nobody()))
    return versions | {"python": sys.version.split()[0]}


def execute(program: str, start: Start, door: Door) -> tuple[int, ...]:
    """Run one program through `door` and tell how it ended. Returns the lines that could have run.

    The only place that catches everything: what a program raises is described, never let out, because
    the text of an exception can quote a row.
    """
    registry = Registry()
    try:
        code, run_module = _compiled(program)
    except BaseException as problem:  # noqa: BLE001  whatever the compiler raises is the program's failure
        door.tell(describe(registry, problem, None, program, frozenset(), synthetic=start.synthetic))
        return ()
    parts = parts_of(code)
    coverage = Coverage(code, events=0 if start.synthetic else EVENTS)
    ending: Broke | Finished = Finished()
    door.tell(Began(lines=coverage.executable))
    try:
        with coverage:
            _run(run_module, start, door)
    except ChannelClosed:
        raise
    except BaseException as problem:  # noqa: BLE001  the outermost edge of somebody else's program
        codes = frozenset(id(part) for part in parts)
        trace = sys.exc_info()[2]
        ending = describe(registry, problem, trace, program, codes, synthetic=start.synthetic)
    door.tell(_with_lines(ending, coverage, synthetic=start.synthetic))
    return coverage.executable


def _compile_now(program: str) -> None:
    """Have the program compiled when it is started; of what the compiler raises now, it is told then."""
    with suppress(BaseException):
        _compiled(program)


@lru_cache(maxsize=1)
def _compiled(program: str) -> tuple[CodeType, Any]:
    from sandbox.checks.language import compile_program

    compiled = compile_program(program)
    return compiled.code, compiled.run_module


def _run(run_module: Any, start: Start, door: Door) -> None:
    namespace = run_module()
    function = namespace.get("main")
    if not callable(function):
        raise BadInput("The program has no function main(data, report).")
    parameters = _parameters(namespace.get("PARAMETERS", {}), start.parameters)
    function(Data(door), Report(door, start.patient_keys), **parameters)


def _parameters(defaults: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The program's own defaults with what was signed for this run in their place."""
    if not isinstance(defaults, dict) or not all(isinstance(name, str) for name in defaults):
        raise BadInput("PARAMETERS is a dict from names to default values.")
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        raise BadInput(f"The program has no parameter {unknown[0]}.")
    return {**defaults, **given}


def _with_lines(ending: Broke | Finished, coverage: Coverage, *, synthetic: bool) -> Broke | Finished:
    """A real run that broke leaves no results, so there is no place where its lines might go."""
    if isinstance(ending, Finished):
        return Finished(lines=coverage.ran, whole=coverage.whole)
    return msgspec.structs.replace(ending, lines=coverage.ran) if synthetic else ending


class _Nobody:
    """The rehearsal's audience."""

    def send(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None:
        return

    def receive(self, expected: Any, timeout: float | None = None) -> tuple[Any, bytes]:
        raise ChannelClosed("a rehearsal asks nothing")
