"""The words of the screen *Runs*: what a run's end means, what may be done next. No Qt in here."""

from __future__ import annotations

from desktop.runs.facts import Action, Ended, Offer, Progress, ReadyItem, RunItem, Tone, attrition, clock
from desktop.runs.live import Going, Over
from desktop.words import day, plural, seconds, size, when
from sandbox.reviewing.orders.review import ApprovalRow
from sandbox.reviewing.orders.runs import RunList, RunRow
from sandbox.visible import visible

# Outcome: the word in the list, its icon, its tone.
OUTCOMES: dict[str, tuple[str, str, Tone]] = {
    "finished": ("Finished", "check", "good"),
    "failed": ("Failed", "bad", "bad"),
    "limit": ("Over a limit", "warn", "warn"),
    "cancelled": ("Stopped by you", "stop", "info"),
    "cut off": ("Cut off", "bad", "bad"),
    "refused": ("Not run", "info", "info"),
    "broken": ("Broken off", "bad", "bad"),
}
GETTING_READY = "Getting ready: the program enters its closed room first. Nothing is read yet."
_PHASES = {
    "getting ready": GETTING_READY,
    "checking": "Checking the approval, the program and every query once more. Nothing is read yet.",
    "running": "The program runs on your data, here on this computer.",
    "stopping": "Stopping the run …",
}
_NEXT = {
    "limit": "Narrow what the program reads (fewer rows, columns or months), or raise the limit in Settings. "
    "The draft, or a new one, can then be run again.",
    "cancelled": "It had begun, so it counts as a run that is used up. Nothing of its results was kept.",
    "cut off": "It was reserved but left no record: Preceptor, or the computer, ended before it did. "
    "It counts as a run that is used up.",
}


def ready_item(row: ApprovalRow) -> ReadyItem:
    return ReadyItem(
        id=row.id, title=title_of(row.title, row.draft), purpose=visible(row.purpose), left=left(row), until=until(row)
    )


def run_item(row: RunRow) -> RunItem:
    word, icon, tone = OUTCOMES[row.outcome]
    return RunItem(row.id, word, icon, tone, title_of(row.title, row.draft), when(row.ended_at or row.started_at))


def left(row: ApprovalRow) -> str:
    return f"{plural(max(0, row.runs - row.used), 'run')} left"


def until(row: ApprovalRow) -> str:
    return f"until {day(row.expires_at)}"


def title_of(title: str, draft: int) -> str:
    """The program's own title, which is a program's text and so made plain."""
    return visible(title.strip().removesuffix(".")) or f"Draft {draft}"


def offer(row: ApprovalRow, limits: RunList, refused: str) -> Offer:
    """What would run, in full, before it does."""
    parameters = [(f"Parameter {visible(name)}", visible(value_words(value))) for name, value in row.parameters.items()]
    lines = [
        ("Purpose", visible(row.purpose)),
        ("May read", ", ".join(visible(table) for table in row.tables) or "nothing"),
        *parameters,
        ("Approved as", "a first look: for your screen only" if row.kind == "first_look" else "a full approval"),
        ("Signed", f"{when(row.signed_at)} by {visible(row.reviewer)}"),
        ("Left", f"{left(row)}, until {when(row.expires_at)}"),
        ("At most", f"{seconds(limits.seconds)} and {limits.memory_mb:,} MB of memory" if limits.seconds else ""),
    ]
    sentence = (
        "Exactly the program that you signed runs, here on this computer. It reads nothing else and tells nobody."
    )
    kept = tuple((name, text) for name, text in lines if text)
    return Offer(title_of(row.title, row.draft), sentence, kept, refused)


def progress(going: Going, limits: RunList, now: float) -> Progress:
    """A run that goes on, as it is now."""
    passed = max(0.0, now - going.began) if going.began is not None else 0.0
    read = [("Rows read", f"{going.rows:,}"), ("Data read", size(going.bytes))]
    if going.memory_mb:
        most = f" of {limits.memory_mb:,} MB" if limits.memory_mb else ""
        read.append(("Memory", f"{going.memory_mb:,} MB{most}"))
    of = f" of {clock(limits.seconds)}" if limits.seconds else ""
    return Progress(
        title=title_of(going.approval.title, going.approval.draft),
        sentence=_PHASES[going.phase],
        elapsed=f"{clock(passed)}{of}",
        share=min(1.0, passed / limits.seconds) if limits.seconds else 0.0,
        read=tuple(read),
        steps=attrition(going.steps),
        began=going.began is not None,
        may_stop=going.phase != "stopping",
    )


def ended(row: RunRow, may_run_again: bool, report_refused: str) -> Ended:
    """A run of the list that has no results to show."""
    word, icon, tone = OUTCOMES[row.outcome]
    lines = (
        ("Run", visible(row.id)),
        ("Began", when(row.started_at)),
        ("Ended", when(row.ended_at) if row.ended_at else "not known"),
    )
    return Ended(
        title=f"{word}: {title_of(row.title, row.draft)}",
        sentence=visible(row.sentence),
        lines=lines,
        tone=tone,
        icon=icon,
        advice=_advice(row),
        actions=_actions(row, may_run_again),
        report=report_lines(row) if row.exception else (),
        report_refused=report_refused if row.exception else "",
    )


def not_run(over: Over, approval: ApprovalRow) -> Ended:
    """A run that never got into the list: it was refused, or broke before it began."""
    word, icon, tone = OUTCOMES[over.outcome]
    if over.outcome == "refused":
        tone = "warn"
    actions: tuple[tuple[Action, str], ...] = (("review", "Open in review"),) if over.outcome == "refused" else ()
    return Ended(
        title=f"{word}: {title_of(approval.title, approval.draft)}",
        sentence=over.sentence,
        lines=(),
        tone=tone,
        icon=icon,
        advice=over.advice,
        actions=actions,
    )


def report_lines(row: RunRow) -> tuple[tuple[str, str], ...]:
    """Every part of the report that the agent may be told; there are no others."""
    lines = [("Draft", str(row.draft)), ("Exception", visible(row.exception))]
    lines += [("Line", str(row.line))] if row.line else []
    lines += [("Name in the program", visible(row.name))] if row.name else []
    return tuple(lines)


def _advice(row: RunRow) -> str:
    if row.outcome == "finished":
        return "" if row.has_results else "Its results are not kept any more. Its record is, and it can be run again."
    return _NEXT.get(row.outcome, "")


def _actions(row: RunRow, may_run_again: bool) -> tuple[tuple[Action, str], ...]:
    found: list[tuple[Action, str]] = []
    if row.has_results:
        found.append(("results", "Show the results"))
    if row.outcome in ("failed", "limit"):
        found.append(("review", f"Open in review at line {row.line}" if row.line else "Open in review"))
    if row.outcome == "limit":
        found.append(("settings", "Change the limits"))
    if may_run_again:
        found.append(("run", "Run again"))
    found.append(("records", "Show its record"))
    return tuple(found)


def value_words(value: object) -> str:
    """A parameter's value for a person: a list without brackets and quotes."""
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
