"""All of the evidence as the screen shows it, in the order in which a reviewer decides. No Qt in here."""

from __future__ import annotations

from typing import NamedTuple

from desktop.review.exhibits import (
    CodeRow,
    FlagRow,
    PairRow,
    ReadBlock,
    claim_rows,
    code_rows,
    flag_rows,
    parameter_rows,
    read_blocks,
)
from desktop.review.trials import PatientRow, TrialShown, patient_rows, trials_shown
from desktop.review.wording import AUTHORS, newly_read
from desktop.words import plural
from sandbox.reviewing.orders.review import DraftShown
from sandbox.visible import visible


class Exhibits(NamedTuple):
    """The sections; `against` names the version compared with, `dropped` says what is no longer read,
    `left_out` who is out of every run."""

    reads: tuple[ReadBlock, ...]
    reads_words: str
    dropped: str
    flags: tuple[FlagRow, ...]
    codes: tuple[CodeRow, ...]
    trials: tuple[TrialShown, ...]
    patients: tuple[PatientRow, ...]
    parameters: tuple[PairRow, ...]
    claims: tuple[PairRow, ...]
    author: str
    against: str
    left_out: str = ""


def exhibits(shown: DraftShown) -> Exhibits:
    evidence = shown.evidence
    dropped = ", ".join(visible(column) for column in evidence.dropped_columns)
    return Exhibits(
        reads=read_blocks(shown.reads),
        reads_words=_reads_words(shown),
        dropped=f"No longer read: {dropped}." if dropped and evidence.against else "",
        flags=flag_rows(evidence.flags, shown.why),
        codes=code_rows(evidence.codes, evidence.code_sets),
        trials=trials_shown(evidence),
        patients=patient_rows(shown.patients, evidence.trials),
        parameters=parameter_rows(evidence.parameters),
        claims=claim_rows(evidence.claims),
        author=AUTHORS.get(evidence.author, evidence.author),
        against=visible(evidence.against),
        left_out="\n".join(visible(line) for line in evidence.left_out),
    )


def _reads_words(shown: DraftShown) -> str:
    columns = sum(len(read.columns) for read in shown.reads)
    new = newly_read(shown)
    return f"{plural(new, 'column')} new" if new else plural(columns, "column")
