"""A signed record in lines for a person: what stands in it, in words, each beside its name."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.checks.grant import grant_text
from sandbox.records import Approval, RunRecord
from sandbox.review.offering import NAMES
from sandbox.reviewing.cells import one_line
from sandbox.reviewing.orders.review import ApprovalRow

Lines = tuple[tuple[str, str], ...]
AUTHORS = {"agent": "the agent", "reviewer": "the reviewer"}
PROCESSES = {
    "program": "the program",
    "checks": "the process that checked its queries",
    "door": "the process that read the source",
    "self test": "last trial of every way out",
}
OUTCOMES = {
    "finished": "finished",
    "failed": "failed",
    "limit": "stopped at a limit",
    "cancelled": "cancelled by the reviewer",
}


def approval_lines(approval: Approval, row: ApprovalRow) -> Lines:
    """An approval; `row` is what is left of it now."""
    return _made(
        ("Approval", approval.id),
        ("Kind", NAMES[approval.kind]),
        ("Purpose", approval.purpose),
        ("Meaning of the signature", approval.meaning),
        ("Signed by", approval.reviewer),
        ("Signed at", approval.signed_at),
        ("Valid until", approval.expires_at),
        ("Now", row.sentence or "It may run."),
        ("Runs", f"{row.used} of {approval.runs} used"),
        ("Reviewed by", "the one who asked (self-reviewed)" if approval.self_reviewed else "somebody else"),
        ("Question", approval.question),
        ("Draft", f"{approval.draft}, written by {AUTHORS[approval.author]}"),
        ("Title", row.title),
        *_each("May read", grant_text(approval.grant)),
        *_each("Parameter", (f"{name} = {_json(value)}" for name, value in approval.parameters.items())),
        *_each("Noted when it was signed", (_flag(flag.line, flag.reason) for flag in approval.flags)),
        *_each("Library", (f"{name} {version}" for name, version in approval.libraries.items())),
        ("Fingerprint of the program", approval.program_sha256),
        ("Fingerprint of the made-up patients", approval.patients_sha256),
        ("Fingerprint of what was sent", approval.sent_head or "nothing was sent"),
        *_each("Fingerprint of the signed table", (f"{name} {sha}" for name, sha in approval.dictionary.items())),
        ("Fingerprint of the reviewer's key", approval.fingerprint),
    )


def run_lines(record: RunRecord) -> Lines:
    """A run record. It holds no count and no value of any result: those are encrypted."""
    return _made(
        ("Run", record.id),
        ("Approval", record.approval_id),
        ("Outcome", OUTCOMES[record.outcome]),
        ("What happened", record.sentence),
        ("Began at", record.started_at),
        ("Ended at", record.ended_at),
        ("Failed with", record.exception),
        ("In line", str(record.line) if record.line else ""),
        ("At the name", record.name),
        *_each("Parameter", (f"{name} = {_json(value)}" for name, value in record.parameters.items())),
        *_each("Step", record.steps),
        *_each("Result", (f"{label}, salted fingerprint {sha}" for label, sha in record.results.items())),
        ("Queries that ran", str(len(record.queries))),
        *_each("Fingerprint of a query", (query.narrowed_sha256 for query in record.queries)),
        *_each("Isolation", _layers(record.jail)),
        *_each("Library", (f"{name} {version}" for name, version in record.libraries.items())),
        ("Fingerprint of the program", record.program_sha256),
        ("Fingerprint of the approval", record.approval),
        ("Fingerprint of the exclusions it obeyed", record.exclusions or "nobody was left out"),
        ("Fingerprint of the encrypted results", record.results_sha256),
        ("The audit log before it", record.log_head),
    )


def _made(*lines: tuple[str, str]) -> Lines:
    """Lines that say something, each visible as it is."""
    return tuple((label, one_line(text)) for label, text in lines if text)


def _each(label: str, texts: Any) -> list[tuple[str, str]]:
    return [(label, text.strip()) for text in texts]


def _layers(jail: dict[str, Any]) -> list[str]:
    """What held around a run, process by process, as the record has it."""
    return [f"{PROCESSES.get(process, process)}: {_listed(layers)}" for process, layers in jail.items()]


def _listed(layers: object) -> str:
    if not isinstance(layers, dict):
        return _json(layers)
    parts = {name.replace("_", " "): one if isinstance(one, str) else _json(one) for name, one in layers.items()}
    return "; ".join(f"{name} {one}" for name, one in parts.items())


def _flag(line: int, reason: str) -> str:
    return f"line {line}: {reason}" if line else reason


def _json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()
