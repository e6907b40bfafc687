"""Attacks in six dialects: each is refused, its harmless twin is not, and which layer alone would have stopped it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
import sqlglot
from dialect_attacks import DIALECTS, Attack, attacks
from query_examples import SCHEMA
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sandbox.checks.facts import Schema
from sandbox.checks.query import _check, _names, _narrow, _parse, _writing, check_query
from sandbox.checks.query._calls import require_faithful
from sandbox.checks.query._canonical import canonical
from sandbox.checks.query._second_parser import agree, expected
from sandbox.errors import QueryRefused

ALL = [
    pytest.param(dialect, attack, id=f"{dialect}-{attack.mechanism}")
    for dialect in DIALECTS
    for attack in attacks(dialect)
]
OUT_OF_REACH = ("PAT_NAME", '"mrn"', "comment", "staff_secrets", "[mrn]", "`mrn`")


def schema(dialect: str) -> Schema:
    return msgspec.structs.replace(SCHEMA, dialects={"ehr": dialect, "reg": dialect})


@pytest.mark.parametrize(("dialect", "attack"), ALL)
def test_attack_is_refused_and_its_harmless_twin_is_not(dialect: str, attack: Attack) -> None:
    assert check_query(attack.twin, schema(dialect)).narrowed
    with pytest.raises(QueryRefused) as refused:
        check_query(attack.sql, schema(dialect))
    assert refused.value.sentence.endswith(".") and refused.value.advice.endswith((".", "?", ")"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_there_are_sixty_mechanisms_and_more_for_each_dialect(dialect: str) -> None:
    mechanisms = [attack.mechanism for attack in attacks(dialect)]
    assert len(mechanisms) == len(set(mechanisms)) > 110


# Each layer by itself: the others are left out.


def closed_list(attack: Attack, dialect: str) -> None:
    """On the text as it is read, and on the tree once everything in the dictionary has been looked up."""
    tree = _parse.parse(attack.sql, dialect)
    _names.fold(tree, _parse.rules(dialect))
    _, tables = _check._tables(tree, wide(schema(dialect)), None)
    _parse.require_closed(_check._resolve(tree, tables, wide(schema(dialect)), _parse.rules(dialect)), dialect)


def own_writing(attack: Attack, dialect: str) -> None:
    """What is written out again says what was written, no more and no less."""
    tree = read(attack.sql, dialect)
    text = _writing.write(tree, dialect)
    require_faithful(text, attack.sql, _parse.rules(dialect))
    _writing.require_same(text, tree, dialect)


def resolution(attack: Attack, dialect: str) -> None:
    """Tables and columns are looked up in what is given; keys and functions are not looked at."""
    tree = read(attack.sql, dialect)
    _, tables = _check._tables(tree, schema(dialect), None)
    resolved = _check._resolve(tree, tables, schema(dialect), _parse.rules(dialect))
    _check.Analysis(resolved, tables)


def narrowing(attack: Attack, dialect: str) -> None:
    """Everything in the dictionary is taken for given, and only what is given is put into the text."""
    open_schema = wide(schema(dialect))
    tree = read(attack.sql, dialect)
    _, tables = _check._tables(tree, open_schema, None)
    resolved = _check._resolve(tree, tables, open_schema, _parse.rules(dialect))
    given = {
        name: {column for column, facts in schema(dialect).tables[name].columns.items() if _check._is_given(facts)}
        for name in tables
    }
    text = _writing.write(_narrow.narrow(resolved, tables, given, (), dialect), dialect)
    assert not any(name in text for name in OUT_OF_REACH)
    if attack.reaches:  # what it reaches for is not in the text, so the database has nothing to give
        raise QueryRefused("Not there.", "")


def second_parser(attack: Attack, dialect: str) -> None:
    """The attack's own text, where the other parser expects to see what the harmless twin reads."""
    twin = read(attack.twin, dialect)
    tables = {
        name: SCHEMA.tables[name]
        for name in {f"{table.db}.{table.name}" for table in twin.find_all(exp.Table) if table.db}
    }
    bare = {name: msgspec.structs.replace(table, physical=tuple(name.split("."))) for name, table in tables.items()}
    unrenamed = {
        name: msgspec.structs.replace(
            table, columns={key: msgspec.structs.replace(column, physical="") for key, column in table.columns.items()}
        )
        for name, table in bare.items()
    }
    named = {cte.alias for cte in twin.find_all(exp.CTE)}
    agree(attack.sql, expected(_qualified(twin, dialect), unrenamed, (), named), dialect)


def _qualified(twin: exp.Query, dialect: str) -> exp.Query:
    _, tables = _check._tables(twin, schema(dialect), None)
    return _check._resolve(twin, tables, schema(dialect), _parse.rules(dialect))


def read(sql: str, dialect: str) -> exp.Query:
    """The text as a tree that no list has been held against."""
    try:
        (tree,) = sqlglot.parse(sql, read=dialect)
    except (SqlglotError, ValueError) as problem:
        raise QueryRefused("It is no query.", "") from problem
    if not isinstance(tree, exp.Query):
        raise QueryRefused("It is no query.", "")
    tree = canonical(tree, dialect)
    _names.fold(tree, _parse.rules(dialect))
    return tree


def wide(narrow_schema: Schema) -> Schema:
    tables = {
        name: msgspec.structs.replace(
            table, columns={key: msgspec.structs.replace(column, given="full") for key, column in table.columns.items()}
        )
        for name, table in narrow_schema.tables.items()
    }
    return msgspec.structs.replace(narrow_schema, tables=tables)


LAYERS: dict[str, Callable[[Attack, str], None]] = {
    "closed list": closed_list,
    "resolution": resolution,
    "own writing": own_writing,
    "narrowing": narrowing,
    "second parser": second_parser,
}
# How many of a dialect's attacks each layer stops with the others off, in the order of LAYERS. SQLite's parser is
# told every column, so it also sees attacks on keys; the others are told tables and functions.
STOPPED = {
    "duckdb": (60, 89, 15, 63, 40),
    "postgres": (98, 101, 21, 73, 77),
    "sqlite": (91, 108, 22, 78, 144),
    "tsql": (117, 118, 32, 85, 89),
    "oracle": (114, 119, 26, 81, 80),
    "spark": (119, 111, 26, 75, 100),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_layer_alone_stops_its_share_and_two_of_them_whatever_reaches_for_data(dialect: str) -> None:
    stopped = {attack: [layer for layer in LAYERS if stops(layer, attack, dialect)] for attack in attacks(dialect)}
    assert [attack.mechanism for attack, layers in stopped.items() if attack.reaches and len(layers) < 2] == []
    assert [attack.mechanism for attack, layers in stopped.items() if not layers] == []
    counts = [sum(layer in layers for layers in stopped.values()) for layer in LAYERS]
    assert all(count >= least for count, least in zip(counts, STOPPED[dialect], strict=True)), counts


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_layer_by_itself_stops_everything_and_none_refuses_the_twins(dialect: str) -> None:
    """A layer that refused everything would prove nothing; each is asked about harmless queries, too."""
    for attack in attacks(dialect):
        harmless = attack._replace(sql=attack.twin)
        assert [layer for layer in ("closed list", "resolution") if stops(layer, harmless, dialect)] == []
    assert all(count < len(attacks(dialect)) for count in STOPPED[dialect])


def stops(layer: str, attack: Attack, dialect: str) -> bool:
    try:
        LAYERS[layer](attack, dialect)
    except (QueryRefused, SqlglotError, RecursionError):
        return True
    except (KeyError, ValueError, AttributeError, AssertionError, TypeError, IndexError):
        return layer != "closed list"  # a tree that no list has been held against may trip a resolver; it stops there
    return False
