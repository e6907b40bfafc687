"""What runs below a process, by /proc: for tests that end processes, and for those that none may outlive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def descendants(pid: int) -> Iterator[int]:
    """Every process below `pid`; none below one that has ended."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(one) for one in children.read_text().split()]
        except OSError:  # it ended meanwhile
            continue
        for child in found:
            yield child
            yield from descendants(child)


def command(pid: int) -> list[str]:
    """Its words; none once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def is_running(pid: int) -> bool:
    return bool(command(pid))
