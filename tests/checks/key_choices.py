# ruff: noqa: E501  queries read better on one line
"""A small hospital whose keys can be told from every other value, and the ways to make a key of what is none.

Patients are 7,000,000,000 and more, encounters 8,000,000,000 and more; nothing else has so many digits.
"""

from __future__ import annotations

from query_examples import ENCOUNTER, PATIENT

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema

PATIENTS = {7_000_000_000 + n for n in range(10)}
ENCOUNTERS = {8_000_000_000 + n for n in range(30)}
CREATE = """
CREATE SCHEMA s;
CREATE TABLE s.stays AS SELECT 7000000000 + i * 3 % 10 AS pat_id, 8000000000 + i AS enc_id, i::BIGINT AS los,
  DATE '2024-01-01' + (i * 7 % 30)::INTEGER AS dt FROM range(30) r(i);
CREATE TABLE s.people AS SELECT 7000000000 + i AS pat_id, i::BIGINT AS age FROM range(10) r(i);
"""


def _plain(type: str) -> ColumnSchema:
    return ColumnSchema(type=type, given="full")


SCHEMA = Schema(
    dialects={"s": "duckdb"},
    tables={
        "s.stays": TableSchema(
            columns={
                "pat_id": ColumnSchema(type="BIGINT", **PATIENT),
                "enc_id": ColumnSchema(type="BIGINT", **ENCOUNTER),
                "los": _plain("BIGINT"),
                "dt": _plain("DATE"),
            }
        ),
        "s.people": TableSchema(
            columns={"pat_id": ColumnSchema(type="BIGINT", **PATIENT), "age": _plain("BIGINT")}
        ),
    },
)  # fmt: skip

# Each returns 42, or another key, or a number of its own making, among the values of a key. All run as they are.
FORGED = {
    "lag with a number": "SELECT lag(pat_id, 1, 42) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with a column": "SELECT lag(pat_id, 1, los) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with a computed number": "SELECT lag(q.pat_id, 1, q.rn + 41) OVER (PARTITION BY q.rn ORDER BY q.rn) AS k FROM (SELECT pat_id, row_number() OVER (ORDER BY dt) AS rn FROM s.stays) q",
    "lag with a query": "SELECT lag(pat_id, 1, (SELECT 42)) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with a case": "SELECT lag(pat_id, 1, CASE WHEN los > 99 THEN pat_id ELSE 42 END) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with a negative number": "SELECT lag(pat_id, 1, -42) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with a cast": "SELECT lag(pat_id, 1, CAST('42' AS BIGINT)) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with another kind of key": "SELECT lag(pat_id, 1, enc_id) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag that ignores nulls": "SELECT lag(pat_id, 1, 42 IGNORE NULLS) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag with an order after the number": "SELECT lag(pat_id, 1, 42 ORDER BY los) OVER (ORDER BY dt) AS k FROM s.stays",
    "an order that goes on": "SELECT lag(pat_id ORDER BY los, 1, 42) OVER (ORDER BY dt) AS k FROM s.stays",
    "lag in a nested query": "SELECT q.k FROM (SELECT lag(pat_id, 1, 42) OVER (ORDER BY dt) AS k FROM s.stays) q",
    "lag compared with a key": "SELECT b.age FROM s.people b JOIN (SELECT lag(pat_id, 1, 42) OVER (ORDER BY dt) AS k FROM s.stays) q ON q.k = b.pat_id",
    "lead with a number": "SELECT lead(pat_id, 1, 42) OVER (ORDER BY dt) AS k FROM s.stays",
    "lead of an event": "SELECT lead(enc_id, 1, 42) OVER (ORDER BY dt) AS k FROM s.stays",
    "several of arg_max": "SELECT arg_max(pat_id, dt, 3) AS k FROM s.stays",
    "several of min_by": "SELECT min_by(pat_id, dt, 3) AS k FROM s.stays",
    "coalesce": "SELECT coalesce(lag(pat_id) OVER (ORDER BY dt), 42) AS k FROM s.stays",
    "ifnull": "SELECT ifnull(lag(pat_id) OVER (ORDER BY dt), 42) AS k FROM s.stays",
    "case": "SELECT CASE WHEN los > 3 THEN pat_id ELSE 42 END AS k FROM s.stays",
    "case with a query": "SELECT CASE WHEN los > 3 THEN pat_id ELSE (SELECT 42) END AS k FROM s.stays",
    "if": "SELECT if(los > 3, pat_id, 42) AS k FROM s.stays",
    "nullif": "SELECT nullif(pat_id, 42) AS k FROM s.stays",
    "nullif the other way": "SELECT nullif(42, pat_id) AS k FROM s.stays",
    "greatest": "SELECT greatest(pat_id, 9999999999) AS k FROM s.stays",
    "least": "SELECT least(pat_id, 42) AS k FROM s.stays",
    "union": "SELECT pat_id AS k FROM s.stays UNION ALL SELECT 42",
    "union the other way": "SELECT 42 AS k FROM s.stays UNION ALL SELECT pat_id FROM s.stays",
    "union with null": "SELECT NULL AS k FROM s.stays UNION ALL SELECT pat_id FROM s.stays",
    "union of crossed columns": "SELECT pat_id AS k, los FROM s.stays UNION ALL SELECT los, pat_id FROM s.stays",
    "except": "SELECT pat_id AS k FROM s.stays EXCEPT SELECT 42",
    "intersect": "SELECT pat_id AS k FROM s.stays INTERSECT SELECT 7000000001",
    "a union in an expression": "SELECT (SELECT e.pat_id UNION ALL SELECT 42 LIMIT 1) AS k FROM s.stays e",
    "values": "SELECT v.k FROM s.stays, (VALUES (42)) v(k)",
    "a table of values beside a key": "SELECT pat_id AS k FROM s.stays UNION ALL VALUES (42)",
    "recursion": "WITH RECURSIVE r AS (SELECT pat_id FROM s.stays UNION SELECT pat_id + 1 FROM r WHERE pat_id < 7000000009) SELECT r.pat_id FROM r, s.people",
    "one name for two queries": "WITH q AS (SELECT pat_id FROM s.stays), p AS (WITH q AS (SELECT 42 AS pat_id) SELECT pat_id FROM q) SELECT pat_id FROM p",
    "a star that replaces": "SELECT * REPLACE (42 AS pat_id) FROM s.stays",
    "columns by pattern": "SELECT COLUMNS('pat.*') + 1 AS k FROM s.stays",
    "using": "SELECT pat_id FROM s.stays FULL JOIN (SELECT 42 AS pat_id) q USING (pat_id)",
    "a natural join": "SELECT pat_id FROM s.stays NATURAL FULL JOIN (SELECT 42 AS pat_id) q",
    "a positional join": "SELECT q.k, e.pat_id FROM s.stays e POSITIONAL JOIN (SELECT 42 AS k) q",
    "a renamed column": "SELECT q.k FROM (SELECT los, pat_id FROM s.stays) q(k, los)",
    "a filter that compares": "SELECT any_value(pat_id) FILTER (WHERE pat_id = 7000000001) AS k FROM s.stays",
    "a list": "SELECT list(pat_id) AS k FROM s.stays",
    "the most frequent": "SELECT mode(pat_id) AS k FROM s.stays",
}  # fmt: skip

# Each orders by a key, or by what the engine takes for one.
ORDERED = {
    "a place in brackets": "SELECT los, pat_id FROM s.stays ORDER BY (2)",
    "a place in more brackets": "SELECT los, pat_id FROM s.stays ORDER BY ((2)) LIMIT 5",
    "a place behind two signs": "SELECT los, pat_id FROM s.stays ORDER BY -(-2)",
    "a place in a nested query": "SELECT q.los FROM (SELECT los, pat_id FROM s.stays ORDER BY (2) LIMIT 4) q",
    "a place after a union": "SELECT los, pat_id FROM s.stays UNION ALL SELECT los, pat_id FROM s.stays ORDER BY (2)",
    "a place after brackets": "SELECT q.los FROM ((SELECT los, pat_id FROM s.stays) ORDER BY 2) q",
    "a place behind the whole query": "(SELECT los, pat_id FROM s.stays) ORDER BY 2",
}  # fmt: skip

# What is done with keys every day: each passes, and is right about what is a key.
WELCOME = [
    "SELECT lag(pat_id) OVER (ORDER BY dt) AS k FROM s.stays",
    "SELECT lag(pat_id, 2) OVER (ORDER BY dt) AS k FROM s.stays",
    "SELECT lag(pat_id, 1, NULL) OVER (ORDER BY dt) AS k FROM s.stays",
    "SELECT lag(pat_id, 1, (NULL)) OVER (ORDER BY dt) AS k FROM s.stays",
    "SELECT lead(pat_id, 1, pat_id) OVER (PARTITION BY enc_id ORDER BY dt) AS k FROM s.stays",
    "SELECT lag(los, 1, 0) OVER (PARTITION BY pat_id ORDER BY dt) AS x, pat_id FROM s.stays",
    "SELECT arg_max(los, dt, 3) AS x, count(DISTINCT pat_id) AS n FROM s.stays",
    "SELECT arg_max(pat_id, dt) AS k, arg_min(enc_id, dt) AS e FROM s.stays",
    "SELECT any_value(pat_id ORDER BY dt) AS k, first(DISTINCT enc_id) AS e FROM s.stays",
    "SELECT nth_value(pat_id, 2) OVER (ORDER BY dt) AS k, last_value(enc_id IGNORE NULLS) OVER (ORDER BY dt) AS e FROM s.stays",
    "SELECT CASE WHEN los > 3 THEN pat_id WHEN los > 1 THEN NULL ELSE pat_id END AS k FROM s.stays",
    "SELECT coalesce(a.pat_id, b.pat_id) AS k FROM s.stays a FULL JOIN s.people b ON a.pat_id = b.pat_id",
    "SELECT pat_id FROM s.stays FULL JOIN s.people USING (pat_id)",
    "SELECT any_value(pat_id) FILTER (WHERE los > 3) AS k, sum(los) AS x FROM s.stays",
    "SELECT pat_id FROM s.stays UNION SELECT pat_id FROM s.people EXCEPT SELECT pat_id FROM s.stays WHERE los > 20",
    "SELECT (SELECT any_value(p.pat_id) FROM s.people p WHERE p.pat_id = e.pat_id) AS k FROM s.stays e",
    "SELECT pat_id, los, count(*) AS n FROM s.stays GROUP BY GROUPING SETS ((pat_id), (los), ())",
    "SELECT pat_id, enc_id FROM s.stays GROUP BY ROLLUP (pat_id, enc_id)",
    "SELECT * EXCLUDE (los) FROM s.stays QUALIFY row_number() OVER (PARTITION BY pat_id ORDER BY dt) = 1",
    "WITH q AS (SELECT pat_id AS los, los AS pat_id FROM s.stays) SELECT los, pat_id FROM q",
    "SELECT e.pat_id FROM s.stays e WHERE EXISTS (SELECT 1 FROM (SELECT 42 AS pat_id FROM s.people) e WHERE e.pat_id > 3)",
    "SELECT (SELECT max(e.pat_id) FROM (SELECT 42 AS pat_id FROM s.people) e) AS x, e.pat_id FROM s.stays e",
    "SELECT los AS x, pat_id FROM s.stays ORDER BY 1 DESC, 3 - los LIMIT 4",
    "SELECT count(*) AS n, pat_id FROM s.stays GROUP BY pat_id ORDER BY count(1) DESC",
    "(SELECT pat_id FROM s.stays)",
]  # fmt: skip
