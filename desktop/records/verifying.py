"""Checking an audit bundle: which one, and whose key is trusted. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from desktop.desk import Latest
from desktop.records.facts import Verdict
from desktop.records.words import verdict
from sandbox.errors import BadInput, PreceptorError
from sandbox.reviewing.orders.records import VerdictShown, VerifyBundle

if TYPE_CHECKING:
    from desktop.desk import Desk

Trust = Literal["own", "key", "nobody"]


class VerifyView(Protocol):
    """The tab as its presenter sees it."""

    def fill_in(self, path: str, trust: Trust) -> None: ...

    def show_verifying(self, sentence: str) -> None:
        """It is being checked; "" when that is over without a verdict."""

    def show_verdict(self, found: Verdict | None) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_problem(self) -> None: ...


class Verifying:
    """One check at a time; the newest counts."""

    def __init__(self, view: VerifyView, desk: Desk) -> None:
        self._view = view
        self._asked = Latest(desk.asks)

    def start(self, path: str, trust: Trust, key: str) -> None:
        """Check the bundle; `key` is a fingerprint or the path of a public key file, for `trust` "key"."""
        self._view.clear_problem()
        self._view.show_verdict(None)
        if not path.strip():
            self._view.show_problem(BadInput("Which bundle?", "Choose the folder that holds VERIFY.txt."))
        elif trust == "key" and not key.strip():
            self._view.show_problem(BadInput("Whose key do you trust?", "Give its fingerprint, or its file."))
        else:
            self._view.show_verifying("Checking every file and every signature …")
            trusted = (key.strip(),) if trust == "key" else ()
            order = VerifyBundle(path=path.strip(), trusted=trusted, own=trust == "own")
            self._asked.ask(order, self._on_verdict, self._on_problem)

    def start_own(self, path: str) -> None:
        """Check a bundle that was made here."""
        self._view.fill_in(path, "own")
        self.start(path, "own", "")

    def _on_verdict(self, found: VerdictShown) -> None:
        self._view.show_verifying("")
        self._view.show_verdict(verdict(found))

    def _on_problem(self, problem: PreceptorError) -> None:
        self._view.show_verifying("")
        self._view.show_problem(problem)
