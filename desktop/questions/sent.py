"""What was sent for a question: every request, its exact bytes, and whether the chain is whole. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from desktop.desk import Latest
from desktop.questions.plain import in_lines, plain
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.questions import ListSent, ReadSent, SentList, SentRequest, SentRow

if TYPE_CHECKING:
    from desktop.desk import Desk

READABLE, EXACT, HEADERS = "readable", "exact", "headers"
WIDTH = 88
COLOURED = 400_000  # letters; a longer body is shown without colours
EXACT_SAYS = (
    f"The exact body, broken after every {WIDTH} letters to fit the screen. Nothing else is changed, "
    "except that letters which can't be seen are written as their codes."
)
HEADERS_SAYS = "The headers that left with it. Secrets are kept as fingerprints only."
READABLE_SAYS = (
    "The same body with line breaks; texts of several lines are written out, each line behind a bar. What is new in "
    "this request begins at the marked line."
)


class SentView(Protocol):
    """Where it is shown."""

    def show_requests(self, rows: tuple[SentRow, ...], sentence: str, *, whole: bool) -> None:
        """The newest first."""

    def choose(self, n: int) -> None:
        """Select request `n`; the view says `chosen` for it, as for a choice of the reviewer's."""

    def show_body(self, says: str, text: str, language: str, new_from: int) -> None: ...
    def show_trouble(self, problem: PreceptorError) -> None: ...


class SentPresenter:
    """Reads only while it is looked at."""

    def __init__(self, view: SentView, desk: Desk) -> None:
        self._view = view
        self._listing = Latest(desk.asks)
        self._reading = Latest(desk.asks)
        self.question = ""
        self._mode = READABLE
        self._shown: SentRequest | None = None

    def open(self, question: str) -> None:
        """The requests of that question; the newest is shown."""
        if question != self.question:
            self._clear()
        self.question = question
        if question:
            self._listing.ask(ListSent(question=question), self._on_listed, self._view.show_trouble)

    def chosen(self, row: SentRow) -> None:
        if self._shown is None or row != self._shown.row:
            order = ReadSent(question=self.question, n=row.n)
            self._reading.ask(order, self._on_request, self._view.show_trouble)

    def mode(self, mode: str) -> None:
        """`READABLE`, `EXACT` or `HEADERS`."""
        self._mode = mode
        self._show()

    def _on_listed(self, sent: SentList) -> None:
        self._view.show_requests(sent.rows[::-1], sent.sentence, whole=sent.whole)
        if self._shown is None and sent.rows:
            self._view.choose(sent.rows[-1].n)

    def _on_request(self, request: SentRequest) -> None:
        self._shown = request
        self._show()

    def _show(self) -> None:
        request = self._shown
        if request is None:
            return
        language = "json" if len(request.readable) <= COLOURED else "text"
        if self._mode == HEADERS:
            headers = (f"{name}: {value}" for name, value in request.headers)
            row = request.row
            lines = (f"{row.method} {row.url}", *headers, "", f"SHA-256 of the body: {row.sha256}")
            self._view.show_body(HEADERS_SAYS, plain("\n".join(lines)), "text", 0)
        elif self._mode == EXACT:
            self._view.show_body(EXACT_SAYS, in_lines(request.body, WIDTH), "text", 0)
        else:
            self._view.show_body(READABLE_SAYS, plain(request.readable), language, request.new_from)

    def _clear(self) -> None:
        self._shown = None
        self._reading.drop()
        self._view.show_requests((), "", whole=True)
        self._view.show_body("", "", "text", 0)
