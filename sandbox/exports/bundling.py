"""An audit bundle leaves the desk: looked through by the checker first, which knows the sources' patients.

export_bundle(workspace, keystore, "a-1", Path("for-the-board"))
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.drafting.inspection import Checker
from sandbox.errors import BadInput
from sandbox.keystore import Keystore
from sandbox.records import Trust, make_bundle, read_approval
from sandbox.start import door_command
from sandbox.workspace import Workspace

# Signatures and envelopes are base64; what is inside them is in the bundle in plain as well and is looked through.
OURS = "encoded block"


def export_bundle(workspace: Workspace, keystore: Keystore, approval: str, to: Path) -> Path:
    """Make the bundle of an approval, or `PatientRecognised` naming the file and the kind of what was found."""
    try:
        envelope = workspace.approval(approval).read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(f"There is no approval named {approval!r}.", "See `preceptor sign --list`.") from problem
    signed = read_approval(envelope, Trust.open(workspace, keystore))
    with checker(workspace, signed.question) as inspect:
        return make_bundle(
            workspace, keystore, approval, to, inspect=lambda text: _kinds(inspect, without(text, signed.reviewer))
        )


@contextmanager
def checker(workspace: Workspace, question: str) -> Iterator[Checker]:
    """A checker of its own, ended with the block."""
    process = Checker.start(door_command("checker", str(workspace.root), question))
    try:
        process.wait_ready()
        yield process
    finally:
        process.stop()


def without(text: str, reviewer: str) -> str:
    """The text with the signer's own printed name taken out: it is in every bundle by intent, and is no patient's."""
    spellings = {reviewer, json.dumps(reviewer)[1:-1], json.dumps(reviewer, ensure_ascii=False)[1:-1]}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "the reviewer")
    return text


def _kinds(process: Checker, text: str) -> list[str]:
    return [hit.kind for hit in process.inspect(text) if hit.kind != OURS]
