"""Every way in which Preceptor says no, or says that something broke.

A `Refusal` is a decision: the words are for the reviewer and `advice` is the next step. A `Fault` is
trouble around us (a full disk, a dead process). Anything else that is raised is a bug and is logged by
class, file and line only, because the text of an exception can quote a row.
"""

from __future__ import annotations

import errno
import os


class PreceptorError(Exception):
    """One clear sentence, and in `advice` what to do next. Never holds a value from a row."""

    advice = ""

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        if advice:
            self.advice = advice

    @property
    def sentence(self) -> str:
        return str(self.args[0])


class Refusal(PreceptorError):
    """Preceptor decided not to do it."""


class Fault(PreceptorError):
    """It could not be done because something around us broke."""


class BadInput(Refusal):
    """What was given can't be read as what it should be."""

    advice = "Correct the input and try again."


class WorkspaceRefused(Refusal):
    """The folder is no workspace, is newer than this version, or can't be written."""

    advice = 'Choose another folder with --workspace, or make one: `preceptor setup --name "Your Name"`.'


class StoreUnavailable(Refusal):
    """The operating system's keyring is absent, locked or denied us."""

    advice = "Unlock your keyring (or install one, such as gnome-keyring), then try again."


class CredentialMissing(Refusal):
    """The keyring holds no login or key of that name."""

    advice = "Store it again (`preceptor source add … --login`, or `preceptor setup --model-key-fd N`), then try again."


class WrongPassphrase(Refusal):
    """The passphrase does not open the reviewer's key."""

    advice = "Type it again; nothing was changed."


class SourceUnavailable(Refusal):
    """The database or folder can't be opened or read."""

    advice = "Check that it is there, not locked by another program, and that its login is right."


class RecordRefused(Refusal):
    """A signed record is not what it says it is, or not signed by whom it must be."""

    advice = "Do not rely on it. Ask whoever gave it to you for the original."


class ApprovalRefused(Refusal):
    """An approval does not allow this run."""

    advice = "Review the draft again and sign a new approval."


class PolicyRefused(Refusal):
    """The program uses something that the language policy does not allow."""

    advice = "Change the line as the flag says, then check it again."


class QueryRefused(Refusal):
    """The query is outside what the query check can vouch for, or outside the grant."""

    advice = "Change the query, or ask for a grant that covers it."


class GateRefused(Refusal):
    """Something about the request may not leave. Nothing was sent."""

    advice = "Change what the reason names, then send it again."


class PatientRecognised(GateRefused):
    """The text holds what looks like, or is known to be, a patient. Nothing was sent."""

    advice = "Describe a population instead of a person, or leave out the marked words."


class JailRefused(Refusal):
    """Isolation can't be established, so nothing is run."""

    advice = "Run `preceptor doctor` to see which layer is missing and how to get it."


class ModelUnavailable(Fault):
    """The model's server can't be reached, refused us, or answered nonsense."""

    advice = "Check the model settings and the network, then try again; nothing you wrote is lost."


class ExportRefused(Refusal):
    """Results may not leave the desk in this form, or for this audience."""

    advice = "Export an aggregate with a count in every row, or change what the reason names."


class LimitReached(Refusal):
    """A program, a query or a result went over a limit; `limit` is its name in `messages.failures.LIMITS`, if any."""

    advice = "Narrow the question or raise the limit in the settings."

    def __init__(self, sentence: str, advice: str = "", *, limit: str = "") -> None:
        super().__init__(sentence, advice)
        self.limit = limit


class ProcessDied(Fault):
    """A child process ended before it had answered."""

    advice = "Try again; what was acknowledged before is kept."


class StorageFault(Fault):
    """Writing failed (disk full, no permission). What was there before is untouched."""

    advice = "Free some space or choose another folder, then try again."


def as_told(problem: OSError) -> PreceptorError:
    """The operating system's no, in our words. Names no path: whoever gave one knows it."""
    code = errno.errorcode.get(problem.errno or 0, type(problem).__name__)
    if problem.errno in (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EINVAL):
        return BadInput(f"A path that was given can't be used ({code}).", "Give another path.")
    reason = {
        errno.ENOSPC: "the disk is full",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "you have no permission there",
        errno.EPERM: "you have no permission there",
    }.get(problem.errno or 0, f"the operating system said {code}")
    return Fault(f"Something could not be read or written because {reason}.", "Nothing that was acknowledged is lost.")


def where(bug: BaseException) -> str:
    """Class, file and line of an unexpected error, as deep as it is in our own code; its text could quote a row."""
    trace, place = bug.__traceback__, "unknown place"
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if {"sandbox", "resources", "desktop"} & set(path.split(os.sep)):
            place = f"{os.path.basename(path)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(bug).__name__} in {place}"
