# ruff: noqa: E501  queries read better on one line
"""A small made-up hospital for the query check, and queries that a clinician-programmer would write."""

from __future__ import annotations

from typing import Any

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema


def _column(type: str, **more: Any) -> ColumnSchema:
    return ColumnSchema(type=type, **{"given": "full", **more})


PATIENT: dict[str, Any] = {"given": "token", "key": "patient", "domain": "patient"}
ENCOUNTER: dict[str, Any] = {"given": "token", "key": "event", "domain": "encounter"}

SCHEMA = Schema(
    dialects={"ehr": "duckdb", "reg": "duckdb"},
    tables={
        "ehr.patients": TableSchema(
            physical=("main", "PAT_MASTER"),
            columns={
                "pat_id": _column("BIGINT", **PATIENT, physical="PAT_NO"),
                "name": _column("VARCHAR", given="nothing", physical="PAT_NAME"),
                "mrn": _column("VARCHAR", given="nothing"),
                "sex": _column("VARCHAR"),
                "birth_year": _column("DATE", given="derived", derivation="year", physical="birth_dt"),
                "zip": _column("VARCHAR", given="derived", derivation="zip3"),
            },
        ),
        "ehr.encounters": TableSchema(
            physical=("main", "enc_adm"),
            columns={
                "pat_id": _column("BIGINT", **PATIENT, physical="PAT_NO"),
                "enc_id": _column("BIGINT", **ENCOUNTER, physical="ENC_NO"),
                "admit_dt": _column("TIMESTAMP"),
                "disch_dt": _column("TIMESTAMP"),
                "primary_dx": _column("VARCHAR", physical="dx 1"),
                "enc_class": _column("VARCHAR"),
                "age_at_admit": _column("INTEGER", given="derived", derivation="age_capped"),
                "los": _column("DOUBLE"),
            },
        ),
        "ehr.labs": TableSchema(
            physical=("main", "labs"),
            columns={
                "pat_id": _column("BIGINT", **PATIENT, physical="PAT_NO"),
                "enc_id": _column("BIGINT", **ENCOUNTER, physical="ENC_NO"),
                "loinc": _column("VARCHAR"),
                "value": _column("DOUBLE"),
                "taken_at": _column("TIMESTAMP"),
                "comment": _column("VARCHAR", given="nothing"),
            },
        ),
        "ehr.codes": TableSchema(
            physical=("main", "codes"), columns={"code": _column("VARCHAR"), "meaning": _column("VARCHAR")}
        ),
        "reg.implants": TableSchema(
            physical=("main", "implants"),
            columns={"person": _column("VARCHAR", **PATIENT), "placed_on": _column("DATE")},
        ),
    },
)

SECRETS = ("Asta Secret", "MRN-SECRET")

CREATE = """
CREATE TABLE "PAT_MASTER" AS SELECT i::BIGINT AS "PAT_NO", 'Asta Secret ' || i AS "PAT_NAME", 'MRN-SECRET' || i AS mrn,
  CASE WHEN i % 2 = 0 THEN 'F' ELSE 'M' END AS sex, DATE '1925-03-04' + INTERVAL (i * 300) DAY AS birth_dt,
  CASE WHEN i % 9 = 0 THEN '03601' ELSE lpad((i * 997 % 99999)::VARCHAR, 5, '0') END AS zip FROM range(100) r(i);
CREATE TABLE enc_adm AS SELECT (i * 7 % 100)::BIGINT AS "PAT_NO", (1000 + i)::BIGINT AS "ENC_NO",
  TIMESTAMP '2022-01-01' + INTERVAL (i * 37) HOUR AS admit_dt,
  CASE WHEN i % 11 = 0 THEN NULL ELSE TIMESTAMP '2022-01-01' + INTERVAL (i * 37 + 20 + i % 90) HOUR END AS disch_dt,
  CASE WHEN i % 13 = 0 THEN NULL WHEN i % 3 = 0 THEN 'I50.2' || (i % 4) WHEN i % 3 = 1 THEN 'J18.9' ELSE 'E11.9' END AS "dx 1",
  CASE WHEN i % 4 = 0 THEN 'OP' ELSE 'IP' END AS enc_class, (20 + i * 3 % 85)::INTEGER AS age_at_admit,
  (20 + i % 90) / 24.0 AS los FROM range(400) r(i);
CREATE TABLE labs AS SELECT (i * 7 % 100)::BIGINT AS "PAT_NO", (1000 + i % 400)::BIGINT AS "ENC_NO",
  CASE WHEN i % 2 = 0 THEN '2160-0' ELSE '4548-4' END AS loinc, CASE WHEN i % 17 = 0 THEN NULL ELSE (i % 50) / 7.0 END AS value,
  TIMESTAMP '2022-01-01' + INTERVAL (i * 11) HOUR AS taken_at, 'Asta Secret called' AS comment FROM range(1500) r(i);
CREATE TABLE codes AS SELECT * FROM (VALUES ('I50.20', 'Heart failure'), ('J18.9', 'Pneumonia'), ('E11.9', 'Diabetes')) v(code, meaning);
CREATE TABLE implants AS SELECT 'P' || i AS person, DATE '2023-01-01' + i::INTEGER AS placed_on FROM range(20) r(i);
CREATE TABLE staff_secrets AS SELECT 'Asta Secret' AS secret;
"""

# The same tables under their dictionary names, with the derivations in place: what the author of a query has in mind.
VIEWS = """
CREATE SCHEMA ehr; CREATE SCHEMA reg;
CREATE VIEW ehr.patients AS SELECT "PAT_NO" AS pat_id, sex, greatest(year(birth_dt), year(current_date) - 90) AS birth_year,
  CASE WHEN substr(zip, 1, 3) IN ('036', '059', '063', '102', '203', '556', '692', '790', '821', '823', '830', '831', '878',
    '879', '884', '890', '893') THEN '000' ELSE substr(zip, 1, 3) END AS zip FROM main."PAT_MASTER";
CREATE VIEW ehr.encounters AS SELECT "PAT_NO" AS pat_id, "ENC_NO" AS enc_id, admit_dt, disch_dt, "dx 1" AS primary_dx, enc_class,
  CASE WHEN age_at_admit > 90 THEN 90 ELSE age_at_admit END AS age_at_admit, los FROM main.enc_adm;
CREATE VIEW ehr.labs AS SELECT "PAT_NO" AS pat_id, "ENC_NO" AS enc_id, loinc, value, taken_at FROM main.labs;
CREATE VIEW ehr.codes AS SELECT * FROM main.codes;
CREATE VIEW reg.implants AS SELECT * FROM main.implants;
"""

E = "ehr.encounters"

# query, its exact read set, and values for its parameters
VALID: list[tuple[str, dict[str, tuple[str, ...]], dict[str, Any]]] = [
    ("SELECT pat_id, admit_dt FROM ehr.encounters", {E: ("admit_dt", "pat_id")}, {}),
    ("select Pat_Id as PatientKey, Admit_Dt from EHR.Encounters", {E: ("admit_dt", "pat_id")}, {}),
    ("SELECT count(*) AS n FROM ehr.encounters", {E: ()}, {}),
    ("SELECT count(DISTINCT pat_id) AS n FROM ehr.encounters WHERE enc_class = 'IP'", {E: ("enc_class", "pat_id")}, {}),
    (
        "SELECT pat_id, enc_id FROM ehr.encounters WHERE disch_dt BETWEEN :start AND :end AND primary_dx IN (:codes)",
        {E: ("disch_dt", "enc_id", "pat_id", "primary_dx")},
        {"start": "2022-02-01", "end": "2022-06-30", "codes": ["I50.20", "J18.9"]},
    ),
    (
        "SELECT pat_id FROM ehr.encounters WHERE primary_dx NOT IN (:codes)",
        {E: ("pat_id", "primary_dx")},
        {"codes": ["J18.9"]},
    ),
    ("SELECT pat_id FROM ehr.encounters WHERE primary_dx IN (:codes)", {E: ("pat_id", "primary_dx")}, {"codes": []}),
    (
        "SELECT pat_id FROM ehr.encounters WHERE primary_dx IN (:a, :b)",
        {E: ("pat_id", "primary_dx")},
        {"a": "J18.9", "b": "E11.9"},
    ),
    (
        "SELECT pat_id FROM ehr.encounters WHERE age_at_admit IN (:ages)",
        {E: ("age_at_admit", "pat_id")},
        {"ages": [30, 40, 90]},
    ),
    (
        "SELECT date_trunc('month', disch_dt) AS month, count(*) AS n FROM ehr.encounters GROUP BY 1 ORDER BY 1",
        {E: ("disch_dt",)},
        {},
    ),
    (
        "SELECT date_trunc('month', disch_dt) AS month, avg(los) AS mean_los FROM ehr.encounters GROUP BY month ORDER BY month",
        {E: ("disch_dt", "los")},
        {},
    ),
    (
        "SELECT extract(year FROM admit_dt) AS y, enc_class, count(*) AS n FROM ehr.encounters GROUP BY ALL ORDER BY y, enc_class",
        {E: ("admit_dt", "enc_class")},
        {},
    ),
    (
        "SELECT enc_class, count(*) AS n FROM ehr.encounters GROUP BY enc_class HAVING count(*) > 10 ORDER BY n DESC",
        {E: ("enc_class",)},
        {},
    ),
    (
        "SELECT e.pat_id, p.sex, e.admit_dt FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id",
        {E: ("admit_dt", "pat_id"), "ehr.patients": ("pat_id", "sex")},
        {},
    ),
    (
        "SELECT e.enc_id, max(l.value) AS peak FROM ehr.encounters AS e LEFT JOIN ehr.labs AS l ON l.enc_id = e.enc_id"
        " AND l.loinc = '2160-0' GROUP BY e.enc_id",
        {E: ("enc_id",), "ehr.labs": ("enc_id", "loinc", "value")},
        {},
    ),
    (
        "SELECT pat_id, sex, admit_dt FROM ehr.encounters JOIN ehr.patients USING (pat_id)",
        {E: ("admit_dt", "pat_id"), "ehr.patients": ("pat_id", "sex")},
        {},
    ),
    (
        "SELECT pat_id, enc_id, loinc FROM ehr.encounters LEFT JOIN ehr.labs USING (pat_id, enc_id)",
        {E: ("enc_id", "pat_id"), "ehr.labs": ("enc_id", "loinc", "pat_id")},
        {},
    ),
    (
        "SELECT pat_id, enc_id, admit_dt FROM ehr.encounters"
        " QUALIFY row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt) = 1",
        {E: ("admit_dt", "enc_id", "pat_id")},
        {},
    ),
    (
        "SELECT pat_id, admit_dt, lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS previous FROM ehr.encounters",
        {E: ("admit_dt", "disch_dt", "pat_id")},
        {},
    ),
    (
        "SELECT pat_id, enc_id, lead(enc_id) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_enc FROM ehr.encounters",
        {E: ("admit_dt", "enc_id", "pat_id")},
        {},
    ),
    (
        "WITH index_stays AS (SELECT pat_id, enc_id, disch_dt FROM ehr.encounters WHERE primary_dx LIKE 'I50%')"
        " SELECT i.pat_id, i.enc_id, min(e.admit_dt) AS readmitted FROM index_stays i JOIN ehr.encounters e"
        " ON e.pat_id = i.pat_id AND e.admit_dt > i.disch_dt AND e.admit_dt <= i.disch_dt + INTERVAL 30 DAY"
        " GROUP BY i.pat_id, i.enc_id",
        {E: ("admit_dt", "disch_dt", "enc_id", "pat_id", "primary_dx")},
        {},
    ),
    (
        "SELECT pat_id FROM ehr.patients p WHERE EXISTS (SELECT 1 FROM ehr.labs l WHERE l.pat_id = p.pat_id AND l.value > :limit)",
        {"ehr.patients": ("pat_id",), "ehr.labs": ("pat_id", "value")},
        {"limit": 6.5},
    ),
    (
        "SELECT pat_id FROM ehr.patients WHERE pat_id IN (SELECT pat_id FROM ehr.encounters WHERE enc_class = 'IP')",
        {"ehr.patients": ("pat_id",), E: ("enc_class", "pat_id")},
        {},
    ),
    (
        "SELECT pat_id FROM ehr.patients EXCEPT SELECT pat_id FROM ehr.encounters",
        {"ehr.patients": ("pat_id",), E: ("pat_id",)},
        {},
    ),
    (
        "SELECT pat_id, 'stay' AS what FROM ehr.encounters UNION ALL SELECT pat_id, 'lab' FROM ehr.labs",
        {E: ("pat_id",), "ehr.labs": ("pat_id",)},
        {},
    ),
    (
        "SELECT count(DISTINCT CASE WHEN enc_class = 'IP' THEN pat_id END) AS inpatients, count(DISTINCT pat_id) AS all_patients"
        " FROM ehr.encounters",
        {E: ("enc_class", "pat_id")},
        {},
    ),
    (
        "SELECT enc_class, count(*) FILTER (WHERE los > 2) AS long_stays, sum(CASE WHEN los > 2 THEN 1 ELSE 0 END) AS again"
        " FROM ehr.encounters GROUP BY enc_class",
        {E: ("enc_class", "los")},
        {},
    ),
    (
        "SELECT median(los) AS m, quantile_cont(los, 0.25) AS q1, percentile_cont(0.75) WITHIN GROUP (ORDER BY los) AS q3"
        " FROM ehr.encounters",
        {E: ("los",)},
        {},
    ),
    (
        "SELECT birth_year, zip, count(*) AS n FROM ehr.patients GROUP BY birth_year, zip",
        {"ehr.patients": ("birth_year", "zip")},
        {},
    ),
    (
        "SELECT CASE WHEN age_at_admit < 40 THEN 'young' WHEN age_at_admit >= 65 THEN 'old' ELSE 'middle' END AS age_band,"
        " count(*) AS n FROM ehr.encounters GROUP BY age_band",
        {E: ("age_at_admit",)},
        {},
    ),
    (
        "SELECT date_diff('day', admit_dt, disch_dt) AS days, datediff('hour', admit_dt, disch_dt) AS hours FROM ehr.encounters",
        {E: ("admit_dt", "disch_dt")},
        {},
    ),
    (
        "SELECT enc_id FROM ehr.encounters WHERE admit_dt >= DATE '2022-03-01' AND admit_dt < DATE '2022-03-01' + INTERVAL '1 month'",
        {E: ("admit_dt", "enc_id")},
        {},
    ),
    ("SELECT CAST(admit_dt AS DATE) AS admit_dt FROM ehr.encounters ORDER BY admit_dt", {E: ("admit_dt",)}, {}),
    (
        "SELECT admit_dt::date AS day, los::integer AS los FROM ehr.encounters WHERE los > 1.5",
        {E: ("admit_dt", "los")},
        {},
    ),
    (
        "SELECT coalesce(primary_dx, 'none') AS dx, upper(left(primary_dx, 3)) AS chapter, substring(primary_dx, 1, 3) AS c"
        " FROM ehr.encounters",
        {E: ("primary_dx",)},
        {},
    ),
    (
        "SELECT e.primary_dx, c.meaning, count(*) AS n FROM ehr.encounters e JOIN ehr.codes c ON c.code = e.primary_dx"
        " GROUP BY e.primary_dx, c.meaning ORDER BY n DESC, e.primary_dx LIMIT 10",
        {E: ("primary_dx",), "ehr.codes": ("code", "meaning")},
        {},
    ),
    (
        "SELECT primary_dx FROM ehr.encounters WHERE primary_dx ILIKE 'i50%' OR regexp_matches(primary_dx, '^J1[0-9]')",
        {E: ("primary_dx",)},
        {},
    ),
    ("SELECT DISTINCT pat_id, enc_class FROM ehr.encounters", {E: ("enc_class", "pat_id")}, {}),
    ("SELECT * FROM ehr.codes ORDER BY code", {"ehr.codes": ("code", "meaning")}, {}),
    (
        "WITH s AS (SELECT * FROM ehr.encounters WHERE enc_class = 'IP') SELECT enc_id, los FROM s WHERE los > 3",
        {E: ("admit_dt", "age_at_admit", "disch_dt", "enc_class", "enc_id", "los", "pat_id", "primary_dx")},
        {},
    ),
    (
        "SELECT q.month, q.n, sum(q.n) OVER (ORDER BY q.month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running"
        " FROM (SELECT date_trunc('month', admit_dt) AS month, count(*) AS n FROM ehr.encounters GROUP BY 1) AS q",
        {E: ("admit_dt",)},
        {},
    ),
    (
        "SELECT l.pat_id, l.taken_at, l.value FROM ehr.labs l SEMI JOIN ehr.encounters e ON e.pat_id = l.pat_id AND e.los > 3",
        {"ehr.labs": ("pat_id", "taken_at", "value"), E: ("los", "pat_id")},
        {},
    ),
    (
        "SELECT p.pat_id FROM ehr.patients p ANTI JOIN ehr.encounters e ON e.pat_id = p.pat_id",
        {"ehr.patients": ("pat_id",), E: ("pat_id",)},
        {},
    ),
    (
        "SELECT e.enc_id, l.value FROM ehr.encounters e ASOF JOIN ehr.labs l ON l.pat_id = e.pat_id AND e.admit_dt >= l.taken_at",
        {E: ("admit_dt", "enc_id", "pat_id"), "ehr.labs": ("pat_id", "taken_at", "value")},
        {},
    ),
    (
        "SELECT arg_max(value, taken_at) AS newest, any_value(enc_id) AS some_enc, pat_id FROM ehr.labs WHERE loinc = '4548-4'"
        " GROUP BY pat_id",
        {"ehr.labs": ("enc_id", "loinc", "pat_id", "taken_at", "value")},
        {},
    ),
    (
        "SELECT a.pat_id, a.enc_id AS first_enc, b.enc_id AS second_enc FROM ehr.encounters a JOIN ehr.encounters b"
        " ON a.pat_id = b.pat_id AND a.enc_id <> b.enc_id AND b.admit_dt > a.admit_dt",
        {E: ("admit_dt", "enc_id", "pat_id")},
        {},
    ),
    (
        "SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY GROUPING SETS ((enc_class), (primary_dx), ())",
        {E: ("enc_class", "primary_dx")},
        {},
    ),
    (
        "SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY ROLLUP (enc_class, primary_dx)",
        {E: ("enc_class", "primary_dx")},
        {},
    ),
    (
        "SELECT pat_id, (SELECT count(*) FROM ehr.labs l WHERE l.pat_id = p.pat_id) AS labs FROM ehr.patients p",
        {"ehr.patients": ("pat_id",), "ehr.labs": ("pat_id",)},
        {},
    ),
    ("SELECT los, los * 24 AS hours, hours / 2 AS half FROM ehr.encounters", {E: ("los",)}, {}),
    (
        "SELECT strftime(admit_dt, '%Y-%m') AS month, round(avg(los), 2) AS los, stddev(los) AS sd, count(los) AS n"
        " FROM ehr.encounters GROUP BY month",
        {E: ("admit_dt", "los")},
        {},
    ),
    (
        "SELECT pat_id FROM ehr.encounters WHERE disch_dt IS NULL AND pat_id IS NOT NULL",
        {E: ("disch_dt", "pat_id")},
        {},
    ),
    (
        "SELECT ntile(4) OVER (ORDER BY los) AS quartile, los, rank() OVER (ORDER BY los DESC) AS place FROM ehr.encounters",
        {E: ("los",)},
        {},
    ),
    (
        "WITH a AS (SELECT pat_id, count(*) AS stays FROM ehr.encounters GROUP BY pat_id), b AS (SELECT stays, count(*) AS patients"
        " FROM a GROUP BY stays) SELECT stays, patients FROM b ORDER BY stays",
        {E: ("pat_id",)},
        {},
    ),
    (
        "SELECT pat_id, year(admit_dt) - birth_year AS about_age FROM ehr.encounters JOIN ehr.patients USING (pat_id)",
        {E: ("admit_dt", "pat_id"), "ehr.patients": ("birth_year", "pat_id")},
        {},
    ),
    (
        "SELECT enc_id FROM ehr.encounters WHERE los >= :days AND enc_class = :kind LIMIT 5 OFFSET 0",
        {E: ("enc_class", "enc_id", "los")},
        {"days": 2, "kind": "IP"},
    ),
    (
        "SELECT admit_dt + to_days(CAST(:n AS INTEGER)) AS later FROM ehr.encounters WHERE enc_class = 'IP'",
        {E: ("admit_dt", "enc_class")},
        {"n": 30},
    ),
    (
        "SELECT enc_id, dayofweek(admit_dt) AS dow, quarter(admit_dt) AS q, hour(admit_dt) AS h, last_day(admit_dt) AS m"
        " FROM ehr.encounters -- for the roster\n WHERE /* weekdays */ dayofweek(admit_dt) BETWEEN 1 AND 5",
        {E: ("admit_dt", "enc_id")},
        {},
    ),
    (
        "SELECT nullif(enc_class, 'OP') AS c, greatest(los, 1.0) AS g, least(los, 5.0) AS l, abs(los - 3) AS d FROM ehr.encounters",
        {E: ("enc_class", "los")},
        {},
    ),
    (
        "SELECT concat(enc_class, '-', primary_dx) AS k, enc_class || '/' || primary_dx AS j FROM ehr.encounters",
        {E: ("enc_class", "primary_dx")},
        {},
    ),
    (
        "SELECT person, placed_on FROM reg.implants WHERE placed_on > :since",
        {"reg.implants": ("person", "placed_on")},
        {"since": "2023-01-05"},
    ),
    ("FROM ehr.codes SELECT meaning", {"ehr.codes": ("meaning",)}, {}),
    (
        "SELECT corr(los, age_at_admit) AS r, bool_or(los > 3) AS any_long, approx_count_distinct(pat_id) AS n FROM ehr.encounters",
        {E: ("age_at_admit", "los", "pat_id")},
        {},
    ),
    (
        "(SELECT pat_id FROM ehr.encounters) UNION (SELECT pat_id FROM ehr.labs)",
        {E: ("pat_id",), "ehr.labs": ("pat_id",)},
        {},
    ),
    (
        "SELECT enc_class, string_agg(DISTINCT primary_dx, ', ' ORDER BY primary_dx) AS dxs FROM ehr.encounters GROUP BY enc_class",
        {E: ("enc_class", "primary_dx")},
        {},
    ),
]

# More ways to write a query, among them aliases that are spelt like columns; only their rows are compared.
IDIOMS: list[tuple[str, dict[str, Any]]] = [
    ("SELECT los::DECIMAL(10,2) AS l FROM ehr.encounters", {}),
    (
        "SELECT enc_id FROM ehr.encounters WHERE admit_dt >= CAST(:d AS DATE) - INTERVAL (:n) DAY",
        {"d": "2022-03-01", "n": 30},
    ),
    ("SELECT enc_id FROM ehr.encounters WHERE admit_dt >= CAST(:d AS DATE) - INTERVAL '30 days'", {"d": "2022-03-01"}),
    (
        "SELECT enc_id FROM ehr.encounters WHERE admit_dt >= CAST(:d AS DATE) - :n * INTERVAL '1 day'",
        {"d": "2022-03-01", "n": 30},
    ),
    ("SELECT EXTRACT(EPOCH FROM (disch_dt - admit_dt)) / 86400.0 AS d FROM ehr.encounters", {}),
    ("SELECT disch_dt - admit_dt AS d FROM ehr.encounters", {}),
    ("SELECT e.enc_id FROM ehr.encounters e, ehr.patients p WHERE e.pat_id = p.pat_id AND p.sex = 'F'", {}),
    ("SELECT e.enc_id FROM ehr.encounters e CROSS JOIN ehr.codes c WHERE e.primary_dx = c.code", {}),
    (
        "SELECT e.enc_id, l.n FROM ehr.encounters e LEFT JOIN (SELECT enc_id, count(*) AS n FROM ehr.labs GROUP BY enc_id) l ON l.enc_id = e.enc_id",
        {},
    ),
    (
        "SELECT e.pat_id FROM ehr.encounters e WHERE NOT EXISTS (SELECT 1 FROM ehr.encounters x WHERE x.pat_id = e.pat_id AND x.admit_dt < e.admit_dt)",
        {},
    ),
    (
        "SELECT e.pat_id, e.enc_id FROM ehr.encounters e WHERE e.admit_dt = (SELECT min(x.admit_dt) FROM ehr.encounters x WHERE x.pat_id = e.pat_id)",
        {},
    ),
    (
        "SELECT a.pat_id AS pat_id, b.pat_id AS other FROM ehr.patients a FULL OUTER JOIN ehr.encounters b ON a.pat_id = b.pat_id",
        {},
    ),
    (
        "SELECT enc_id FROM ehr.encounters WHERE (primary_dx LIKE 'I50%' OR primary_dx LIKE 'J18%') AND NOT (enc_class = 'OP')",
        {},
    ),
    (
        "SELECT enc_id FROM ehr.encounters WHERE admit_dt BETWEEN DATE '2022-01-01' AND DATE '2022-12-31' AND los IS NOT NULL",
        {},
    ),
    (
        "SELECT pat_id, min(admit_dt) AS first_admit, max(disch_dt) AS last_disch, count(DISTINCT enc_id) AS n FROM ehr.encounters GROUP BY pat_id HAVING count(*) >= 2",
        {},
    ),
    (
        "SELECT date_part('year', admit_dt) AS y, date_part('month', admit_dt) AS m, count(*) AS n FROM ehr.encounters GROUP BY y, m ORDER BY y, m",
        {},
    ),
    (
        "SELECT CASE WHEN los < 1 THEN '<1' WHEN los BETWEEN 1 AND 3 THEN '1-3' ELSE '>3' END AS band, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS pct FROM ehr.encounters GROUP BY 1",
        {},
    ),
    ("SELECT pat_id, enc_id, admit_dt, COALESCE(disch_dt, CURRENT_DATE) AS d FROM ehr.encounters", {}),
    ("SELECT encounters.enc_id FROM ehr.encounters", {}),
    ("SELECT pat_id, enc_id FROM ehr.encounters ORDER BY admit_dt DESC NULLS LAST LIMIT 10", {}),
    (
        "SELECT pat_id, value, value - lag(value) OVER (PARTITION BY pat_id, loinc ORDER BY taken_at) AS delta FROM ehr.labs",
        {},
    ),
    (
        "SELECT pat_id, value FROM ehr.labs QUALIFY row_number() OVER (PARTITION BY pat_id ORDER BY taken_at DESC, value DESC) = 1",
        {},
    ),
    (
        "SELECT pat_id, avg(value) OVER (PARTITION BY pat_id ORDER BY taken_at RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW) AS a FROM ehr.labs",
        {},
    ),
    ("SELECT TRY_CAST(loinc AS INTEGER) AS l, value::int AS v, (value > 1)::int AS f FROM ehr.labs", {}),
    ("SELECT regexp_extract(primary_dx, '^([A-Z]\\d\\d)', 1) AS ch, length(primary_dx) AS n FROM ehr.encounters", {}),
    ("SELECT if(los > 3, 'long', 'short') AS k, count(*) AS n FROM ehr.encounters GROUP BY k", {}),
    (
        "SELECT enc_class, count(*) AS n, avg(los) FILTER (WHERE primary_dx LIKE 'I%') AS a FROM ehr.encounters GROUP BY enc_class ORDER BY count(*) DESC",
        {},
    ),
    (
        "SELECT count(*) AS n FROM ehr.encounters e JOIN ehr.encounters f USING (pat_id) WHERE f.admit_dt > e.disch_dt AND f.admit_dt <= e.disch_dt + INTERVAL 30 DAYS",
        {},
    ),
    (
        "WITH h AS (SELECT DISTINCT pat_id FROM ehr.encounters WHERE primary_dx IN ('I50.20','I50.21')), l AS (SELECT pat_id, max(value) AS m FROM ehr.labs WHERE loinc = :loinc GROUP BY pat_id) SELECT h.pat_id, l.m FROM h LEFT JOIN l USING (pat_id)",
        {"loinc": "2160-0"},
    ),
    ("SELECT date_trunc('month', admit_dt) AS admit_dt, count(*) AS n FROM ehr.encounters GROUP BY admit_dt", {}),
    (
        "SELECT upper(enc_class) AS enc_class, count(*) AS n FROM ehr.encounters GROUP BY enc_class ORDER BY enc_class",
        {},
    ),
    ("SELECT los + 1 AS los, los * 2 AS d FROM ehr.encounters WHERE los > 2 ORDER BY los, d", {}),
    ("SELECT round(los) AS los, count(*) AS n FROM ehr.encounters GROUP BY los HAVING los > 2", {}),
    ("SELECT round(los) AS r, count(*) AS n FROM ehr.encounters GROUP BY r HAVING r > 2 ORDER BY r", {}),
    ("SELECT los AS x FROM ehr.encounters WHERE x > 3", {}),
    ("SELECT max(los) AS los FROM ehr.encounters HAVING max(los) > 1", {}),
    (
        "SELECT enc_class, los, row_number() OVER (PARTITION BY enc_class ORDER BY los) AS los2 FROM ehr.encounters QUALIFY los2 < 3",
        {},
    ),
    (
        "SELECT -los AS los, enc_class FROM ehr.encounters QUALIFY row_number() OVER (PARTITION BY enc_class ORDER BY los) = 1",
        {},
    ),
    ("SELECT enc_class AS k, count(*) AS n FROM ehr.encounters GROUP BY ALL ORDER BY n DESC, k LIMIT 3", {}),
    ("SELECT * FROM ehr.encounters JOIN ehr.labs USING (pat_id, enc_id)", {}),
    ("SELECT e.*, p.sex FROM ehr.encounters e JOIN ehr.patients p ON e.pat_id = p.pat_id", {}),
    ("SELECT e.* EXCLUDE (pat_id), p.* FROM ehr.encounters e JOIN ehr.patients p ON e.pat_id = p.pat_id", {}),
    (
        "SELECT pat_id FROM ehr.encounters WHERE enc_class IN (SELECT enc_class FROM ehr.encounters WHERE los > 3) AND enc_id IN (SELECT enc_id FROM ehr.labs WHERE value > 5)",
        {},
    ),
    (
        "SELECT a.pat_id FROM ehr.encounters AS a INNER JOIN ehr.labs AS b ON (a.pat_id = b.pat_id AND a.enc_id = b.enc_id AND b.taken_at BETWEEN a.admit_dt AND coalesce(a.disch_dt, a.admit_dt + INTERVAL 1 DAY))",
        {},
    ),
    (
        "SELECT count(*) AS n, count(*) * 1.0 / (SELECT count(*) FROM ehr.encounters) AS share FROM ehr.encounters WHERE enc_class = 'IP'",
        {},
    ),
    (
        "SELECT DATEDIFF('day', admit_dt, disch_dt) AS d, DATE_ADD(admit_dt, INTERVAL 3 DAY) AS e, admit_dt::DATE + 3 AS f FROM ehr.encounters",
        {},
    ),
    (
        "SELECT los // 1 AS a, los % 2 AS b, 7 / 2 AS c, 7 // 2 AS d, 2 ** 3 AS e, 2 ^ 3 AS f FROM ehr.encounters LIMIT 2",
        {},
    ),
    ('SELECT \'a\' AS "Group Name", count(*) AS "N (%)" FROM ehr.encounters', {}),
]
