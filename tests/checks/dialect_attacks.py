# ruff: noqa: E501  queries read better on one line
"""Attacks by mechanism, written in each of the six dialects, each with a harmless twin.

    for attack in attacks("tsql"):
        attack.mechanism, attack.sql, attack.twin       # the twin differs in nothing but the attack

The shared ones are written once and spelt per dialect; what only one dialect can say is in `dialect_attacks_own`.
Tables and columns are those of `query_examples`: `name`, `mrn` and `comment` are not given, `staff_secrets` and the
physical tables are not in the dictionary.
"""

from __future__ import annotations

from typing import NamedTuple

from dialect_attacks_own import OWN

DIALECTS = ("duckdb", "postgres", "sqlite", "tsql", "oracle", "spark")
QUOTES = {"tsql": "[]", "spark": "``"}
TEXT_TYPES = {"sqlite": "TEXT", "spark": "STRING"}


class Attack(NamedTuple):
    """`reaches` tells that it wants data that is not granted; the others want keys, functions or time."""

    mechanism: str
    sql: str
    twin: str
    reaches: bool


# «name» is quoted as the dialect quotes names. TEXTTYPE is its type for texts. Each line: mechanism, attack, twin.
COLUMNS = [
    ("column not given", "SELECT name AS x FROM ehr.patients", "SELECT sex AS x FROM ehr.patients"),
    ("column by alias", "SELECT p.name AS x FROM ehr.patients p", "SELECT p.sex AS x FROM ehr.patients p"),
    ("column in quotes", "SELECT «name» AS x FROM ehr.patients", "SELECT sex AS x FROM ehr.patients"),
    ("column in odd case", "SELECT NaMe AS x FROM ehr.patients", "SELECT SeX AS x FROM ehr.patients"),
    ("column by its physical name", "SELECT PAT_NAME AS x FROM ehr.patients", "SELECT sex AS x FROM ehr.patients"),
    ("column by table and source", "SELECT ehr.patients.name AS x FROM ehr.patients", "SELECT patients.sex AS x FROM ehr.patients"),
    ("in WHERE", "SELECT count(*) AS n FROM ehr.patients WHERE name LIKE 'A%'", "SELECT count(*) AS n FROM ehr.patients WHERE sex LIKE 'A%'"),
    ("in ORDER BY", "SELECT sex FROM ehr.patients ORDER BY name", "SELECT sex FROM ehr.patients ORDER BY zip"),
    ("in GROUP BY", "SELECT count(*) AS n FROM ehr.patients GROUP BY name", "SELECT count(*) AS n FROM ehr.patients GROUP BY zip"),
    ("in HAVING", "SELECT sex FROM ehr.patients GROUP BY sex HAVING max(name) > 'B'", "SELECT sex FROM ehr.patients GROUP BY sex HAVING max(zip) > 'B'"),
    ("in a window", "SELECT count(*) OVER (PARTITION BY name) AS n FROM ehr.patients", "SELECT count(*) OVER (PARTITION BY zip) AS n FROM ehr.patients"),
    ("in a window's order", "SELECT row_number() OVER (ORDER BY name) AS n FROM ehr.patients", "SELECT row_number() OVER (ORDER BY zip) AS n FROM ehr.patients"),
    ("in ON", "SELECT e.los FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id AND p.name > 'B'", "SELECT e.los FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id AND p.sex > 'B'"),
    ("in CASE", "SELECT CASE WHEN name > 'B' THEN 1 ELSE 0 END AS x FROM ehr.patients", "SELECT CASE WHEN sex > 'B' THEN 1 ELSE 0 END AS x FROM ehr.patients"),
    ("in an aggregate", "SELECT max(name) AS x FROM ehr.patients", "SELECT max(sex) AS x FROM ehr.patients"),
    ("in a function", "SELECT upper(name) AS x FROM ehr.patients", "SELECT upper(sex) AS x FROM ehr.patients"),
    ("in a scalar subquery", "SELECT (SELECT max(p.name) FROM ehr.patients p WHERE p.pat_id = e.pat_id) AS x FROM ehr.encounters e", "SELECT (SELECT max(p.sex) FROM ehr.patients p WHERE p.pat_id = e.pat_id) AS x FROM ehr.encounters e"),
    ("in EXISTS", "SELECT los FROM ehr.encounters e WHERE EXISTS (SELECT 1 FROM ehr.patients p WHERE p.pat_id = e.pat_id AND p.name > 'B')", "SELECT los FROM ehr.encounters e WHERE EXISTS (SELECT 1 FROM ehr.patients p WHERE p.pat_id = e.pat_id AND p.sex > 'B')"),
    ("in IN", "SELECT los FROM ehr.encounters WHERE primary_dx IN (SELECT name FROM ehr.patients)", "SELECT los FROM ehr.encounters WHERE primary_dx IN (SELECT sex FROM ehr.patients)"),
    ("in the right of a union", "SELECT primary_dx AS x FROM ehr.encounters UNION SELECT name FROM ehr.patients", "SELECT primary_dx AS x FROM ehr.encounters UNION SELECT sex FROM ehr.patients"),
    ("in the left of a union", "SELECT name AS x FROM ehr.patients UNION ALL SELECT primary_dx FROM ehr.encounters", "SELECT sex AS x FROM ehr.patients UNION ALL SELECT primary_dx FROM ehr.encounters"),
    ("through a named query", "WITH q AS (SELECT name AS sex FROM ehr.patients) SELECT sex FROM q", "WITH q AS (SELECT zip AS sex FROM ehr.patients) SELECT sex FROM q"),
    ("through a star", "WITH q AS (SELECT * FROM ehr.patients) SELECT name FROM q", "WITH q AS (SELECT * FROM ehr.patients) SELECT sex FROM q"),
    ("through a nested query", "SELECT q.x FROM (SELECT name AS x FROM ehr.patients) q", "SELECT q.x FROM (SELECT sex AS x FROM ehr.patients) q"),
    ("whole row", "SELECT p AS x FROM ehr.patients p", "SELECT p.sex AS x FROM ehr.patients p"),
    ("whole row by table", "SELECT patients AS x FROM ehr.patients", "SELECT patients.sex AS x FROM ehr.patients"),
    ("whole row counted", "SELECT count(DISTINCT p) AS n FROM ehr.patients p", "SELECT count(DISTINCT p.sex) AS n FROM ehr.patients p"),
    ("whole row cast", "SELECT CAST(p AS TEXTTYPE) AS x FROM ehr.patients p", "SELECT CAST(p.sex AS TEXTTYPE) AS x FROM ehr.patients p"),
    ("renamed by position", "SELECT sex FROM ehr.patients p(pat_id, sex)", "SELECT sex FROM ehr.patients p"),
    ("subquery renamed by position", "SELECT sex FROM (SELECT * FROM ehr.patients) p(pat_id, sex)", "SELECT sex FROM (SELECT * FROM ehr.patients) p"),
    ("named query renamed by position", "WITH p(pat_id, sex) AS (SELECT * FROM ehr.patients) SELECT sex FROM p", "WITH p AS (SELECT * FROM ehr.patients) SELECT sex FROM p"),
    ("split by a comment", "SELECT na/**/me AS x FROM ehr.patients", "SELECT sex/**/ AS x FROM ehr.patients"),
    ("free text", "SELECT comment AS x FROM ehr.labs", "SELECT loinc AS x FROM ehr.labs"),
    ("natural join", "SELECT e.los FROM ehr.encounters e NATURAL JOIN ehr.patients p", "SELECT e.los FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id"),
]  # fmt: skip
TABLES = [
    ("table without source", "SELECT secret AS x FROM staff_secrets", "SELECT code AS x FROM ehr.codes"),
    ("table by schema", "SELECT secret AS x FROM main.staff_secrets", "SELECT code AS x FROM ehr.codes"),
    ("table by database", "SELECT code AS x FROM memory.ehr.codes", "SELECT code AS x FROM ehr.codes"),
    ("physical table", "SELECT PAT_NAME AS x FROM main.«PAT_MASTER»", "SELECT sex AS x FROM ehr.patients"),
    ("table in a subquery", "SELECT code, (SELECT max(secret) FROM staff_secrets) AS x FROM ehr.codes", "SELECT code, (SELECT max(sex) FROM ehr.patients) AS x FROM ehr.codes"),
    ("table in a named query", "WITH s AS (SELECT secret FROM staff_secrets) SELECT s.secret FROM s, ehr.codes c", "WITH s AS (SELECT sex FROM ehr.patients) SELECT s.sex FROM s, ehr.codes c"),
    ("table in a union", "SELECT code AS x FROM ehr.codes UNION ALL SELECT secret FROM staff_secrets", "SELECT code AS x FROM ehr.codes UNION ALL SELECT meaning FROM ehr.codes"),
    ("table beside a given one", "SELECT s.secret FROM ehr.codes c, staff_secrets s", "SELECT s.meaning FROM ehr.codes c, ehr.codes s"),
    ("named query in its own name", "WITH staff_secrets AS (SELECT secret FROM staff_secrets) SELECT secret FROM staff_secrets", "WITH q AS (SELECT code FROM ehr.codes) SELECT code FROM q"),
    ("named query outside its scope", "SELECT c.code FROM (WITH q AS (SELECT 1 AS a FROM ehr.codes) SELECT a FROM q) z, q, ehr.codes c", "SELECT c.code FROM (SELECT 1 AS a FROM ehr.codes) z, ehr.codes c"),
    ("catalog of the standard", "SELECT table_name AS x FROM information_schema.tables", "SELECT code AS x FROM ehr.codes"),
    ("second statement", "SELECT code AS x FROM ehr.codes; SELECT secret FROM staff_secrets", "SELECT code AS x FROM ehr.codes;"),
    ("second statement behind a comment", "SELECT code AS x FROM ehr.codes; -- x\nDELETE FROM staff_secrets", "SELECT code AS x FROM ehr.codes -- x\n"),
    ("two sources", "SELECT p.sex FROM ehr.patients p, reg.implants i", "SELECT p.sex FROM ehr.patients p, ehr.codes i"),
    ("table function", "SELECT x.a FROM nosuch(1) x", "SELECT x.code FROM ehr.codes x"),
    ("values", "SELECT a FROM (VALUES (1)) v(a)", "SELECT a FROM (SELECT code AS a FROM ehr.codes) v"),
    ("into", "SELECT code INTO y FROM ehr.codes", "SELECT code FROM ehr.codes"),
    ("lock", "SELECT code FROM ehr.codes FOR UPDATE", "SELECT code FROM ehr.codes"),
    ("write", "DELETE FROM ehr.codes", "SELECT code FROM ehr.codes"),
    ("write behind a named query", "WITH a AS (DELETE FROM ehr.codes RETURNING code) SELECT code FROM a", "WITH a AS (SELECT code FROM ehr.codes) SELECT code FROM a"),
]  # fmt: skip
KEYS = [
    ("key added to", "pat_id + 0", "los + 0"), ("key negated", "-pat_id", "-los"), ("key multiplied", "pat_id * 1", "los * 1"),
    ("key cast", "CAST(pat_id AS TEXTTYPE)", "CAST(los AS TEXTTYPE)"), ("smallest key", "min(pat_id)", "min(los)"),
    ("greatest key", "max(pat_id)", "max(los)"), ("greatest key of a window", "max(pat_id) OVER ()", "max(los) OVER ()"),
    ("keys summed", "sum(pat_id)", "sum(los)"), ("keys averaged", "avg(pat_id)", "avg(los)"),
    ("key rounded", "round(pat_id, -2)", "round(los, 2)"), ("key or a number", "coalesce(pat_id, 0)", "coalesce(los, 0)"),
    ("key or a number by CASE", "CASE WHEN los > 1 THEN pat_id ELSE 0 END", "CASE WHEN los > 1 THEN los ELSE 0 END"),
    ("key unless it is 5", "nullif(pat_id, 5)", "nullif(los, 5)"), ("key or a number by LAG", "lag(pat_id, 1, 42) OVER (ORDER BY admit_dt)", "lag(los, 1, 42) OVER (ORDER BY admit_dt)"),
    ("rank of a key", "rank() OVER (ORDER BY pat_id)", "rank() OVER (ORDER BY los)"), ("key in capitals", "upper(pat_id)", "upper(enc_class)"),
    ("key replaced in", "replace(pat_id, '1', 'x')", "replace(enc_class, '1', 'x')"), ("sign of a key", "sign(pat_id - 50)", "sign(los - 50)"),
    ("key compared in CASE", "CASE pat_id WHEN 5 THEN 1 ELSE 0 END", "CASE los WHEN 5 THEN 1 ELSE 0 END"),
    ("distance of keys", "pat_id - lag(pat_id) OVER (ORDER BY admit_dt)", "los - lag(los) OVER (ORDER BY admit_dt)"),
]  # fmt: skip
KEY_CONDITIONS = [
    ("key compared by size", "pat_id > 50", "los > 50"), ("key between", "pat_id BETWEEN 1 AND 5", "los BETWEEN 1 AND 5"),
    ("key like", "pat_id LIKE '1%'", "enc_class LIKE '1%'"), ("key equals a number", "pat_id = 5", "los = 5"),
    ("key among numbers", "pat_id IN (1, 2)", "los IN (1, 2)"), ("key equals a parameter", "pat_id = :p", "los = :p"),
    ("key among a list", "pat_id IN (:l)", "enc_class IN (:l)"), ("key against another kind of key", "pat_id = enc_id", "pat_id = pat_id"),
    ("key modulo", "pat_id - 2 = 1", "los - 2 = 1"), ("key after the mean", "pat_id > (SELECT avg(x.los) FROM ehr.encounters x)", "los > (SELECT avg(x.los) FROM ehr.encounters x)"),
]  # fmt: skip
KEY_ORDERS = [
    ("ordered by a key", "SELECT los FROM ehr.encounters ORDER BY pat_id", "SELECT los FROM ehr.encounters ORDER BY admit_dt"),
    ("ordered by a key's place", "SELECT pat_id, los FROM ehr.encounters ORDER BY 1", "SELECT pat_id, los FROM ehr.encounters ORDER BY 2"),
    ("ordered by a key's alias", "SELECT pat_id AS p, los FROM ehr.encounters ORDER BY p", "SELECT los AS p, pat_id FROM ehr.encounters ORDER BY p"),
    ("ordered after a union", "SELECT pat_id FROM ehr.encounters UNION SELECT pat_id FROM ehr.labs ORDER BY pat_id", "SELECT los AS v FROM ehr.encounters UNION SELECT value FROM ehr.labs ORDER BY v"),
    ("a number among keys by union", "SELECT pat_id FROM ehr.encounters UNION ALL SELECT 42 FROM ehr.codes", "SELECT los FROM ehr.encounters UNION ALL SELECT 42 FROM ehr.codes"),
]  # fmt: skip
BOMBS = [
    ("brackets by thousands", "SELECT los FROM ehr.encounters WHERE " + "(" * 3000 + "los > 1" + ")" * 3000, "SELECT los FROM ehr.encounters WHERE ((los > 1))"),
    ("unions by hundreds", "SELECT los FROM ehr.encounters" + " UNION ALL SELECT los FROM ehr.encounters" * 300, "SELECT los FROM ehr.encounters" + " UNION ALL SELECT los FROM ehr.encounters" * 3),
    ("text too long", "SELECT '" + "x" * 40_000 + "' AS x FROM ehr.codes", "SELECT 'x' AS x FROM ehr.codes"),
    ("recursion", "WITH RECURSIVE r AS (SELECT 1 AS n FROM ehr.codes UNION ALL SELECT n + 1 FROM r) SELECT n FROM r", "WITH r AS (SELECT 1 AS n FROM ehr.codes UNION ALL SELECT 2 FROM ehr.codes) SELECT n FROM r"),
    ("unlisted function", "SELECT nosuch(code) AS x FROM ehr.codes", "SELECT upper(code) AS x FROM ehr.codes"),
    ("function in a schema", "SELECT main.upper(code) AS x FROM ehr.codes", "SELECT upper(code) AS x FROM ehr.codes"),
    ("function in quotes", "SELECT «UPPER»(code) AS x FROM ehr.codes", "SELECT upper(code) AS x FROM ehr.codes"),
    ("parameter by place", "SELECT code FROM ehr.codes WHERE code = ?", "SELECT code FROM ehr.codes WHERE code = :c"),
    ("who I am", "SELECT current_user AS x FROM ehr.codes", "SELECT code AS x FROM ehr.codes"),
    ("collation", "SELECT code FROM ehr.codes WHERE code COLLATE xx = 'a'", "SELECT code FROM ehr.codes WHERE upper(code) = 'a'"),
]  # fmt: skip


def attacks(dialect: str) -> list[Attack]:
    """Every attack in this dialect's spelling; mechanisms are unique."""
    found = [Attack(name, sql, twin, True) for name, sql, twin in [*COLUMNS, *TABLES]]
    found += [
        Attack(name, f"SELECT {key} AS x FROM ehr.encounters", f"SELECT {plain} AS x FROM ehr.encounters", False)
        for name, key, plain in KEYS
    ]
    found += [
        Attack(name, *(f"SELECT los FROM ehr.encounters WHERE {part}" for part in (key, plain)), False)
        for name, key, plain in KEY_CONDITIONS
    ]
    found += [Attack(name, sql, twin, False) for name, sql, twin in [*KEY_ORDERS, *BOMBS]]
    found += [Attack(name, sql, twin, False) for name, sql, twin in OWN[dialect]]
    return [Attack(one.mechanism, _spelt(one.sql, dialect), _spelt(one.twin, dialect), one.reaches) for one in found]


def _spelt(text: str, dialect: str) -> str:
    opening, closing = QUOTES.get(dialect, '""')
    return text.replace("«", opening).replace("»", closing).replace("TEXTTYPE", TEXT_TYPES.get(dialect, "CHAR(20)"))
