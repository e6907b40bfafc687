"""From names, types, comments, neighbours and samples to a class with its evidence, table by table.

    verdicts = classify_table("PATIENT", [CatalogColumn(name="PAT_SNAME", type="VARCHAR"), ...])
    verdicts[0].column_class, verdicts[0].evidence     # "direct_identifier", ("its name says “last name” …",)

Rules and what they cite are data (`rules`). What no rule knows is unknown, and unknown is told nothing and
given nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import msgspec

from sandbox.checks.facts import Derivation, Given
from sandbox.sources.catalog import CatalogColumn

from .context import Around, Declared, Tables, Target, survey, with_kinds
from .domains import event_domain
from .kinds import kinds_by_references
from .model import ColumnClass, Fact, Told
from .rules import ColumnFacts, ColumnRule, Rules, TableKind, load_rules
from .samples import Sampled, shape_evidence
from .types import family
from .words import column_words

COMMENT_WEIGHT = 0.88  # a comment may be about something beside the column
LEAST = 0.5
SURE = 0.95  # a name that says more than this does not become what it seems to refer to
REFERRED = 0.93
SURE_OF_PATIENT = 0.9
KEY_ENDS = ("id", "nr", "no", "num", "key", "pk", "fk", "sk", "number", "nummer", "code", "ref", "tel", "zip", "uid")
REFERS: dict[TableKind, ColumnClass] = {
    "patient": "patient_key",
    "staff": "staff",
    "reference": "key",
    "facility": "key",
    "clinical": "event_key",
    "notes": "event_key",
    "coverage": "event_key",
    "geography": "geography",
}
REFERRING = ("event_key", "key", "plain", "unknown")

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


MERE_NUMBER = Verdict(
    column_class="plain",
    told="name",
    given="full",
    confidence=0.55,
    evidence=("it is a number, and another column is the table's patient key",),
)


def classify_table(
    table: str,
    columns: Sequence[CatalogColumn],
    samples: Mapping[str, Sampled] | None = None,
    around: Around | None = None,
) -> tuple[Verdict, ...]:
    """One verdict per column. Neighbours decide what the table is about, and that decides the columns.

    `around` is what the other tables say (`settled`); without it the table is judged alone.
    """
    around = around or settled({table: columns})[table]
    return tuple(_classify(table, column, around, (samples or {}).get(column.name)) for column in columns)


def settled(tables: Tables, declared: Declared | None = None) -> dict[str, Around]:
    """For every table of a source what its surroundings are, its kind corrected by its columns and references."""
    around = survey(tables, declared)
    first = {
        table: [_classify(table, column, around[table], None) for column in columns]
        for table, columns in tables.items()
    }
    kinds = {table: settle_kind(around[table].kind, tables[table], first[table]) for table in tables}
    around = with_kinds(around, kinds)
    around = with_kinds(around, kinds_by_references(around, first))
    keyed = {table for table, found in first.items() if any(map(_is_patient_key, found))}
    return {table: msgspec.structs.replace(one, keyed=table in keyed) for table, one in around.items()}


def _is_patient_key(verdict: Verdict) -> bool:
    return verdict.column_class == "patient_key" and verdict.confidence >= SURE_OF_PATIENT


def settle_kind(kind: TableKind, columns: Sequence[CatalogColumn], verdicts: Sequence[Verdict]) -> TableKind:
    """The table's kind, corrected by what its columns are."""
    classes = [verdict.column_class for verdict in verdicts]
    has_patient = "patient_key" in classes
    named = _has(verdicts, "name of a person", "part of a person's name, alone")
    has_person = named and _has(verdicts, "birth date")
    if kind in ("reference", "facility") and (has_patient or has_person):
        return "patient" if has_person and not has_patient else "clinical"
    if kind in ("other", "identifiers", "contact") and (
        has_person or (kind != "other" and _has(verdicts, "birth date"))
    ):
        return "patient"
    if kind == "system" and has_patient:
        return "clinical"
    is_list = any(column.name.lower().rstrip("s").endswith(_LIST_WORDS) for column in columns)
    has_events = any(verdict.confidence > 0.9 for verdict in verdicts if verdict.column_class == "event_key")
    if kind in ("clinical", "other") and is_list and len(columns) <= 12 and not (has_patient or has_events):
        return "clinical" if "date" in classes or "direct_identifier" in classes else "reference"
    return kind


_LIST_WORDS = ("description", "desc", "name", "nm", "title", "label", "meaning", "display")


def _has(verdicts: Sequence[Verdict], *rules: str) -> bool:
    return any(f"(rule: {rule})" in reason for verdict in verdicts for reason in verdict.evidence for rule in rules)


def _classify(table: str, column: CatalogColumn, around: Around, sample: Sampled | None) -> Verdict:
    rules = load_rules()
    name = around.names.get(column.name, column.name)
    written = "LONGTEXT" if around.text_is_long and column.type.upper() == "TEXT" else column.type
    facts = ColumnFacts(table=table, name=name, type=written, comment=column.comment, kind=around.kind)
    by_name = _by_name(rules, facts)
    by_comment = _by_comment(rules, facts)
    verdict = by_comment if by_comment and _outranks(by_comment, by_name) else by_name
    target = around.refers.get(column.name)
    if target:
        verdict = _referring(facts, verdict, target)
    if verdict.column_class == "unknown" and around.keyed and _is_mere_number(facts):
        verdict = MERE_NUMBER
    return shape_evidence(rules, facts, verdict, sample) if sample else verdict


def _is_mere_number(facts: ColumnFacts) -> bool:
    """A number of no known name, which does not end as keys do."""
    return family(facts.type) == "number" and not facts.name.lower().endswith(KEY_ENDS)


def _referring(facts: ColumnFacts, verdict: Verdict, target: Target) -> Verdict:
    """What refers to a table of patients is a patient key, and so on, unless its name says something stronger."""
    column_class = REFERS.get(target.kind)
    if column_class is None or column_class == verdict.column_class:
        return verdict
    if verdict.column_class not in REFERRING and family(facts.type) != "number":
        return verdict
    if verdict.confidence >= SURE and not target.declared:
        return verdict
    told, given = DEFAULTS[column_class]
    domain = {"patient_key": "patient", "event_key": event_domain(facts.table, facts.name)}.get(column_class, "")
    how = "the database declares" if target.declared else "its name says"
    reason = f"{how} that it refers to a table of kind “{target.kind}”"
    return Verdict(
        column_class=column_class, told=told, given=given, domain=domain, confidence=REFERRED, evidence=(reason,)
    )


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
    words = column_words(facts.name)
    if not words:  # a file without its header line has values where names should be
        return Verdict(evidence=("its name has no word in it",))
    found = _first_rule(facts.name, facts.type, facts.kind)
    if found is None:
        return Verdict()
    rule, phrase = found
    return verdict_of(rule, facts, rule.text.weight, _name_reason(rule, facts, phrase))


@functools.lru_cache(maxsize=65_536)
def _first_rule(name: str, sql_type: str, kind: TableKind | None) -> tuple[ColumnRule, str] | None:
    """The strongest rule for a name: the same in every table of a kind."""
    facts = ColumnFacts(table="", name=name, type=sql_type, kind=kind)
    return load_rules().by_word.first(facts, column_words(name))


def _name_reason(rule: ColumnRule, facts: ColumnFacts, phrase: str) -> str:
    where = f" in a table of kind “{facts.kind}”" if rule.text.about else ""
    if phrase == "*":
        return f"its type is {facts.type.lower()}{where} (rule: {rule.text.name})"
    return f"its name says “{phrase}”{where} (rule: {rule.text.name})"


def _by_comment(rules: Rules, facts: ColumnFacts) -> Verdict | None:
    found = rules.by_word.first_for_comment(facts) if facts.comment else None
    if found is None:
        return None
    rule, phrase = found
    reason = f"its comment says “{phrase}” (rule: {rule.text.name})"
    return verdict_of(rule, facts, rule.text.weight * COMMENT_WEIGHT, reason)


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
