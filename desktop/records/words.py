"""The words of the screen *Records*. No Qt in here."""

from __future__ import annotations

from desktop.records.facts import ApprovalItem, Button, CheckItem, Details, LogItem, LogPage, RunLine, Tone, Verdict
from desktop.runs.words import title_of
from desktop.words import day, plural, when
from sandbox.reviewing.orders.records import CheckShown, LogRow, LogShown, RecordText, VerdictShown
from sandbox.reviewing.orders.review import ApprovalRow
from sandbox.reviewing.orders.runs import RunRow
from sandbox.visible import visible, visible_lines

KINDS = {"first_look": "First look", "access": "Access", "full": "Full", "identified": "Identified"}
_OUTCOMES: dict[str, tuple[str, str, Tone]] = {
    "finished": ("Finished", "check", "good"),
    "failed": ("Failed", "bad", "bad"),
    "limit": ("Over a limit", "warn", "warn"),
    "cancelled": ("Stopped", "stop", "muted"),
    "cut off": ("Cut off", "bad", "bad"),
}


def state_of(row: ApprovalRow, now: str) -> tuple[str, str, Tone]:
    """Word, icon and tone. What may run is the engine's word; `now` only names which reason it is."""
    if not row.signed_at:
        return "Not reliable", "bad", "bad"
    if row.revoked:
        return "Revoked", "remove", "bad"
    if row.may_run:
        return "May run", "check", "good"
    if row.used >= row.runs:
        return "Used up", "info", "muted"
    if row.expires_at <= now:
        return "Expired", "info", "muted"
    return "Void", "warn", "warn"


def approval_item(row: ApprovalRow, now: str) -> ApprovalItem:
    state, icon, tone = state_of(row, now)
    return ApprovalItem(
        id=row.id,
        state=state,
        icon=icon,
        tone=tone,
        title=title_of(row.title, row.draft),
        question=visible(row.question),
        draft=str(row.draft),
        kind=KINDS.get(row.kind, row.kind),
        purpose=visible(row.purpose),
        signed=day(row.signed_at),
        until=day(row.expires_at),
        runs=f"{row.used} of {row.runs}",
    )


def run_line(row: RunRow) -> RunLine:
    outcome, icon, tone = _OUTCOMES[row.outcome]
    title = title_of(row.title, row.draft)
    return RunLine(row.id, outcome, icon, tone, title, when(row.started_at), visible(row.approval))


def approval_details(row: ApprovalRow, text: RecordText, now: str) -> Details:
    state, _, _ = state_of(row, now)
    why_not = "" if row.may_run else row.sentence or f"It is {state.lower()}."
    buttons = (
        Button("run", "Run", "play", why_not),
        Button("review", "Open the draft", "review"),
        Button("bundle", "Bundle…", "export"),
        Button("revoke", "Revoke…", "remove", "It is revoked already." if row.revoked else "", danger=True),
    )
    return _details(
        text, f"{state}. {row.sentence}" if row.sentence else f"{state}.", title_of(row.title, row.draft), buttons
    )


def run_details(row: RunRow, text: RecordText) -> Details:
    no_results = "" if row.has_results else "Only a run that finished leaves results, for as long as you keep them."
    buttons = (
        Button("results", "Show its results", "table", no_results),
        Button("approval", "Show its approval", "sign"),
    )
    return _details(text, row.sentence, title_of(row.title, row.draft), buttons)


def log_page(found: LogShown) -> LogPage:
    """The newest entries first, under the word on whether the log is whole."""
    advice = "" if found.whole else "Do not rely on it. Compare it with a head or a bundle that someone else holds."
    shown = len(found.rows)
    counted = plural(found.size, "entry", "entries")
    return LogPage(
        sentence=visible(found.sentence),
        advice=advice,
        tone="good" if found.whole else "bad",
        icon="verify" if found.whole else "bad",
        shown=f"All {counted}, newest first" if shown >= found.size else f"The newest {shown:,} of {counted}",
        root=found.root,
        rows=tuple(_log_item(row) for row in found.rows),
        more=max(0, found.size - shown),
    )


def verdict(found: VerdictShown) -> Verdict:
    """Failing checks first; the headline can be read from across the room."""
    headline, icon, tone, explanation = _headline(found)
    sentence = "" if found.ok else visible(found.sentence)
    held = sum(check.ok for check in found.checks)
    return Verdict(
        headline=headline,
        icon=icon,
        tone=tone,
        sentence=sentence,
        explanation=explanation,
        fingerprint=found.fingerprint,
        held=f"{held} of {plural(len(found.checks), 'check')} held",
        checks=tuple(_check(one) for one in sorted(found.checks, key=lambda one: one.ok)),
    )


def _headline(found: VerdictShown) -> tuple[str, str, Tone, str]:
    if found.ok and found.trusted:
        return visible(found.sentence).removesuffix("."), "verify", "good", ""
    if found.ok:
        return "Intact, signer unknown", "info", "info", _UNKNOWN
    if all(check.ok or check.name == "signer" for check in found.checks):
        return "Intact, but signed with another key", "bad", "bad", _OTHER_KEY
    return "Not intact", "bad", "bad", _NOT_INTACT


_UNKNOWN = (
    "Every byte is as it was when the bundle was made. Whose key signed it is not settled by that: compare the "
    "fingerprint below with the reviewer's, in person or by telephone, then verify again with it."
)
_OTHER_KEY = (
    "Nothing in the bundle was changed, but the key that signed it is none of those you trust. "
    "Ask whoever gave it to you whose key it is."
)
_NOT_INTACT = "Do not rely on it. Ask whoever gave it to you for the original. The checks that failed stand first."


def _check(one: CheckShown) -> CheckItem:
    word, icon, tone = ("Held", "check", "good") if one.ok else ("Failed", "bad", "bad")
    return CheckItem(visible(one.name), word, icon, tone, visible(one.sentence))  # type: ignore[arg-type]


def _log_item(row: LogRow) -> LogItem:
    return LogItem(row.n, when(row.time), visible(row.event), visible(row.sentence))


def _details(text: RecordText, sentence: str, title: str, buttons: tuple[Button, ...]) -> Details:
    return Details(
        name=visible(text.name),
        title=title,
        sentence=visible(" ".join(filter(None, (sentence, text.sentence)))),
        lines=tuple((visible(name), visible(value)) for name, value in text.lines),
        program=visible_lines(text.program),
        statement=visible_lines(text.statement),
        buttons=buttons,
    )
