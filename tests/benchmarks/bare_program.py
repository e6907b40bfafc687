"""A program's process without a jail and without the language policy's guards: the plain counterpart of a benchmark.

Started by `bench_jails.py` as `python -I bare_program.py READ WRITE MEMORY`. It imports and rehearses what the jailed
process does, speaks the same frames, hands over the same `data` and `report`; nothing else is the same.
"""

from __future__ import annotations

import sys

from sandbox.messages.data_door import Began, Finished, Start, Warm
from sandbox.messages.frames import Channel
from sandbox.program import Data, Door, Report, warm_up


def main(read: int, write: int, memory: int) -> None:
    channel = Channel(read, write)
    channel.send(Warm(versions=warm_up()))
    start, text = channel.receive(Start)
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(compile(text, "<program>", "exec"), namespace)
    door = Door(channel, (memory,))
    channel.send(Began())
    namespace["main"](Data(door), Report(door, start.patient_keys))  # type: ignore[operator]
    channel.send(Finished())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
