"""What the screen *Records* does: which tab is shown, and that it is read when it is turned to. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from desktop.desk import Latest, Place
from desktop.records.facts import LogPage
from desktop.records.signed import Signed, SignedView
from desktop.records.verifying import Verifying, VerifyView
from desktop.records.words import log_page
from sandbox.reviewing.orders.records import LogShown, ReadLog

if TYPE_CHECKING:
    from desktop.desk import Desk

Tab = Literal["approvals", "runs", "log", "verify"]
ENTRIES = 200


class RecordsView(SignedView, VerifyView, Protocol):
    """The whole screen as its presenters see it."""

    def show_tab(self, tab: Tab) -> None: ...

    def show_log(self, page: LogPage) -> None: ...


class RecordsPresenter:
    """Hands each tab to its own presenter: `signed` has approvals and runs, `verifying` the bundles."""

    def __init__(self, view: RecordsView, desk: Desk) -> None:
        self._view = view
        self._log = Latest(desk.asks)
        self._tab: Tab = "approvals"
        self.signed = Signed(view, desk)
        self.verifying = Verifying(view, desk)

    def arrive(self, place: Place) -> None:
        """`place` may name a tab, an approval, a run, or the path of a bundle to verify."""
        self._view.clear_problem()
        self._tab = _tab_of(place, self._tab)
        self._view.show_tab(self._tab)
        if place.get("path"):
            self.verifying.start_own(place["path"])
        else:
            self._read(place.get("approval", ""), place.get("run", ""))

    def leave(self) -> None:
        """What is shown are records, not results: it stays."""

    def lock(self) -> None:
        """Nothing of results is shown here; a form comes back with what was typed, without the passphrase."""

    def standing_changed(self) -> None:
        """The lists are read when the screen is arrived at, and after each change made here."""

    def turn_to(self, tab: Tab) -> None:
        """The reviewer turned to a tab."""
        self._tab = tab
        self._view.clear_problem()
        self._view.show_tab(tab)
        self._read()

    def read_log(self, last: int = ENTRIES) -> None:
        self._log.ask(ReadLog(last=last), self._on_log, self._view.show_problem)

    def verify_made(self, path: str) -> None:
        """Verify the bundle that was just made."""
        self._tab = "verify"
        self._view.show_tab("verify")
        self.verifying.start_own(path)

    def _read(self, approval: str = "", run: str = "") -> None:
        if self._tab in ("approvals", "runs"):
            self.signed.read(approval, run)
        elif self._tab == "log":
            self.read_log()

    def _on_log(self, found: LogShown) -> None:
        self._view.show_log(log_page(found))


def _tab_of(place: Place, now: Tab) -> Tab:
    if place.get("path"):
        return "verify"
    if place.get("run"):
        return "runs"
    if place.get("approval"):
        return "approvals"
    named = place.get("tab", now)
    return named if named in ("approvals", "runs", "log", "verify") else now  # type: ignore[return-value]
