"""`preceptor review`: a draft with the evidence that no model wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox.cli.options import Desk, common

if TYPE_CHECKING:
    from sandbox.review.evidence import Evidence

TONES: dict[str, dict[str, Any]] = {
    "": {},
    "title": {"bold": True},
    "added": {"fg": "green"},
    "removed": {"fg": "red"},
    "refuse": {"fg": "red", "bold": True},
    "warn": {"fg": "yellow"},
    "note": {},
}


@click.command(short_help="See a draft: what changed, what it may read, what was noticed.")
@click.argument("question")
@click.option("--draft", type=int, help="Which draft (default: the newest).")
@click.option("--against", type=int, help="Compare with this draft (default: last signed, else the one before).")
@click.option("--whole", is_flag=True, help="The whole program with changes marked, not only what changed.")
@click.option(
    "--rows", multiple=True, metavar='"TABLE: WORDS: CONDITION"', help="Try it as if signed for these rows only."
)
@click.option("--again", is_flag=True, help="Check and try it afresh.")
@click.option(
    "--bring", type=click.Path(path_type=Path), help="Bring an edited or existing program as a new draft of yours."
)
@common
def command(
    desk: Desk,
    question: str,
    draft: int | None,
    against: int | None,
    whole: bool,
    rows: tuple[str, ...],
    again: bool,
    bring: Path | None,
) -> None:
    """Show the newest draft of QUESTION."""
    from sandbox.cli.sign import wanted_rows
    from sandbox.review.looking import look_at
    from sandbox.review.questions import latest_draft, read_question

    workspace = desk.workspace()
    read_question(workspace, question)
    if bring is not None:
        draft = _bring(desk, question, bring)
    number = draft or latest_draft(workspace, question)
    with desk.working():
        wanted, keystore = wanted_rows(rows, ()), desk.keystore(workspace)
        evidence = look_at(workspace, keystore, question, number, against=against, again=again, rows=wanted)
    show_evidence(desk, evidence, whole=whole)
    sign = f'Next: `preceptor sign {question} --purpose "…"`'
    comment = f'`preceptor ask --question {question} --comment "{number}:LINE TEXT"`'
    verdict = f"{sign}, or {comment}." if evidence.may_be_signed else f"It can't be signed as it is. Next: {comment}."
    desk.result(evidence, f"\n{verdict}")


def show_evidence(desk: Desk, evidence: Evidence, *, whole: bool = False) -> None:
    """The evidence in the order in which a reviewer decides, in colour where the terminal has it."""
    from sandbox.review.text import review_lines

    for line in review_lines(evidence, whole=whole):
        desk.say(line.text, wrap=line.wrap, **TONES[line.tone])


def _bring(desk: Desk, question: str, path: Path) -> int:
    """A program of the reviewer's own becomes the next draft; the same checks apply."""
    from sandbox.review.own_draft import read_program, write_own_draft

    return write_own_draft(desk.workspace(), question, read_program(path)).number
