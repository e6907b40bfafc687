"""From names, types, comments, neighbours and samples to a class with its evidence, table by table.

    verdicts = classify_table("PATIENT", [CatalogColumn(name="PAT_SNAME", type="VARCHAR"), ...])
    verdicts[0].column_class, verdicts[0].evidence     # "direct_identifier", ("its name says “last name” …",)

Rules and what they cite are data (`rules`). What no rule knows is unknown, and unknown is told nothing and
given nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from sandbox.checks.facts import Derivation, Given
from sandbox.sources.catalog import CatalogColumn

from .domains import event_domain
from .model import ColumnClass, Fact, Told
from .rules import ColumnFacts, ColumnRule, Rules, TableKind, kind_of, load_rules
from .samples import Sampled, shape_evidence
from .words import words_of

COMMENT_WEIGHT = 0.88  # a comment may be about something beside the column
LEAST = 0.5

DEFAULTS: dict[ColumnClass, tuple[Told, Given]] = {
    "patient_key": ("name", "token"),
    "event_key": ("name", "token"),
    "direct_identifier": ("nothing", "nothing"),
    "date": ("name", "full"),
    "geography": ("nothing", "nothing"),
    "free_text": ("nothing", "nothing"),
    "staff": ("nothing", "nothing"),
    "secret": ("nothing", "nothing"),
    "specially_protected": ("nothing", "nothing"),
    "key": ("name", "full"),
    "plain": ("values", "full"),
    "unknown": ("nothing", "nothing"),
}


class Verdict(Fact, frozen=True):
    """What is proposed for one column, and why, in words that quote no value."""

    column_class: ColumnClass = "unknown"
    told: Told = "nothing"
    given: Given = "nothing"
    derivation: Derivation = "none"
    domain: str = ""
    rule: str = ""
    confidence: float = 0.0
    evidence: tuple[str, ...] = ("no rule knows it",)


def classify_table(
    table: str, columns: Sequence[CatalogColumn], samples: Mapping[str, Sampled] | None = None
) -> tuple[Verdict, ...]:
    """One verdict per column. Neighbours decide what the table is about, and that decides the columns."""
    rules = load_rules()
    kind = kind_of(table)
    first = [_classify(rules, table, column, kind, None) for column in columns]
    settled = settle_kind(kind, columns, first)
    return tuple(_classify(rules, table, column, settled, (samples or {}).get(column.name)) for column in columns)


def settle_kind(kind: TableKind, columns: Sequence[CatalogColumn], verdicts: Sequence[Verdict]) -> TableKind:
    """The table's kind, corrected by what its columns are."""
    classes = [verdict.column_class for verdict in verdicts]
    has_patient = "patient_key" in classes
    has_person = _has(verdicts, "birth date") and _has(verdicts, "name of a person", "part of a person's name, alone")
    if kind in ("reference", "facility") and (has_patient or has_person):
        return "patient" if has_person and not has_patient else "clinical"
    if kind == "other" and has_person:
        return "patient"
    is_list = any(column.name.lower().rstrip("s").endswith(_LIST_WORDS) for column in columns)
    has_events = any(verdict.confidence > 0.9 for verdict in verdicts if verdict.column_class == "event_key")
    if kind in ("clinical", "other") and is_list and len(columns) <= 12 and not (has_patient or has_events):
        return "clinical" if "date" in classes or "direct_identifier" in classes else "reference"
    return kind


_LIST_WORDS = ("description", "desc", "name", "nm", "title", "label", "meaning", "display")


def _has(verdicts: Sequence[Verdict], *rules: str) -> bool:
    return any(f"(rule: {rule})" in reason for verdict in verdicts for reason in verdict.evidence for rule in rules)


def _classify(rules: Rules, table: str, column: CatalogColumn, kind: TableKind, sample: Sampled | None) -> Verdict:
    facts = ColumnFacts(table=table, name=column.name, type=column.type, comment=column.comment, kind=kind)
    by_name = _by_name(rules, facts)
    by_comment = _by_comment(rules, facts)
    verdict = by_comment if by_comment and _outranks(by_comment, by_name) else by_name
    return shape_evidence(rules, facts, verdict, sample) if sample else verdict


def _outranks(by_comment: Verdict, by_name: Verdict) -> bool:
    """A comment settles what the name leaves open, and stands against a plain name when it says identifier."""
    if by_comment.confidence <= by_name.confidence:
        return False
    return by_name.confidence < 0.75 or by_comment.column_class in (
        "direct_identifier",
        "secret",
        "specially_protected",
    )


def _by_name(rules: Rules, facts: ColumnFacts) -> Verdict:
    if not words_of(facts.name):  # a file without its header line has values where names should be
        return Verdict(evidence=("its name has no word in it",))
    for rule in rules.column:  # strongest first
        phrase = rule.applies(facts)
        if phrase:
            return verdict_of(rule, facts, rule.text.weight, _name_reason(rule, facts, phrase))
    return Verdict()


def _name_reason(rule: ColumnRule, facts: ColumnFacts, phrase: str) -> str:
    where = f" in a table of kind “{facts.kind}”" if rule.text.about else ""
    if phrase == "*":
        return f"its type is {facts.type.lower()}{where} (rule: {rule.text.name})"
    return f"its name says “{phrase}”{where} (rule: {rule.text.name})"


def _by_comment(rules: Rules, facts: ColumnFacts) -> Verdict | None:
    if not facts.comment:
        return None
    for rule in rules.column:
        phrase = rule.applies_to_comment(facts)
        if phrase:
            reason = f"its comment says “{phrase}” (rule: {rule.text.name})"
            return verdict_of(rule, facts, rule.text.weight * COMMENT_WEIGHT, reason)
    return None


def verdict_of(rule: ColumnRule, facts: ColumnFacts, confidence: float, reason: str) -> Verdict:
    """What a rule that applies proposes."""
    told, given = DEFAULTS[rule.text.column_class]
    domain = rule.text.domain or (
        event_domain(facts.table, facts.name) if rule.text.column_class == "event_key" else ""
    )
    verdict = Verdict(
        column_class=rule.text.column_class,
        told=rule.text.told or told,
        given=rule.text.given or given,
        derivation=rule.text.derivation,
        domain=domain,
        rule=rule.text.cites,
        confidence=round(confidence, 3),
        evidence=(reason,),
    )
    return verdict if confidence >= LEAST else msgspec.structs.replace(Verdict(), evidence=(reason,))
