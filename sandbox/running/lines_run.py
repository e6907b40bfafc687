"""Which lines of a program ran: its own word, forced into shape, and kept only where results are kept.

    could = checked_lines(began.lines, program)                # before the program's first line, by its process
    lines = LinesRun.checked(finished.lines, could, whole=finished.whole)
    lines.count, lines.never                                   # 37, ((12, 15), (40, 40))

A program chooses by its data which of its lines run: about one bit for each, for whoever learns them. So they are
inside the encryption, of a length that does not depend on them; no record, log or report to the agent has them.
"""

from __future__ import annotations

from itertools import groupby

import msgspec


class LinesRun(msgspec.Struct, frozen=True, array_like=True):
    """For each of the lines that `could` run whether it did. Not `whole`: watching was given up before the end."""

    could: tuple[int, ...]
    did: tuple[bool, ...]
    whole: bool

    @classmethod
    def checked(cls, untrusted: tuple[int, ...], could: tuple[int, ...], *, whole: bool) -> LinesRun | None:
        """What the program says of the lines that could run, None when it has none."""
        said = set(untrusted)
        did = tuple(line in said for line in could)
        return cls(could, did, whole or all(did)) if could else None

    @property
    def count(self) -> int:
        """How many ran."""
        return sum(self.did)

    @property
    def never(self) -> tuple[tuple[int, int], ...]:
        """First and last of each stretch of lines that did not run; nothing is known of them unless `whole`."""
        if not self.whole:
            return ()
        pairs = groupby(zip(self.could, self.did, strict=True), key=lambda pair: pair[1])
        stretches = [[line for line, _ in stretch] for did, stretch in pairs if not did]
        return tuple((lines[0], lines[-1]) for lines in stretches)

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        if not self.whole:
            return f"at least {self.count:,} of {len(self.could):,}; before Python 3.12 only the beginning is watched"
        spans = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in self.never)
        return f"{self.count:,} of {len(self.could):,}" + (f"; not {spans}" if spans else "")


def checked_lines(untrusted: tuple[int, ...], program: str) -> tuple[int, ...]:
    """Numbers of lines of this program, in order, each once."""
    count = program.count("\n") + 1
    return tuple(sorted({line for line in untrusted if 1 <= line <= count}))
