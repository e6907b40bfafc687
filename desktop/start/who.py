"""Who the reviewer is: the printed name, and the passphrase twice. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from desktop.desk import Desk
from desktop.start.steps import Store
from desktop.words import missing, plural
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.starting import SetUp, Standing
from sandbox.visible import visible

Tone = Literal["info", "good", "warn"]


class Hint(NamedTuple):
    """What is said beside one field."""

    text: str
    tone: Tone = "info"


class Hints(NamedTuple):
    name: Hint
    passphrase: Hint
    repeat: Hint

    missing: str = ""

    @property
    def complete(self) -> bool:
        return not self.missing


class Who(NamedTuple):
    """`name` is set when an interrupted set-up chose it already; `interrupted` asks for the same passphrase."""

    name: str
    interrupted: bool
    may_go_back: bool


class WhoView(Protocol):
    def show_who(self, who: Who) -> None: ...

    def show_hints(self, hints: Hints) -> None: ...

    def set_busy(self, sentence: str) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_secrets(self) -> None: ...


class WhoPresenter:
    """`done` hears that the workspace is made."""

    def __init__(self, view: WhoView, desk: Desk, done: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._done = done
        self._store: Store = "os"
        self._busy = False

    def enter(self, store: Store) -> None:
        standing = self._desk.standing
        self._store = store
        self._view.show_who(Who(standing.reviewer, standing.exists, not standing.exists))
        self.typed(standing.reviewer, "", "")

    def typed(self, name: str, passphrase: str, repeat: str) -> None:
        self._view.show_hints(hints(self._desk.standing, name, passphrase, repeat))

    def set_up(self, name: str, passphrase: str, repeat: str) -> None:
        """Make the workspace, if the fields are complete; a second press meanwhile does nothing."""
        found = hints(self._desk.standing, name, passphrase, repeat)
        self._view.show_hints(found)
        if self._busy or not found.complete:
            return
        self._set_busy("Making your signing key, and this computer's…")
        order = SetUp(name=name.strip(), passphrase=passphrase, store=self._store)
        self._desk.asks.ask(order, self._made, self._failed)

    def _made(self, standing: Standing) -> None:
        self._set_busy("")
        self._view.clear_secrets()
        self._done()

    def _failed(self, problem: PreceptorError) -> None:
        self._set_busy("")
        self._view.show_problem(problem)

    def _set_busy(self, sentence: str) -> None:
        self._busy = bool(sentence)
        self._view.set_busy(sentence)
        self._desk.busy("start", sentence)


def hints(standing: Standing, name: str, passphrase: str, repeat: str) -> Hints:
    """What is still missing, in words; `standing` brings the rule on the length."""
    least = standing.shortest_passphrase
    found = _name_hint(name), _passphrase_hint(passphrase, repeat, least), _repeat_hint(passphrase, repeat, least)
    needed = "your name", f"a passphrase of at least {least} characters", "the same passphrase once more"
    return Hints(*found, missing(*(words for words, hint in zip(needed, found, strict=True) if hint.tone != "good")))


def _name_hint(name: str) -> Hint:
    if visible(name) != name:
        return Hint("It holds a character that can't be seen. Type it instead of pasting it.", "warn")
    return Hint("Printed on everything you sign.", "good" if name.strip() else "info")


def _passphrase_hint(passphrase: str, repeat: str, least: int) -> Hint:
    short = least - len(passphrase)
    if not passphrase and repeat:
        return Hint("It is still empty: type it here first, then once more below.", "warn")
    if not passphrase:
        return Hint(f"At least {least} characters. Four unrelated words make a good one.")
    if short > 0:
        return Hint(f"{plural(short, 'more character')} needed.", "warn")
    return Hint("Long enough.", "good")


def _repeat_hint(passphrase: str, repeat: str, least: int) -> Hint:
    if not repeat:
        return Hint("Once more, so that a slip of the finger does not lock you out.")
    if repeat == passphrase:
        return Hint("The same.", "good" if len(passphrase) >= least else "info")
    if passphrase.startswith(repeat):
        return Hint("The same so far.")
    return Hint("Not the same as above.", "warn")
