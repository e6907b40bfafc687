"""Comments on lines: collected beside the program, sent together, put back when they were not sent. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from desktop.questions.drafting import is_last
from desktop.review.program_presenter import ProgramPresenter
from desktop.review.remarks import Remark, Remarks, message
from desktop.words import plural
from sandbox.errors import BadInput, PreceptorError
from sandbox.messages.desk import Sent
from sandbox.reviewing.orders.review import DraftShown

if TYPE_CHECKING:
    from desktop.desk import Desk, Failed


_DEMO = "The model in this demo is a recording. Whatever you write, it answers this comment:"


class RemarksView(Protocol):
    """The bar with the comments."""

    def show_remarks(self, remarks: tuple[Remark, ...], send_text: str) -> None: ...


class RemarkDialogs(Protocol):
    def write_remark(self, title: str, quote: str, remark: Remark, note: str) -> None:
        """Open the dialog in which one is written; `keep_remark` or `put_aside` is called with what was.

        `note` is what has to be known before.
        """


class RemarksPresenter:
    """The comments on the draft that is shown; they stay until they were sent, whatever screen is shown."""

    def __init__(
        self, view: RemarksView, dialogs: RemarkDialogs, program: ProgramPresenter, desk: Desk, failed: Failed
    ) -> None:
        self._view = view
        self._dialogs = dialogs
        self._program = program
        self._desk = desk
        self._failed = failed
        self._kept = Remarks()
        self._aside: dict[tuple[str, int, int, int], Remark] = {}
        self._at = ("", 0)
        self._text = ""
        self._old: Remark | None = None
        self._on_the_way: tuple[str, int, tuple[Remark, ...]] | None = None

    @property
    def is_sending(self) -> bool:
        """Comments were handed over and nothing has left yet."""
        return self._on_the_way is not None

    def show(self, shown: DraftShown) -> None:
        self._at = (shown.question, shown.evidence.number)
        self._text = shown.evidence.program
        self._show()

    def begin(self, first_row: int, last_row: int) -> None:
        """Write a comment on the lines in these rows."""
        lines = self._program.lines_of(first_row, last_row)
        if lines is None:
            number = self._at[1]
            self._failed(BadInput(f"These lines are not in draft {number}.", f"Choose lines that draft {number} has."))
            return
        new = Remark(lines[0], lines[1], "")
        self._open(self._aside.get(self._place(new), new), None)

    def edit(self, remark: Remark) -> None:
        self._open(remark, remark)

    def keep_remark(self, remark: Remark) -> bool:
        """Keep what was written; False when there is nothing in it."""
        if not remark.text.strip():
            return False
        kept = remark._replace(text=remark.text.strip())
        if self._old is None:
            self._kept.add(*self._at, kept)
        else:
            self._kept.change(*self._at, self._old, kept)
        self._old = None
        self._aside.pop(self._place(kept), None)
        self._show()
        return True

    def put_aside(self, remark: Remark) -> None:
        """The dialog was left: the words of a new comment are there when one on these lines is written again."""
        if self._old is None and remark.text.strip():
            self._aside[self._place(remark)] = remark
            self._desk.tell(f"Your comment is put aside. It is there when you comment on {remark.place} again.")

    def remove(self, remark: Remark) -> None:
        self._kept.remove(*self._at, remark)
        self._show()

    def send(self) -> None:
        """Send every comment on this draft as a request for a new one, and go to where the answer comes."""
        question, draft = self._at
        remarks = self._kept.of(question, draft)
        if not remarks:
            return
        try:
            self._desk.drafting.send(question, message(draft, remarks, self._text))
        except PreceptorError as problem:
            self._failed(problem)
            return
        self._on_the_way = (question, draft, remarks)
        self._kept.forget(question, draft)
        self._show()
        self._desk.tell(f"{plural(len(remarks), 'comment')} on draft {draft} handed to the agent.")
        self._desk.go("questions", question=question)

    def heard(self, message: Any) -> None:
        """What the question's session says: once a request left, the comments were sent."""
        if self._on_the_way is None:
            return
        if is_last(message):
            question, draft, remarks = self._on_the_way
            self._on_the_way = None
            self._kept.put_back(question, draft, remarks)
            self._show()
        elif isinstance(message, Sent):
            self._on_the_way = None

    def _open(self, remark: Remark, old: Remark | None) -> None:
        self._old = old
        quote = self._program.line_text(remark.first, remark.last)
        demo = self._desk.standing.demo
        note = f"{_DEMO} “{demo.comment}”" if demo is not None and demo.comment else ""
        self._dialogs.write_remark(f"Comment on {remark.place}", quote, remark, note)

    def _place(self, remark: Remark) -> tuple[str, int, int, int]:
        return (*self._at, remark.first, remark.last)

    def _show(self) -> None:
        remarks = self._kept.of(*self._at)
        self._program.show_remarks(remarks)
        self._view.show_remarks(remarks, f"Send {plural(len(remarks), 'comment')}")
