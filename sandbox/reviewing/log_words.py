"""Each entry of the audit log as one plain sentence. It names questions, drafts, tables and files, never a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.records import Entry
from sandbox.reviewing.cells import one_line

_LONGEST = 300


def sentence_of(entry: Entry) -> str:
    """The entry in words; an event that this version does not know is named as it stands there."""
    template = TEMPLATES.get(entry.event)
    if template is None:
        return one_line(entry.event)[:_LONGEST]
    details = _Details({name: one_line(str(value)) for name, value in entry.details.items()})
    words = template(entry.details) if callable(template) else template
    return words.format_map(details)[:_LONGEST]


class _Details(dict[str, str]):
    """What an entry of an older version does not have is told as such."""

    def __missing__(self, name: str) -> str:
        return "(not noted)"


def _withheld(details: dict[str, Any]) -> str:
    if details.get("reason") != "patient":
        return "A request of question {question} was refused: {reason}"
    author = "the reviewer wrote" if details.get("author") == "reviewer" else "the agent's side wrote"
    kinds = details.get("kinds")
    found = ", ".join(one_line(str(kind)) for kind in kinds) if isinstance(kinds, list) else ""
    about = f" ({found})".replace("{", "").replace("}", "") if found else ""
    return f"Question {{question}}: what {author} looked like a patient's{about}, so it was not sent."


def _written(details: dict[str, Any]) -> str:
    author = "the reviewer" if details.get("author") == "reviewer" else "the agent"
    return f"Draft {{draft}} of question {{question}} was written by {author}."


def _signed(details: dict[str, Any]) -> str:
    kind = {"first_look": "a first look", "full": "a full approval"}.get(str(details.get("kind")), "an approval")
    return f"Draft {{draft}} of question {{question}} was signed: {kind}, {{approval}}."


def _ended(details: dict[str, Any]) -> str:
    how = {
        "finished": "finished",
        "failed": "failed",
        "limit": "was stopped at a limit",
        "cancelled": "was cancelled",
    }.get(str(details.get("outcome")), "ended")
    return f"Run {{run}} of approval {{approval}} {how}."


# By event: the sentence, with the names of details in braces, or a function of the details that chooses one.
TEMPLATES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "workspace.created": "The workspace was made for {reviewer}.",
    "source.added": "The source {source} was connected.",
    "source.removed": "The source {source} was disconnected.",
    "source.looked": "The source {source} was looked at: {tables} tables, {columns} columns.",
    "packs.chosen": "The packs that describe {source} were chosen.",
    "codeset.kept": "Version {version} of the code set {code_set} was kept, with {codes} codes.",
    "codeset.removed": "Version {version} of the code set {code_set} was removed.",
    "names.changed": "A name in {source} was changed: the agent knows {table} by its new names.",
    "table.signed": "The table {table} was signed into the dictionary, with {columns} columns.",
    "table.renamed": "The table {table} was signed as {to}, and is signed under its former name no more.",
    "known.indexed": "{values} values of patients in {source} are recognised from now on.",
    "known.forgotten": "The values of patients in {source} are no longer recognised.",
    "question.asked": "Question {question} was opened with {tables} signed tables.",
    "request.sent": "Request {request} of question {question} was sent, {bytes} bytes.",
    "request.withheld": _withheld,
    "draft.written": _written,
    "draft.submitted": "The agent handed in draft {draft} of question {question} for review.",
    "approval.signed": _signed,
    "approval.revoked": "Approval {approval} was revoked.",
    "exclusions.signed": "Who is left out of every run was signed anew: {exclusions} exclusions from now on.",
    "exclusions.compared": "Who is left out of every run was compared with {source}.",
    "run.reserved": "Run {run} of approval {approval} began.",
    "run.ended": _ended,
    "results.opened": "The results of run {run} were opened.",
    "results.expired": "The results of run {run} were deleted after the time that was set; its record stays.",
    "export.made": "{file} left the desk, made from run {run}, for: {audience}.",
    "failure.reported": "The agent was told that run {run} of approval {approval} failed, without values.",
    "bundle.made": "An audit bundle of approval {approval} was made.",
    "selftest.passed": "Every way out of the isolation was tried and found closed.",
}
