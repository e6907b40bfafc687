"""When things go wrong: a second desk on the same workspace, and closing while something goes on."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop.tour.beginning import COMPOSER
from desktop.tour.trip import Trip
from desktop.window import Window


def second_desk(trip: Trip) -> None:
    """A second window on the same workspace is refused, and says what to do."""
    second = Window(trip.window.root)
    second.resize(trip.window.size())
    second.show()
    second.open_workspace()
    trip.see("This workspace is not open")
    trip.picture("opening-refused", of=second)
    second.close_at_once()
    trip.keep(second)
    trip.back_in_front()
    trip.prove("A second window on the same workspace was refused; the first one went on.")


def close_while_busy(trip: Trip) -> None:
    """Closing asks first while the agent works, and nothing is closed without the word."""
    trip.screen("questions")
    trip.hand.press("Ctrl+N")
    trip.hand.fill(COMPOSER, trip.script.question)
    trip.hand.press("Ctrl+Return")
    trip.until(lambda: _agent_works(trip), "the agent works")
    trip.hand.press("Ctrl+Q")
    trip.until(QApplication.activeModalWidget, "the window asks")
    trip.picture("closing-while-the-agent-works")
    trip.hand.press("Esc")
    trip.dialog_is_over()
    trip.hand.press("Ctrl+.")
    trip.until(lambda: not _agent_works(trip), "the agent stops")
    trip.picture("question-stopped")
    trip.prove("The window did not close while the agent worked; stopping it kept the conversation.")


def _agent_works(trip: Trip) -> bool:
    """Not merely that something goes on: a look at the doctor may, and would be over before the keys arrive."""
    return any(what.startswith("drafting ") for what in trip.window.shell.status.busy)
