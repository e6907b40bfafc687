"""What the page for the privacy office is made of: the signed tables of a workspace, each verified."""

from __future__ import annotations

from sandbox.dictionary.page import Page, SignedEntry
from sandbox.records import Trust, read_signed_table, sha256
from sandbox.records._envelope import Envelope
from sandbox.review.using_packs import chosen_packs
from sandbox.workspace import Workspace, now


def page_of(workspace: Workspace, trust: Trust) -> Page:
    """Everything that is told and given now, or `RecordRefused` naming the table whose signature does not hold."""
    entries, packs = [], {}
    for source in workspace.source_names():
        for path in sorted((workspace.source_folder(source) / "signed").glob("*.json")):
            envelope, record = read_signed_table(workspace, trust, source, path)
            keyid = Envelope.read(envelope).keyid
            entries.append(SignedEntry(table=record.table, sha256=sha256(envelope), fingerprint=keyid))
        chosen = chosen_packs(workspace, source)
        if chosen:
            packs[source] = tuple(one.title for one in chosen)
    settings = workspace.settings
    return Page(
        title=settings.purpose or f"The workspace of {settings.reviewer}",
        made_at=now()[:16].replace("T", " ") + " UTC",
        reviewer=settings.reviewer,
        minimum=settings.minimum_count,
        tables=tuple(entries),
        packs=packs,
        never_told=len(settings.never_told),
    )
