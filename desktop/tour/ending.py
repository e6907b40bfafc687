"""The last chapters: review, signature, run, refusals, export, bundle, and the screens beside the way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QAbstractItemView, QApplication

from desktop.tour.eyes import reads
from desktop.tour.trip import Trip


def review(trip: Trip) -> None:
    """The newest draft with its evidence, in each of its three shapes."""
    trip.screen("questions")
    trip.hand.push("Review draft 3")
    trip.see("Sign draft 3")
    trip.picture("review-draft-3")
    for shape in ("Side by side", "Program"):
        trip.hand.choose("How the program is shown", shape)
        trip.picture(f"review-{shape.lower().replace(' ', '-')}")
    trip.hand.choose("How the program is shown", "Changes")
    trip.hand.push("Open the chosen made-up patient")
    trip.until(QApplication.activeModalWidget, "a made-up patient")
    trip.picture("review-a-made-up-patient")
    trip.hand.press("Esc")
    trip.dialog_is_over()
    trip.hand.push("Add one of mine")
    trip.until(QApplication.activeModalWidget, "a made-up patient of one's own")
    trip.picture("review-a-made-up-patient-of-mine")
    trip.hand.press("Esc")
    trip.dialog_is_over()
    trip.prove("Draft 3 was read as changes, side by side and whole, with evidence that no model wrote.")


def sign(trip: Trip) -> None:
    """The signature: the whole program was on the screen, and the passphrase is right."""
    trip.hand.go_to("Program")
    trip.hand.press("Ctrl+Home")
    trip.hand.press("PgDown", 12)
    trip.hand.push("Sign")
    trip.until(QApplication.activeModalWidget, "the dialog to sign")
    trip.hand.fill("Purpose", trip.script.purpose)
    trip.hand.fill("Passphrase", "not this one, surely")
    trip.hand.press("Return")
    trip.see("does not open")
    trip.picture("review-sign-with-a-wrong-passphrase")
    trip.hand.fill("Passphrase", trip.passphrase)
    trip.picture("review-sign")
    trip.hand.press("Return")
    trip.dialog_is_over()
    trip.see("Run it")
    trip.picture("review-signed")
    trip.prove("A wrong passphrase signed nothing; the right one signed these exact bytes, for one run.")


def refuse(trip: Trip) -> None:
    """One line more in the signed program, and it does not run."""
    drafts = sorted((trip.window.root / "questions").glob("*/draft-3/program.py"))
    signed = drafts[-1].read_bytes()
    drafts[-1].write_bytes(signed + b"# one more line\n")
    trip.hand.push("Run it")
    trip.arrived("runs")
    trip.picture("runs-ready")
    trip.hand.push("Run this program")
    trip.see("edited after")
    trip.picture("runs-refused")
    drafts[-1].write_bytes(signed)
    trip.prove("With one line added after signing, the program was refused.")


def run(trip: Trip) -> None:
    """The run, its results, a table exported."""
    trip.screen("questions")
    trip.screen("runs")
    _to_first_row(trip, "Ready to run")
    trip.hand.push("Run this program")
    trip.until(lambda: reads("Stop the run"), "the run begins")
    trip.picture("runs-running")
    trip.see("Whole table")
    trip.see("2022-01")  # the table's first rows have come
    trip.picture("runs-results")
    trip.prove("The signed program ran; its results are on this screen and encrypted on the disk.")


def export(trip: Trip, folder: Path) -> None:
    """A table leaves the desk, signed for."""
    trip.hand.push("Export the table")
    trip.until(QApplication.activeModalWidget, "the dialog to export")
    trip.hand.fill("File", str(folder / "by-month.csv"))
    trip.hand.fill("Recipient", "Quality board")
    trip.hand.fill("Authority", "QI-2026-04")
    trip.hand.fill("Passphrase", trip.passphrase)
    trip.picture("runs-export")
    trip.hand.press("Return")
    trip.dialog_is_over()
    trip.until((folder / "by-month.csv").exists, "the exported file")
    trip.picture("runs-exported")
    trip.prove("A table was exported, small numbers hidden, with a signed record.")


def bundle(trip: Trip, folder: Path) -> None:
    """An audit bundle is made and verified; one changed byte of it is found."""
    trip.screen("records")
    _to_first_row(trip, "Approvals")
    trip.see("Bundle…")
    trip.picture("records-approvals")
    trip.hand.push("Bundle")
    trip.until(QApplication.activeModalWidget, "the dialog for a bundle")
    trip.hand.fill("New folder", str(folder / "bundle"))
    trip.picture("records-bundle")
    trip.hand.press("Return")
    trip.dialog_is_over()
    trip.hand.push("Verify it")
    trip.see("checks")
    trip.picture("records-verified")
    program = folder / "bundle" / "program.py"
    whole = program.read_bytes()
    program.write_bytes(whole.replace(b"=", b"!", 1))
    trip.hand.push("Verify")
    trip.see("Not intact")
    trip.picture("records-a-changed-byte")
    program.write_bytes(whole)
    for name in ("Runs", "Audit log"):
        trip.hand.choose("Records", name)
        trip.picture(f"records-{name.lower().replace(' ', '-')}")
    trip.prove("The bundle holds; one changed byte in it was found and its file named.")


def around(trip: Trip) -> None:
    """The other screens, the list of keys, the lock."""
    trip.screen("data")
    trip.see("The agent is told")
    trip.picture("data")
    trip.screen("settings")
    trip.see("Fingerprint")
    trip.picture("settings")
    trip.screen("doctor")
    trip.hand.push("Try every way out")
    trip.see("Isolation holds")
    trip.picture("doctor")
    trip.hand.press("F1")
    trip.until(QApplication.activeModalWidget, "the list of keys")
    trip.picture("keys")
    trip.hand.press("Esc")
    trip.dialog_is_over()
    trip.hand.press("Ctrl+L")
    trip.see("Locked")
    trip.picture("locked")
    trip.hand.write(trip.passphrase)
    trip.hand.press("Return")
    trip.until(lambda: not reads("Locked"), "the desk opens again")
    trip.prove("Every screen was reached by keys; the locked desk opened with the passphrase alone.")


def _to_first_row(trip: Trip, name: str) -> None:
    """Tab to a list, wait until it has rows, choose the first."""
    rows = trip.hand.go_to(name)
    assert isinstance(rows, QAbstractItemView)
    trip.until(lambda: rows.model().rowCount() > 0, f"a row in {name!r}")
    trip.hand.press("Home")
