"""The ways to hand memory to a process that is jailed before there is anything to hand over.

    way = choose(folder)            # the best that this machine has
    slot = way.slot("rows-0")       # empty; `slot.readable` is what its one reader inherits
    slot.write(memoryview(data))    # one process writes...
    slot.finish()                   # ...and from here on nobody changes it

What each of them is worth: `sealed` (Linux) is a memory file, and after the seal the kernel lets nobody write,
shrink or grow it, not even us. `unlinked` (macOS, and a Linux that allows no sealable memory file) is a file without
a name, opened once for writing and once for reading. Nothing is sealed there: it can't change because the one
descriptor that can write is closed; until then an error of ours could change it, and root could at any time. On a
disk its blocks are freed at the end, not wiped; `/dev/shm` is taken where it has the room. `section` (Windows) is a
section of the page file, mapped through an inherited handle that allows reading only; nothing is sealed there either,
and a result has at most 256 MB. The page file answers for what was written, rounded up to a megabyte.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Protocol

from sandbox.errors import LimitReached
from sandbox.files import storage_fault

SECTION_BYTES = 256 * 1024 * 1024  # reserved in each: addresses, no memory
_SEALS = ("F_SEAL_SEAL", "F_SEAL_SHRINK", "F_SEAL_GROW", "F_SEAL_WRITE")
_NOEXEC_SEAL = 0x0008  # MFD_NOEXEC_SEAL, Linux 6.3; the constant is not in Python 3.11
_SHARED_MEMORY = Path("/dev/shm")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EFBIG)


class Slot(Protocol):
    """One piece of memory. `readable`: the descriptor (Windows: handle) for its reader, -1 once it is closed here."""

    readable: int

    def write(self, view: memoryview) -> None:
        """Append; `LimitReached` when there is no room left."""
        ...

    def finish(self) -> None: ...

    def handed_over(self) -> None:
        """The reader has its descriptor; ours for reading is not needed any more."""
        ...

    def lend(self) -> int:
        """What a child inherits that is to write it in our place, before anything is in it: see `taken_over`."""
        ...

    def close(self) -> None: ...


class Way(Protocol):
    """One way of handing memory over. Slots are made before the process is confined."""

    name: str

    def slot(self, name: str) -> Slot: ...


def choose(folder: Path, *, room: int = 0) -> Way:
    """The best way of this machine. `folder` is a private one, for files that memory has no place for."""
    if os.name == "nt":
        return Sections(SECTION_BYTES)
    if Sealed.works():
        return Sealed()
    return Unlinked(_SHARED_MEMORY if _has_room(_SHARED_MEMORY, room) else folder)


def taken_over(way: str, lent: int) -> Slot:
    """The slot of the way of this name that the process which made it lent us; it has its reader already."""
    if way == Sections.name:
        return SectionSlot(SECTION_BYTES, lent)
    return FileSlot(lent, -1, seal=way == Sealed.name)


class FileSlot:
    """A file without a name, open twice: for writing here, for reading there."""

    def __init__(self, writable: int, readable: int, *, seal: bool) -> None:
        self.writable = writable
        self.readable = readable
        self._seal = seal

    def write(self, view: memoryview) -> None:
        try:
            while view:
                view = view[os.write(self.writable, view) :]
        except OSError as problem:
            if problem.errno in _FULL:
                raise no_room() from problem
            raise

    def finish(self) -> None:
        if self._seal:
            _seal(self.writable)
        else:
            os.close(self.writable)
            self.writable = -1

    def lend(self) -> int:
        return self.writable

    def handed_over(self) -> None:
        if self.readable >= 0:
            os.close(self.readable)
            self.readable = -1

    def close(self) -> None:
        self.handed_over()
        if self.writable >= 0:
            os.close(self.writable)
            self.writable = -1


class Sealed:
    """Memory files of Linux, sealed when they are written."""

    name = "sealed"

    def slot(self, name: str) -> FileSlot:
        """The read-only twin is opened through /proc, which a confined process can't reach."""
        writable = _memory_file(name)
        try:
            return FileSlot(writable, os.open(f"/proc/self/fd/{writable}", os.O_RDONLY | os.O_CLOEXEC), seal=True)
        except OSError:
            os.close(writable)
            raise

    @classmethod
    def works(cls) -> bool:
        """Whether this system makes them and seals them; a container's filter may forbid either."""
        if not hasattr(os, "memfd_create"):
            return False
        try:
            slot = cls().slot("trial")
        except OSError:
            return False
        try:
            slot.finish()
        except OSError:
            return False
        finally:
            slot.close()
        return True


class Unlinked:
    """Files whose name is gone before anything is in them."""

    name = "unlinked"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def slot(self, name: str) -> FileSlot:
        try:
            with tempfile.TemporaryDirectory(prefix=".rows-", dir=self._folder) as private:  # mode 0700
                path = os.path.join(private, name)
                writable = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                return FileSlot(writable, os.open(path, os.O_RDONLY | os.O_CLOEXEC), seal=False)
        except OSError as problem:
            raise storage_fault(self._folder / name, problem) from problem


class Sections:
    """Windows: each slot is a section, reserved from the start; memory comes with what is written."""

    name = "section"

    def __init__(self, size: int) -> None:
        self._size = size

    def slot(self, name: str) -> Slot:
        return SectionSlot(self._size)


class SectionSlot:
    """Written through a view of ours. The view stays until the end, but nothing is written after `finish`."""

    def __init__(self, size: int, lent: int | None = None) -> None:
        from sandbox.jail.windows.api import library
        from sandbox.jail.windows.section import Section

        if lent is None:
            self._section = Section(library(), size)
        else:
            self._section = Section.taken_over(library(), lent, size)
        self.readable = self._section.handle
        self._finished = False

    def write(self, view: memoryview) -> None:
        from sandbox.jail.windows.api import CallFailed
        from sandbox.jail.windows.constants import MEMORY_IS_SHORT

        if self._finished or view.nbytes > self._section.room:
            raise no_room()
        try:
            self._section.append(view)
        except CallFailed as problem:
            if problem.code in MEMORY_IS_SHORT:
                raise no_room() from problem
            raise

    def finish(self) -> None:
        self._finished = True

    def lend(self) -> int:
        return self._section.lend()

    def handed_over(self) -> None:
        """The handle goes with the section."""

    def close(self) -> None:
        self._section.close()


def no_room() -> LimitReached:
    return LimitReached(
        "There is no room left for the rows that the program reads.",
        "Read fewer columns or rows, close other programs, or free space where the workspace is.",
    )


def _has_room(folder: Path, room: int) -> bool:
    """A container's `/dev/shm` is often 64 MB."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and found.f_bavail * found.f_frsize > room


def _seal(writable: int) -> None:
    import fcntl

    seals = 0
    for name in _SEALS:
        seals |= getattr(fcntl, name)
    fcntl.fcntl(writable, fcntl.F_ADD_SEALS, seals)


def _memory_file(name: str) -> int:
    flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    try:
        return os.memfd_create(name, flags | _NOEXEC_SEAL)
    except OSError:  # older kernels don't know the flag; the jail forbids execution anyway
        return os.memfd_create(name, flags)
