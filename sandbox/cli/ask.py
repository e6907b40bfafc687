"""`preceptor ask`: a question, an answer to the agent, or comments on a draft."""

from __future__ import annotations

import contextlib
import re

import click
import msgspec

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput, Fault, PatientRecognised, PreceptorError
from sandbox.keystore import Keystore
from sandbox.messages import desk as lines
from sandbox.workspace import Workspace

COMMENT = re.compile(r"(?P<draft>\d+):(?P<first>\d+)(-(?P<last>\d+))?:?\s+(?P<text>.+)", re.DOTALL)


@click.command(short_help="Ask a question, answer, or comment on a draft.")
@click.argument("text", required=False, default="")
@click.option("--question", metavar="Q", help="Go on with question Q.")
@click.option(
    "--comment", "comments", multiple=True, metavar='"DRAFT:LINE[-LINE] TEXT"', help="Comment on lines; repeatable."
)
@click.option(
    "--failure", type=int, metavar="DRAFT", help="Send the failure report of DRAFT's last run (no values in it)."
)
@click.option("--list", "list_all", is_flag=True, help="List the questions.")
@common
def command(
    desk: Desk, text: str, question: str | None, comments: tuple[str, ...], failure: int | None, list_all: bool
) -> None:
    """Ask a question. The agent knows the signed dictionary, and nothing else of your data."""
    from sandbox.review.questions import open_question, read_question

    workspace = desk.workspace()
    if list_all:
        return _list(desk, workspace)
    if question is None:
        if comments or failure is not None:
            raise BadInput("A comment belongs to a question.", "Name it with --question Q.")
        if not text.strip():
            raise BadInput("The question is empty.", "Write what you want to know, in words.")
        lines.check_length(text)
        question = open_question(workspace, desk.keystore(workspace))
        message: msgspec.Struct = lines.Ask(text=text)
        desk.say(f"Question {question}", bold=True)
    else:
        read_question(workspace, question)
        message = _message(workspace, desk.keystore(workspace), question, text, comments, failure)
    try:
        outcome = converse(desk, workspace, question, message)
    except PatientRecognised:
        raise
    except PreceptorError as problem:
        _keep_unsent(workspace, question, message)
        if isinstance(problem, Fault):
            raise Fault(problem.sentence, _again(workspace, question, problem)) from problem
        raise
    desk.result(
        {"question": question, "outcome": outcome.outcome, "sentence": outcome.sentence}, _next(question, outcome)
    )
    return None


def converse(desk: Desk, workspace: Workspace, question: str, message: msgspec.Struct) -> lines.TurnOver:
    """Send one message and show what happens until the agent waits."""
    from sandbox.review.questions import keep_text
    from sandbox.sessions import Session

    with desk.working(), Session.drafting(workspace, question) as session:
        session.send(message)
        for one in session.until(lines.TurnOver, lines.Withheld):
            show(desk, one)
            if isinstance(one, lines.Sent) and isinstance(message, lines.Ask):
                keep_text(workspace, question, message.text)
    if isinstance(one, lines.Withheld):
        _quote(desk, message, one)
        raise PatientRecognised(one.sentence)
    assert isinstance(one, lines.TurnOver)
    return one


def _keep_unsent(workspace: Workspace, question: str, message: msgspec.Struct) -> None:
    """Keep the words of a question that failed before they were sent, when they name nobody: blocked ones are kept
    nowhere, and neither are those that no checker could look at."""
    from sandbox.review.naming_nobody import Said, check_names_nobody
    from sandbox.review.questions import keep_text

    if isinstance(message, lines.Ask) and message.text.strip():
        with contextlib.suppress(PreceptorError):
            check_names_nobody(workspace, [Said("The question", message.text)])
            keep_text(workspace, question, message.text)


def show(desk: Desk, message: object) -> None:
    """One message of the drafting session, for a terminal."""
    if isinstance(message, lines.Ready) and message.known == 0:
        desk.say(
            "  ! No identifiers are indexed, so patients are recognised by shape alone: `preceptor source known NAME`."
        )
    elif isinstance(message, lines.Streamed):
        desk.stream(message.text)
    elif isinstance(message, lines.Acted):
        desk.say(f"  {'·' if message.ok else '!'} {message.summary}")
    elif isinstance(message, lines.Sent):
        desk.say(f"    sent request {message.number}: {message.bytes:,} bytes, checked and logged")
    elif isinstance(message, lines.DraftWritten):
        found = f"{plural(message.refusals, 'refusal')}, {plural(message.warnings, 'place')} to look at"
        desk.say(f"  · draft {message.draft}: {found}")
    elif isinstance(message, lines.Dropped):
        desk.say(f"  ! {message.reason.rstrip('.')}; asking again in {message.wait:.0f} s")
    elif isinstance(message, lines.AgentAsked):
        options = "".join(f"\n    {number}. {option}" for number, option in enumerate(message.options, 1))
        desk.say(f"  ? {message.question}{options}")


def parse_comment(workspace: Workspace, question: str, text: str, number: int) -> tuple[int, lines.LineComment]:
    """`2:41-44 words` as (draft 2, a comment on lines 41 to 44, with these lines quoted)."""
    match = COMMENT.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"A comment looks like 2:41 TEXT or 2:41-44 TEXT, not {text[:20]!r}.")
    draft, first = int(match["draft"]), int(match["first"])
    last = int(match["last"] or first)
    path = workspace.draft(question, draft) / "program.py"
    if not path.exists():
        raise BadInput(f"Question {question} has no draft {draft}.")
    program = path.read_text("utf-8").splitlines()
    if not 1 <= first <= last <= len(program):
        raise BadInput(f"Draft {draft} has lines 1 to {len(program)}.")
    quote = "\n".join(program[first - 1 : last])[:120]
    return draft, lines.LineComment(id=f"c{number}", first=first, last=last, text=match["text"], quote=quote)


def _quote(desk: Desk, message: msgspec.Struct, withheld: lines.Withheld) -> None:
    """The marked words of what the reviewer wrote: on this screen only, and nowhere kept."""
    from sandbox.drafting.desk_words import text_for_agent

    if not isinstance(message, lines.Ask | lines.Comments | lines.Answer):
        return
    text = text_for_agent(message)
    for start, end, kind in withheld.hits:
        desk.say(f"  ! {text[start:end]!r} ({kind})", fg="yellow")


def _message(
    workspace: Workspace, keystore: Keystore, question: str, text: str, comments: tuple[str, ...], failure: int | None
) -> msgspec.Struct:
    from sandbox.review.questions import read_question
    from sandbox.review.signing import sent_head

    if failure is not None:
        from sandbox.review.failing import failure_report

        return failure_report(workspace, keystore, question, failure)
    if not comments:
        asked = read_question(workspace, question).text
        if not text.strip() and not asked:
            raise BadInput("There is nothing to send.", "Write a message, or comment with --comment.")
        if not text.strip() and not sent_head(workspace, question):
            return lines.Ask(text=asked)  # it failed before anything was sent
        return lines.Ask(text=text)  # without words the agent goes on where it was interrupted
    parsed = [parse_comment(workspace, question, one, number) for number, one in enumerate(comments, 1)]
    drafts = {draft for draft, _ in parsed}
    if len(drafts) > 1:
        raise BadInput("Comment on one draft at a time.")
    return lines.Comments(draft=drafts.pop(), comments=tuple(comment for _, comment in parsed), text=text)


def _list(desk: Desk, workspace: Workspace) -> None:
    from sandbox.records import AuditLog
    from sandbox.review.draft import draft_numbers
    from sandbox.review.questions import question_names, read_question

    questions = [read_question(workspace, name) for name in question_names(workspace)]
    entries = AuditLog(workspace.audit_log).entries() if questions else []
    withheld = {str(one.details.get("question")) for one in entries if one.event == "request.withheld"}
    text = "\n".join(
        f"{one.name}  {plural(len(draft_numbers(workspace, one.name)), 'draft')}  "
        + (one.text[:80] or ("(its text was withheld)" if one.name in withheld else "(nothing of it was sent)"))
        for one in questions
    )
    desk.result(questions, text or "No question yet.", wrap=False)


def _again(workspace: Workspace, question: str, problem: Fault) -> str:
    """What to do after a fault: where the model was looked for, and how to go on."""
    from sandbox.review.questions import read_question

    words = "" if read_question(workspace, question).text else ' "…"'
    place = f"The model's address is {workspace.settings.model_url}." if "model" in problem.sentence else ""
    return " ".join(filter(None, (problem.advice, place, f"Next: `preceptor ask --question {question}{words}`.")))


def _next(question: str, outcome: lines.TurnOver) -> str:
    then = {
        "submitted": f"Next: `preceptor review {question}`.",
        "asked": f'Next: `preceptor ask --question {question} "…"` with your answer.',
    }.get(outcome.outcome, f'Next: `preceptor ask --question {question} "…"`.')
    return "\n".join(part for part in (outcome.sentence, then) if part)
