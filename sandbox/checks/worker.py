"""The jailed process in which hostile programs and hostile SQL are parsed, beside nothing worth having.

    child = spawn(Role.CHECKS, limits=CHECK_LIMITS)
    ask(child.channel, Prepare(), payload=msgspec.json.encode(schema)) …

The parent kills the child when an answer takes too long: parsing hostile text can be made slow. Answers come
back over a pipe from a process that read hostile text, so the parent decodes them as typed messages and
treats a refusal's words as text.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.checks.facts import CheckedQuery, Exclusion, Fact, Grant, Schema
from sandbox.checks.verdict import ProgramVerdict, judge_program
from sandbox.errors import PolicyRefused, PreceptorError, QueryRefused
from sandbox.messages.frames import BadFrame, Channel, ChannelClosed

# To the worker.


class Prepare(Fact, frozen=True, kw_only=True, tag="prepare"):
    """Check against this schema from now on; it is the payload, as JSON, because it can be large.

    `grant` None stands for everything that the schema gives. `exclusions` hold for every query.
    """

    grant: Grant | None = None
    exclusions: tuple[Exclusion, ...] = ()


class CheckProgram(Fact, frozen=True, kw_only=True, tag="program"):
    """Judge the program in the payload (UTF-8) against the whole schema."""


class CheckQuery(Fact, frozen=True, kw_only=True, tag="query"):
    """Check and narrow one query against the grant."""

    sql: str
    cohort: tuple[str, ...] = ()


class CheckRows(Fact, frozen=True, kw_only=True, tag="rows"):
    """Check a condition on the rows of one table, as a reviewer wrote it."""

    table: str
    condition: str


ToChecks = Prepare | CheckProgram | CheckQuery | CheckRows

# From the worker.


class Prepared(Fact, frozen=True, kw_only=True, tag="prepared"):
    """The schema is in place and the parsers are loaded."""


class Judged(Fact, frozen=True, kw_only=True, tag="judged"):
    """The answer to `CheckProgram`."""

    verdict: ProgramVerdict


class Narrowed(Fact, frozen=True, kw_only=True, tag="narrowed"):
    """The answer to `CheckQuery`: it may run, in this form."""

    query: CheckedQuery


class RowsChecked(Fact, frozen=True, kw_only=True, tag="rows_checked"):
    """The answer to `CheckRows`: it may be signed, and reads these columns."""

    columns: tuple[str, ...]


class Denied(Fact, frozen=True, kw_only=True, tag="denied"):
    """It may not. The words are for the reviewer and the author."""

    sentence: str
    advice: str


FromChecks = Prepared | Judged | Narrowed | RowsChecked | Denied


def main(channel: Channel, inherited: tuple[int, ...] = ()) -> None:
    """Serve one parent until it hangs up."""
    worker = _Worker()
    while True:
        try:
            message, payload = channel.receive(ToChecks)
        except ChannelClosed:
            return
        try:
            answer: msgspec.Struct = worker.answer(message, payload)
        except (PolicyRefused, QueryRefused) as refusal:
            answer = Denied(sentence=refusal.sentence, advice=refusal.advice)
        channel.send(answer)


class _Worker:
    """Holds the schema and the grant between messages."""

    def __init__(self) -> None:
        self._schema: Schema | None = None
        self._grant: Grant | None = None
        self._exclusions: tuple[Exclusion, ...] = ()

    def answer(self, message: ToChecks, payload: bytes) -> msgspec.Struct:
        match message:
            case Prepare():
                return self._prepare(payload, message)
            case CheckProgram():
                return Judged(verdict=judge_program(_text(payload), self._prepared()))
            case CheckQuery(sql=sql, cohort=cohort):
                from sandbox.checks.query import check_query

                query = check_query(sql, self._prepared(), self._grant, cohort=cohort, exclusions=self._exclusions)
                return Narrowed(query=query)
            case CheckRows(table=table, condition=condition):
                from sandbox.checks.query import check_condition

                return RowsChecked(columns=check_condition(condition, table, self._prepared()))

    def _prepare(self, payload: bytes, message: Prepare) -> Prepared:
        from sandbox.checks.language import check_program
        from sandbox.checks.query import check_query

        first = self._schema is None
        self._schema = msgspec.json.decode(payload, type=Schema)
        self._grant, self._exclusions = message.grant, message.exclusions
        if first:
            check_program("")  # loads the rules and checks their examples, before anybody waits
            judge_program(_REHEARSAL_PROGRAM, _REHEARSAL_SCHEMA)
            check_query(_REHEARSAL, _REHEARSAL_SCHEMA)
        return Prepared()

    def _prepared(self) -> Schema:
        if self._schema is None:
            raise QueryRefused("Nothing was prepared to check against.", "Send the schema first.")
        return self._schema


_REHEARSAL = "SELECT n FROM s.t"
_REHEARSAL_PROGRAM = f"def main(data, report):\n    data.sql({_REHEARSAL!r})\n"
_REHEARSAL_SCHEMA = msgspec.convert(
    {"tables": {"s.t": {"columns": {"n": {"type": "BIGINT", "given": "full"}}}}, "dialects": {"s": "duckdb"}},
    type=Schema,
)


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as problem:
        raise PolicyRefused("The program is not UTF-8 text.", "Save it as UTF-8.") from problem


# The parent's side of the conversation.


class Checks:
    """Asks a checks worker through `channel`, waiting `seconds` for each answer.

    Raises what the check refused; `ChannelTimeout` or `ChannelClosed` when the worker has to be given up.
    """

    def __init__(self, channel: Channel, *, seconds: float = 10.0) -> None:
        self._channel = channel
        self._seconds = seconds

    def prepare(
        self,
        schema: Schema,
        grant: Grant | None = None,
        exclusions: tuple[Exclusion, ...] = (),
        *,
        seconds: float = 60.0,
    ) -> None:
        """Send the schema, once; the first answer waits for the worker's imports."""
        self._ask(Prepare(grant=grant, exclusions=exclusions), Prepared, msgspec.json.encode(schema), seconds)

    def program(self, text: str) -> ProgramVerdict:
        answer: Judged = self._ask(CheckProgram(), Judged, text.encode(errors="replace"), self._seconds)
        return answer.verdict

    def query(self, sql: str, cohort: tuple[str, ...] = ()) -> CheckedQuery:
        answer: Narrowed = self._ask(CheckQuery(sql=sql, cohort=cohort), Narrowed, b"", self._seconds)
        return answer.query

    def rows(self, table: str, condition: str) -> tuple[str, ...]:
        """The columns that a condition on the rows of a table reads, or `QueryRefused`."""
        answer: RowsChecked = self._ask(CheckRows(table=table, condition=condition), RowsChecked, b"", self._seconds)
        return answer.columns

    def _ask(self, message: msgspec.Struct, expected: type, payload: bytes, seconds: float) -> Any:
        self._channel.send(message, payload)
        answer, _ = self._channel.receive(FromChecks, timeout=seconds)
        if isinstance(answer, Denied):
            kind: type[PreceptorError] = PolicyRefused if expected is Judged else QueryRefused
            raise kind(answer.sentence, answer.advice)
        if not isinstance(answer, expected):
            raise BadFrame("the checks worker answered something else")
        return answer
