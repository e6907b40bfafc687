"""The first chapters: first start, a patient's name that is not sent, a question, a comment, a second draft."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop.tour.eyes import reads
from desktop.tour.trip import Trip

NAME = "Demo Reviewer"
COMPOSER = "Your question or answer"


def first_start(trip: Trip) -> None:
    """From nothing to a made-up hospital with a signed dictionary."""
    trip.see("The agent can talk but cannot see.")
    trip.picture("first-start-welcome")
    trip.hand.push("Open the made-up hospital")
    trip.see("Who you are")
    trip.hand.fill("Your name", NAME)
    trip.hand.fill("Passphrase", "too short")
    trip.picture("first-start-who-you-are")
    trip.hand.fill("Passphrase", trip.passphrase)
    trip.hand.fill("Passphrase once more", trip.passphrase)
    trip.hand.push("Make my key")
    trip.see("Making the hospital")
    trip.picture("first-start-a-made-up-hospital")
    trip.until(lambda: reads("Choose tables on the Data screen"), "the tables that are suggested")
    trip.hand.fill("Passphrase", trip.passphrase)
    trip.picture("first-start-what-an-agent-may-know")
    trip.hand.push("Sign")
    trip.arrived("questions")
    known = sum(source.signed for source in trip.window.standing.sources)
    trip.prove(f"A key, a hospital and {known} signed tables, by keys alone.")


def name_a_patient(trip: Trip, name: str, number: str) -> None:
    """What looks like a patient is marked while it is typed, and not sent."""
    trip.hand.press("Ctrl+N")
    trip.hand.fill(COMPOSER, f"Why was {name} (MRN {number}) readmitted?")
    trip.see("would not be sent")
    trip.picture("question-a-patient-is-marked")
    trip.hand.press("Ctrl+Return")
    trip.see("Withheld")
    trip.picture("question-withheld")
    trip.prove(
        "A question with a patient's name and number was marked while it was typed, and withheld when it was sent."
    )


def ask(trip: Trip) -> None:
    """A proper question, to the first draft that is handed in."""
    trip.hand.press("Ctrl+N")
    trip.hand.fill(COMPOSER, trip.script.question)
    trip.hand.press("Ctrl+Return")
    trip.see("Draft 1")
    trip.picture("question-the-agent-works")
    trip.see("Submitted draft 2")
    trip.until(lambda: not trip.window.shell.status.busy, "the agent waits")
    trip.picture("question-a-draft-is-handed-in")
    trip.hand.press("Ctrl+Shift+S")
    trip.see("they are as they were written")
    trip.picture("question-what-was-sent")
    trip.hand.press("Ctrl+Shift+S")
    trip.prove("The agent handed in a draft; every request that left can be read to the byte.")


def comment(trip: Trip) -> None:
    """A comment on one line leads to a new draft."""
    trip.hand.push("Review draft 2")
    trip.see("What it may read")
    trip.picture("review-changes")
    _go_to_line(trip, trip.script.comment_on)
    trip.hand.press("C")
    trip.until(QApplication.activeModalWidget, "the dialog for a comment")
    trip.hand.fill("Comment", trip.script.comment)
    trip.picture("review-a-comment")
    trip.hand.press("Ctrl+Return")
    trip.dialog_is_over()
    trip.picture("review-comments-to-send")
    trip.hand.press("Ctrl+Return")
    trip.arrived("questions")
    trip.see("Submitted draft 3")
    trip.until(lambda: not trip.window.shell.status.busy, "the agent waits")
    trip.prove("A comment on one line led to draft 3.")


def _go_to_line(trip: Trip, text: str) -> None:
    """With the arrow keys to the line of the program that holds the text."""
    from PySide6.QtWidgets import QPlainTextEdit

    program = trip.hand.go_to("Program")
    assert isinstance(program, QPlainTextEdit)
    trip.hand.press("Ctrl+Home")
    for _ in range(program.blockCount()):
        if text in program.textCursor().block().text():
            return
        trip.hand.press("Down")
