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
from sandbox.sources.catalog import CatalogColumn, bare_type

from .context import Around, Declared, Tables, Target, survey, with_kinds, with_shared_keys
from .domains import event_domain
from .kinds import joining_names, kinds_by_references, says, settle_kind
from .model import ColumnClass, Fact, Told
from .nameless import REASON, is_place, is_readers_name
from .rules import ColumnFacts, ColumnRule, Rules, TableKind, load_rules
from .samples import Sampled, shape_evidence
from .types import family
from .words import column_words

COMMENT_WEIGHT = 0.88  # a comment may be about something beside the column
LEAST = 0.5
SURE = 0.95  # a name that says more than this does not become what it seems to refer to
REFERRED = 0.93
SURE_OF_KEY = 0.84
STUDY = ("study", "identifier")
RECORD = {("record", "identifier"), ("record", "number"), ("case", "identifier"), ("case", "number")}
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


NAMELESS = Verdict(evidence=(REASON,))
MERE_NUMBER = Verdict(
    column_class="plain",
    told="name",
    given="full",
    confidence=0.55,
    evidence=("it is a number, and another column is the table's key",),
)
OF_STUDY = Verdict(
    column_class="key",
    told="name",
    given="full",
    confidence=0.8,
    evidence=("its name says “study identifier”, and another column is the patient key",),
)
OF_RECORD = Verdict(
    column_class="patient_key",
    told="name",
    given="token",
    domain="patient",
    rule="45 CFR 164.514(b)(2)(i)(R), 164.514(c)",
    confidence=0.8,
    evidence=("its name says “record”, and the table describes persons without another key of theirs",),
)
BARE_NAME = Verdict(
    column_class="direct_identifier",
    rule="45 CFR 164.514(b)(2)(i)(A)",
    confidence=0.9,
    evidence=("its name says “name”, and another column is a part of a person's name",),
)
JOINING = Verdict(
    column_class="patient_key",
    told="name",
    given="token",
    domain="patient",
    rule="45 CFR 164.514(b)(2)(i)(R), 164.514(c)",
    confidence=0.6,
    evidence=("several tables that name nobody otherwise share it",),
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
    around = with_shared_keys(around)
    joins = joining_names(tables, first)
    return {
        table: msgspec.structs.replace(
            one,
            keyed=any(map(_is_key_of_one, first[table])) or not joins.isdisjoint(one.names),
            joins=joins,
            has_subject=(subject := any(map(_is_subject, first[table], tables[table]))),
            of_one=not subject and says(first[table], "name of a person", "birth date", "medical record number"),
            named=says(first[table], "name of a person"),
        )
        for table, one in around.items()
    }


def _is_subject(verdict: Verdict, column: CatalogColumn) -> bool:
    """A patient key that is not the number of a study, which stands for a patient only where nothing else does."""
    return verdict.column_class == "patient_key" and column_words(column.name) != STUDY


def _is_key_of_one(verdict: Verdict) -> bool:
    """A key of a patient, or of something that happened to one."""
    return verdict.column_class in ("patient_key", "event_key") and verdict.confidence >= SURE_OF_KEY


def _classify(table: str, column: CatalogColumn, around: Around, sample: Sampled | None) -> Verdict:
    rules = load_rules()
    name = around.names.get(column.name, column.name)
    written = "LONGTEXT" if around.text_is_long and column.type.upper() == "TEXT" else bare_type(column.type)
    facts = ColumnFacts(table=table, name=name, type=written, comment=column.comment, kind=around.kind)
    by_name = _by_name(rules, facts)
    by_comment = _by_comment(rules, facts)
    verdict = by_comment if by_comment and _outranks(by_comment, by_name) else by_name
    target = around.refers.get(column.name)
    if target:
        verdict = _referring(facts, verdict, target)
    if around.has_subject and verdict.column_class == "patient_key" and column_words(name) == STUDY:
        verdict = OF_STUDY
    if around.named and _is_bare_name(name, facts):
        verdict = BARE_NAME
    if around.of_one and verdict.column_class == "event_key" and column_words(name) in RECORD:
        verdict = OF_RECORD
    if verdict.column_class == "unknown" and column.name in around.joins:
        verdict = JOINING
    if verdict.column_class == "unknown" and around.keyed and _is_mere_number(facts):
        verdict = MERE_NUMBER
    nameless = is_place(column.name, column.type) and not by_comment and not (target and target.declared)
    if nameless:
        verdict = NAMELESS
    seen = shape_evidence(rules, facts, verdict, sample) if sample else verdict
    return verdict if nameless and seen.column_class == "plain" and is_readers_name(column.name) else seen


def _is_bare_name(name: str, facts: ColumnFacts) -> bool:
    """`NOMBRE` beside `APELLIDO`, in a table that is about neither staff nor things."""
    return (
        column_words(name) in (("name",), ("full", "name"))
        and family(facts.type) == "text"
        and facts.kind not in ("staff", "reference", "facility")
    )


def _is_mere_number(facts: ColumnFacts) -> bool:
    """A number of no known name, which does not end as keys do."""
    return family(facts.type) == "number" and not facts.name.lower().endswith(KEY_ENDS)


def _referring(facts: ColumnFacts, verdict: Verdict, target: Target) -> Verdict:
    """What refers to a table of patients is a patient key, and so on, unless its name says something stronger."""
    column_class = REFERS.get(target.kind)
    if column_class == "geography" and facts.kind in ("facility", "reference"):
        column_class = "key"
    if column_class is None or column_class == verdict.column_class:
        return verdict
    misnamed = verdict.column_class == "staff" and target.kind == "patient"  # `usuario` of a table of users of care
    if verdict.column_class not in REFERRING and family(facts.type) != "number" and not misnamed:
        return verdict
    if verdict.confidence >= SURE and not (target.declared or misnamed):
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
