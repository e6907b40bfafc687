"""Which kinds of approval may be signed for a draft: one rule, for the screen that offers and for the signature itself.

    for offer in offers(flags, grant, approvals.tables_read()):
        offer.kind, offer.refused            # ("first_look", "It reads ehr.enc_adm for the first time. …")

DESIGN section 7: a first look is for aggregates on the reviewer's own screen, with nothing newly opened; whatever
opens a table for the first time takes a full approval.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

from sandbox.checks.facts import Flag, Grant
from sandbox.errors import ApprovalRefused
from sandbox.records import ApprovalKind

SignableKind = Literal["first_look", "full"]
SIGNABLE: tuple[SignableKind, ...] = ("first_look", "full")
NAMES: dict[ApprovalKind, str] = {
    "first_look": "First look",
    "access": "Access",
    "full": "Full approval",
    "identified": "Identified export",
}
MEANINGS: dict[ApprovalKind, str] = {
    "first_look": "I have seen this program and allow it to run once, with aggregates to my screen only.",
    "access": "I allow programs that stay inside this grant to run until it expires, without export.",
    "full": "I have reviewed this program and approve it to run with this grant for this purpose.",
    "identified": "I have reviewed this program and approve a run whose export identifies people, for this reason.",
}


class Offer(NamedTuple):
    """A kind of approval, and why it can't be signed here; nothing refused: it can."""

    kind: SignableKind
    refused: ApprovalRefused | None


def offers(flags: Collection[Flag], grant: Grant, read_before: Collection[str]) -> tuple[Offer, ...]:
    """Each kind that this version signs, for a draft with these flags and this grant."""
    return tuple(Offer(kind, why_not(kind, flags, grant, read_before)) for kind in SIGNABLE)


def why_not(
    kind: ApprovalKind, flags: Collection[Flag], grant: Grant, read_before: Collection[str]
) -> ApprovalRefused | None:
    """Why an approval of `kind` can't be signed; None when it can. `read_before`: tables of earlier approvals.

    1. Nothing in the program is refused.
    2. It reads something.
    3. A first look opens no table for the first time.
    """
    refused = [flag for flag in flags if flag.severity == "refuse"]
    if refused:  # (1)
        where = f"Line {refused[0].line}" if refused[0].line else "The program"
        return ApprovalRefused(f"{where} is refused: {refused[0].reason}", refused[0].instead)
    if not grant.tables:  # (2)
        return ApprovalRefused("The program reads nothing, so there is nothing to approve.", "Run it as plain Python.")
    opened = first_used(grant, read_before)
    if kind == "first_look" and opened:  # (3)
        return ApprovalRefused(
            f"It reads {_listed(opened)} for the first time, which takes a full approval.",
            "Choose a full approval.",
        )
    return None


def first_used(grant: Grant, read_before: Collection[str]) -> tuple[str, ...]:
    """The tables of a grant that no approval before could read."""
    return tuple(sorted(set(grant.tables) - set(read_before)))


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
