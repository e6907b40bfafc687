"""The program on the screen: which view of it, what was seen of it, which lines were chosen. No Qt in here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, Protocol

from desktop.review.remarks import Remark
from desktop.review.seen_lines import Missing, SeenLines
from desktop.review.sheet import Sheet, changes, folded, plain, side_by_side
from desktop.review.wording import SEVERITY, TONES, unique
from sandbox.reviewing.orders.facts import DiffRow, Flag
from sandbox.reviewing.orders.review import DraftShown
from sandbox.visible import visible

Mode = Literal["changes", "sides", "program"]
NOTHING = -1


class RowMark(NamedTuple):
    """A mark in the gutter of a row, with its words."""

    row: int
    tone: str
    text: str


class ProgramView(Protocol):
    """Shows sheets: one, or the old beside the new (in this order)."""

    def show_mode(self, mode: Mode, has_other: bool, is_folded: bool) -> None: ...

    def show_sheets(self, sheets: tuple[Sheet, ...], marks: tuple[RowMark, ...], top: int) -> None:
        """The marks belong to the last sheet, of which row `top` is to be at the top."""

    def show_marks(self, marks: tuple[RowMark, ...]) -> None: ...

    def go_to_row(self, row: int) -> None:
        """Show that row of the last sheet and put the cursor there."""


class ProgramPresenter:
    """One draft at a time; remembers for each program which of its lines were on the screen: by its text, since what
    bears the number of a draft may have been put there later."""

    def __init__(self, view: ProgramView) -> None:
        self._view = view
        self._mode: Mode = "changes"
        self._folded = False
        self._top = 1
        self._rows: tuple[DiffRow, ...] = ()
        self._other = 0
        self._program, self._old = "", ""
        self._draft = ("", 0)
        self._flags: tuple[Flag, ...] = ()
        self._remarks: tuple[Remark, ...] = ()
        self._sheets: tuple[Sheet, ...] = ()
        self._seen = SeenLines(())
        self._seen_of: dict[str, frozenset[int]] = {}
        self._sights: dict[tuple[str, tuple[DiffRow, ...]], SeenLines] = {}

    def show(self, shown: DraftShown, other: int) -> None:
        """Show a draft beside draft `other` (0: there is none; `NOTHING`: by itself)."""
        evidence = shown.evidence
        if (shown.question, evidence.number) != self._draft:
            self._top = 1
        self._draft, self._other = (shown.question, evidence.number), other
        self._program, self._flags = evidence.program, unique(evidence.flags)
        self._rows = evidence.diff if other > 0 else _by_itself(evidence.program)
        self._old = "\n".join(row.text for row in self._rows if row.old_line)
        self._seen = self._sights.setdefault((self._program, self._rows), SeenLines(self._rows))
        self._seen.carry(self._seen_of.get(self._program, frozenset()))
        self._seen.carry_unchanged(self._seen_in_other(shown))
        self._show()

    def set_mode(self, mode: Mode) -> None:
        if mode != self._mode:
            self._mode = mode
            self._show()

    def set_folded(self, is_folded: bool) -> None:
        """Only what changed, or the whole program with its changes."""
        if is_folded != self._folded:
            self._folded = is_folded
            self._show()

    def show_remarks(self, remarks: tuple[Remark, ...]) -> None:
        self._remarks = remarks
        self._view.show_marks(self._marks())

    def on_screen(self, sheet: Sheet, first: int, last: int, letters: int) -> None:
        """These rows of a sheet can be read now, each as far as so many letters. An older sheet is not heard."""
        if any(sheet is one for one in self._sheets):
            self._seen.look(sheet, first, last, letters)
            self._seen_of[self._program] = self._seen.lines
            if sheet is self._sheets[-1] and (lines := sheet.lines_of(first, last)):
                self._top = lines[0]

    def go_to(self, line: int) -> None:
        """Show a line of the program; unfold where it is folded away."""
        if not self._sheets or line < 1:
            return
        sheet = self._sheets[-1]
        if sheet.rows[sheet.row_of(line) - 1].new_line != line and self._folded:
            self.set_folded(False)
            sheet = self._sheets[-1]
        self._view.go_to_row(sheet.row_of(line))

    def go_to_missing(self, missing: Missing) -> None:
        """Show what was not seen yet; what was taken out is in the changes."""
        if missing.removed and self._shown_mode == "program":
            self.set_mode("changes")
        self.go_to(missing.first)

    def go_to_change(self, row: int, step: int) -> None:
        """The next or the previous change, seen from a row."""
        found = self._sheets[-1].changes if self._sheets else ()
        after = [one for one in found if (one > row if step > 0 else one < row)]
        if after:
            self._view.go_to_row(after[0] if step > 0 else after[-1])

    def lines_of(self, first: int, last: int) -> tuple[int, int] | None:
        """The lines of the draft among chosen rows; None where these are only of the other version."""
        return self._sheets[-1].lines_of(first, last) if self._sheets else None

    def line_text(self, first: int, last: int) -> str:
        """The lines of the program, for reading."""
        return "\n".join(visible(line) for line in self._program.split("\n")[first - 1 : last])

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What of this draft was not on the screen yet."""
        return self._seen.missing

    @property
    def changed_lines(self) -> int:
        return sum(row.kind != "same" for row in self._rows)

    @property
    def _shown_mode(self) -> Mode:
        return self._mode if self._other > 0 else "program"

    def _show(self) -> None:
        self._view.show_mode(self._shown_mode, self._other > 0, self._folded)
        self._sheets = self._made()
        top = self._sheets[-1].row_of(self._top) if self._top > 1 else 1
        self._view.show_sheets(self._sheets, self._marks(), top)

    def _made(self) -> tuple[Sheet, ...]:
        if self._shown_mode == "sides":
            return side_by_side(self._rows)
        if self._shown_mode == "program":
            return (plain(self._program),)
        return (folded(self._rows) if self._folded else changes(self._rows),)

    def _marks(self) -> tuple[RowMark, ...]:
        if not self._sheets:
            return ()
        rows = {row.new_line: n for n, row in enumerate(self._sheets[-1].rows, start=1) if row.new_line}
        flags = [
            RowMark(rows[flag.line], TONES[flag.severity], f"{SEVERITY[flag.severity]}: {visible(flag.reason)}")
            for flag in self._flags
            if flag.line in rows
        ]
        remarks = [
            RowMark(rows[one.first], "info", f"your comment: {visible(one.text)}")
            for one in self._remarks
            if one.first in rows
        ]
        return tuple(sorted([*flags, *remarks]))

    def _seen_in_other(self, shown: DraftShown) -> Iterable[int]:
        """What was seen of the version compared with: a signed one was seen when it was signed."""
        if self._other == shown.last_signed and self._other > 0:
            return (row.old_line for row in self._rows if row.old_line)
        return self._seen_of.get(self._old, frozenset())


def _by_itself(program: str) -> tuple[DiffRow, ...]:
    return tuple(DiffRow(kind="same", text=text, new_line=n) for n, text in enumerate(program.split("\n"), start=1))
