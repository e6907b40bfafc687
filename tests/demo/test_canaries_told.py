"""No identifier of the demo hospital is in anything that is told of it, whatever the minimum count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from demo_parts import LOGIN

from resources.demo.canaries import canaries, distinctive, present
from sandbox.dictionary import (
    Dictionary,
    Proposal,
    Search,
    Table,
    _told_values,
    agent_text,
    describe,
    hits_text,
    introspect,
)
from sandbox.dictionary import introspection as looking
from sandbox.dictionary._told_values import add_values
from sandbox.dictionary.telling import Telling
from sandbox.drafting.recognisers import Recognisers
from sandbox.review.deciding import as_told, references_told
from sandbox.sources import Source, connect, quoted
from sandbox.workspace import SourceSettings

SURNAMES = 'SELECT "PAT_LAST_NAME" FROM {table} GROUP BY 1 HAVING count(DISTINCT "PAT_ID") >= 11'
QUERIES = ("name", "address phone", "patient", "mail", "reason for visit", "diagnosis", "note", "doctor surgeon")


@pytest.fixture(scope="module")
def identifiers(demo: Any) -> list[str]:
    return distinctive(canaries(demo.hospital.path, LOGIN))


@contextmanager
def hospital_source(demo: Any) -> Iterator[Source]:
    location = str(demo.hospital.path)
    with connect(SourceSettings(name="ehr", kind="duckdb", location=location, login=True), LOGIN) as source:
        yield source


def looked_at(demo: Any, minimum: int) -> Proposal:
    with hospital_source(demo) as source:
        return introspect(source, "ehr", minimum, telling=Telling(recognise=Recognisers.load().find))


def every_text(proposal: Proposal) -> str:
    """All that is kept, signed or said of the source, with every column told by as much as there is."""
    tables = tuple(as_told(table) for table in proposal.tables)
    references = tuple(rows for table in tables for rows in references_told(proposal, table))
    dictionary = Dictionary(tables=tables, dialects={"ehr": "duckdb"}, references=references)
    search = Search(dictionary)
    words = [*QUERIES, *(table.name for table in tables)]
    said = [hits_text(search.find(word)) for word in words]
    said += [agent_text(dictionary), describe(dictionary, [table.full_name for table in tables])]
    return "\n".join([*said, *(msgspec.json.encode(part).decode() for part in (proposal, dictionary))])


@pytest.mark.parametrize("minimum", [2, 11, 50])
def test_no_canary_is_in_a_proposal_a_signed_table_a_text_or_a_search(
    demo: Any, identifiers: list[str], minimum: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LEAST_MINIMUM", 2)  # the product's own least is 11
    proposal = looked_at(demo, minimum)
    assert proposal.minimum == minimum and len(identifiers) > 1000
    assert any(column.values for table in proposal.tables for column in table.columns)
    assert present(identifiers, every_text(proposal).encode()) == []


def test_the_search_finds_the_canaries_that_a_wrong_class_would_tell_without_the_rule(
    demo: Any, identifiers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every identifier of the patients' table is taken for a plain label."""
    proposal = looked_at(demo, 11)
    table = next(one for one in proposal.tables if one.physical[-1] == "PATIENT")
    wrong = tuple(
        msgspec.structs.replace(column, column_class="plain", told="values", given="full")
        if column.column_class == "direct_identifier"
        else column
        for column in table.columns
    )
    table = msgspec.structs.replace(table, columns=wrong)

    def found(minimum: int) -> list[str]:
        with hospital_source(demo) as source:
            told = add_values(source, table, proposal.tables, minimum, Telling(recognise=Recognisers.load().find))
        return present(identifiers, _values_of(told))

    with hospital_source(demo) as source:
        names = source.read(SURNAMES.format(table=quoted(*table.physical))).read_all().column(0).to_pylist()
    assert set(found(11)) <= set(names)  # a surname of eleven patients singles nobody out
    monkeypatch.setattr(_told_values, "MOST_VALUES", 100_000)
    assert len(set(found(1)) - set(names)) > 100


def _values_of(table: Table) -> bytes:
    return "\n".join(value for column in table.columns for value in column.values).encode()
