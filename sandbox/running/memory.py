"""Query results for the program: small ones in the pipe, large ones in memory that it maps.

    files = MemoryFiles.make(64, choose(workspace.root))
    spawn(Role.PROGRAM, limits=..., inherit=files.readable)      # descriptors that can only read
    sink = files.sink(most=4 * GB)
    ...write an Arrow stream into it...
    placed = sink.finish()                                       # nobody changes it any more

A descriptor can be handed over before the size is known, and the program can be in its jail before there is
any data. What kind of memory it is, `handing_over` decides.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from sandbox.errors import LimitReached, PreceptorError, StorageFault

from .handing_over import Sealed, Slot, Way, taken_over

INLINE_BYTES = 256 * 1024


class Placed(NamedTuple):
    """Where a result is: in memory file `memory`, or (-1) in `payload`."""

    memory: int
    size: int
    payload: bytes


class MemoryFiles:
    """A fixed number of nameless pieces of memory, written here, readable in the one process that inherits them."""

    def __init__(self, way: str, slots: list[Slot]) -> None:
        self.way = way  # for the run's record
        self._slots = slots
        self._used = 0

    @classmethod
    def make(cls, count: int, way: Way | None = None) -> MemoryFiles:
        """Make them, empty, before the process is confined; sealed memory files unless another way is given."""
        way = way or Sealed()
        slots: list[Slot] = []
        try:
            for number in range(count):
                slots.append(way.slot(f"preceptor-{number}"))
        except (OSError, PreceptorError) as problem:
            for slot in slots:
                slot.close()
            raise StorageFault("There is no memory to hand a program its rows in.") from problem
        return cls(way.name, slots)

    @classmethod
    def taken_over(cls, way: str, lent: tuple[int, ...]) -> MemoryFiles:
        """What another process made, gave its reader, and lent us to be written."""
        return cls(way, [taken_over(way, one) for one in lent])

    def lend(self) -> tuple[int, ...]:
        """What a child inherits that writes them in our place; they are closed here when it has them."""
        return tuple(slot.lend() for slot in self._slots)

    @property
    def readable(self) -> tuple[int, ...]:
        """What the program inherits, in order; empty once it was handed over."""
        return tuple(slot.readable for slot in self._slots if slot.readable >= 0)

    def handed_over(self) -> None:
        """The program has its descriptors; ours for reading are not needed any more."""
        for slot in self._slots:
            slot.handed_over()

    def sink(self, most: int) -> Sink:
        """A file to write one result into; more than `most` bytes raise `LimitReached`."""
        return Sink(self, most)

    def take(self) -> tuple[int, Slot]:
        """The next one and its number for the program."""
        if self._used == len(self._slots):
            raise LimitReached(
                f"The program asked for more than {self._used} large results.", "Read less often and more at once."
            )
        self._used += 1
        return self._used - 1, self._slots[self._used - 1]

    def close(self) -> None:
        for slot in self._slots:
            slot.close()
        self._slots = []


class Sink(io.RawIOBase):
    """A writable file object that moves into a memory file when it grows."""

    def __init__(self, files: MemoryFiles, most: int) -> None:
        super().__init__()
        self._files = files
        self._most = most
        self._size = 0
        self._start = bytearray()
        self._number = -1
        self._slot: Slot | None = None
        self._finished = False

    @property
    def size(self) -> int:
        return self._size

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        if self._finished:
            raise PermissionError("what was handed over can't be changed")
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._size += len(view)
        if self._size > self._most:
            raise LimitReached(
                "The program read more data than its memory can hold.",
                "Read fewer columns or rows, or raise its memory in the settings.",
            )
        if self._slot is None and self._size <= INLINE_BYTES:
            self._start += view
        else:
            self._write_through(view)
        return len(view)

    def finish(self) -> Placed:
        """What was written, never to change again."""
        self._finished = True
        if self._slot is None:
            return Placed(-1, 0, bytes(self._start))
        self._slot.finish()
        return Placed(self._number, self._size, b"")

    def _write_through(self, view: memoryview) -> None:
        if self._slot is None:
            self._number, self._slot = self._files.take()
            self._slot.write(memoryview(self._start))
        self._slot.write(view)
