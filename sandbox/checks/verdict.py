"""Both checks of a program together: what it may not do, what it asks, and the grant that follows."""

from __future__ import annotations

from sandbox.checks.facts import CheckedQuery, Fact, Flag, Grant, ProgramCheck, Schema, WrittenQuery
from sandbox.checks.grant import derive_grant
from sandbox.errors import QueryRefused


class ProgramVerdict(Fact, frozen=True, kw_only=True):
    """`check` holds the flags of the language policy and of refused queries; `grant` is what the rest reads.

    `checked` has one entry per literal query that passed, in the order of the program.
    """

    check: ProgramCheck
    checked: tuple[CheckedQuery, ...]
    grant: Grant

    @property
    def flags(self) -> tuple[Flag, ...]:
        return self.check.flags


def judge_program(text: str, schema: Schema) -> ProgramVerdict:
    """Check a program and every literal query in it against what the schema gives; clinical warnings are among them."""
    from sandbox.checks.clinical import clinical_flags
    from sandbox.checks.language import check_program

    check = check_program(text)
    flags, checked, dialects = list(check.flags), [], {}
    for written in check.queries:
        try:
            query = _checked(written, schema)
        except QueryRefused as refusal:
            flags.append(_flag(written, refusal.sentence, refusal.advice))
        else:
            flags += _unbound(written, query)
            checked.append(query)
            dialects[written.line] = schema.dialects[query.source]
    flags += clinical_flags(text, schema=schema, parameters=check.parameters, dialects=dialects)
    ordered = tuple(sorted(flags, key=lambda flag: flag.line))
    return ProgramVerdict(
        check=ProgramCheck(flags=ordered, queries=check.queries, parameters=check.parameters, title=check.title),
        checked=tuple(checked),
        grant=derive_grant(checked),
    )


def _checked(written: WrittenQuery, schema: Schema) -> CheckedQuery:
    from sandbox.checks.query import check_query

    return check_query(written.sql, schema, cohort=written.cohort)


def _unbound(written: WrittenQuery, query: CheckedQuery) -> list[Flag]:
    """Parameters that the text names and the call does not pass, and the reverse."""
    flags = []
    for name in sorted(set(query.parameters) - set(written.names)):
        flags.append(_flag(written, f"The query needs :{name}, which is not passed.", f"Add {name}={name}."))
    for name in sorted(set(written.names) - set(query.parameters)):
        flags.append(_flag(written, f"{name} is passed, but the query has no :{name}.", "Leave it out."))
    return flags


def _flag(written: WrittenQuery, reason: str, instead: str) -> Flag:
    return Flag(line=written.line, severity="refuse", rule="query", reason=reason, instead=instead)
