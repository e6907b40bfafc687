"""The reviewer's comments on lines, until they are sent. No Qt in here.

remarks = Remarks()
remarks.add("q-1", 2, Remark(41, 44, "Hospice leaves the denominator, too.", "must"), program)
remarks.message("q-1", 2)          # what is sent; remarks.sent("q-1", 2) once it is on its way
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal, NamedTuple

from sandbox.messages.desk import Comments, LineComment

Severity = Literal["must", "should", "question"]
SEVERITIES: tuple[tuple[Severity, str], ...] = (
    ("must", "Must change"),
    ("should", "Should change"),
    ("question", "Question"),
)
QUOTED = 120  # characters of the program that a comment carries


class Remark(NamedTuple):
    """A comment on lines `first` to `last` of a draft."""

    first: int
    last: int
    text: str
    severity: Severity = "must"

    @property
    def place(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}–{self.last}"


class Remarks:
    """Comments by question and draft, in the order of the lines. They stay until they were sent."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], list[Remark]] = defaultdict(list)

    def of(self, question: str, draft: int) -> tuple[Remark, ...]:
        return tuple(self._kept[question, draft])

    def add(self, question: str, draft: int, remark: Remark) -> None:
        self._kept[question, draft].append(remark)
        self._kept[question, draft].sort(key=lambda one: (one.first, one.last))

    def change(self, question: str, draft: int, old: Remark, new: Remark) -> None:
        self.remove(question, draft, old)
        self.add(question, draft, new)

    def remove(self, question: str, draft: int, remark: Remark) -> None:
        self._kept[question, draft].remove(remark)

    def forget(self, question: str, draft: int) -> None:
        """They were sent."""
        self._kept.pop((question, draft), None)

    def put_back(self, question: str, draft: int, remarks: tuple[Remark, ...]) -> None:
        """They were not sent after all."""
        for remark in remarks:
            self.add(question, draft, remark)


def message(draft: int, remarks: tuple[Remark, ...], program: str) -> Comments:
    """What is sent for these comments: each with its number and the beginning of the lines that it is about."""
    lines = program.split("\n")
    comments = tuple(
        LineComment(
            id=f"c{number}",
            first=remark.first,
            last=remark.last,
            text=remark.text,
            quote="\n".join(lines[remark.first - 1 : remark.last])[:QUOTED],
            severity=remark.severity,
        )
        for number, remark in enumerate(remarks, start=1)
    )
    return Comments(draft=draft, comments=comments)
