"""A program in its real jail: what it says arrives, what it must not do ends with a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from sandbox.jail import Child, Limits, Role, spawn
from sandbox.messages.data_door import (
    Began,
    Broke,
    Finished,
    FromProgram,
    QueryAnswered,
    QueryAsked,
    Reported,
    Start,
    Stepped,
    Warm,
)
from sandbox.messages.frames import ChannelClosed, ChannelTimeout
from sandbox.program.door import ipc_bytes

STAYS = pa.table({"pat_id": pa.array([1, 2, 2], pa.int64()), "age": pa.array([30, 60, 90], pa.int32())})

PROGRAM = b'''"""Three stays."""
import matplotlib.pyplot as plt
import statsmodels.api as sm
from scipy import stats as st

def main(data, report):
    stays = data.sql("SELECT pat_id, age FROM ehr.stays")
    report.step("stays", stays)
    report.value("slope", sm.OLS(stays.age, sm.add_constant(stays.pat_id)).fit().params.iloc[1])
    report.value("t", st.ttest_1samp(stays.age, 0).statistic)
    report.table("ages", stays.sort_values("age"))
    figure, axes = plt.subplots()
    axes.scatter(stays.pat_id, stays.age)
    report.figure("ages", figure)
'''


@pytest.fixture
def memory() -> Iterator[int]:
    """A memory file that holds the stays as an Arrow stream, as the broker hands over large results."""
    fd = os.memfd_create("result")
    os.write(fd, ipc_bytes(STAYS))
    reading = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY)
    os.close(fd)
    yield reading
    os.close(reading)


def serve(child: Child, program: bytes, *, memory: bool = False, timeout: float = 60.0) -> list[tuple[Any, bytes]]:
    """Play the broker to the end; every message from the first line on."""
    assert isinstance(child.channel.receive(FromProgram, 120)[0], Warm)
    child.channel.send(Start(parameters={}, patient_keys=("pat_id",)), program)
    told: list[tuple[Any, bytes]] = []
    while not told or not isinstance(told[-1][0], Finished | Broke):
        told.append(child.channel.receive(FromProgram, timeout))
        asked = told[-1][0]
        if isinstance(asked, QueryAsked):
            data = bytes(ipc_bytes(STAYS))
            answer = QueryAnswered(number=asked.number, rows=3, memory=0 if memory else -1, size=len(data))
            child.channel.send(answer, b"" if memory else data)
    return told


def test_everything_a_jailed_program_says_arrives(memory: int) -> None:
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096), inherit=(memory,)) as child:
        told = serve(child, PROGRAM, memory=True)
        assert child.wait(30) == 0
    assert [type(message) for message, _ in told] == [Began, QueryAsked, Stepped, *[Reported] * 4, Finished]
    assert told[2][0] == Stepped(label="stays", rows=3, patients=2)
    assert float(told[3][0].text) == pytest.approx(45)
    assert pa.ipc.open_stream(told[5][1]).read_all()["age"].to_pylist() == [30, 60, 90]
    assert told[6][1].startswith(b"\x89PNG")


def test_a_real_failure_is_a_class_and_a_line() -> None:
    program = PROGRAM.replace(b"statistic)", b"statistic)\n    raise ValueError(str(stays))")
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096)) as child:
        told = serve(child, program)
    assert told[-1][0] == Broke(exception="ValueError", line=11)


def test_an_endless_loop_can_only_be_ended_from_outside() -> None:
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096)) as child:
        with pytest.raises(ChannelTimeout):
            serve(child, b"def main(data, report):\n    while True:\n        pass\n", timeout=1.0)
        child.kill()
        child.wait(30)
        assert child.how_it_ended() == "was stopped by Preceptor"


def test_a_memory_hog_ends_with_a_memory_error_or_a_sentence() -> None:
    program = (
        b"import numpy as np\n\ndef main(data, report):\n    kept = []\n"
        b"    while True:\n        kept.append(np.zeros(2**28))\n"
    )
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096)) as child:
        try:
            told = serve(child, program)
        except ChannelClosed:
            child.wait(30)
            assert "memory" in child.how_it_ended()
        else:
            assert told[-1][0] == Broke(exception="MemoryError", line=6)
