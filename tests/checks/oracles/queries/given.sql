-- one value
-- given {"days": 2}
SELECT enc_id FROM ehr.encounters WHERE los >= :days

-- two values and a text
-- given {"low": 1.5, "high": 3.5, "kind": "IP"}
SELECT enc_id, los FROM ehr.encounters WHERE los BETWEEN :low AND :high AND enc_class = :kind

-- one value twice
-- given {"limit": 3}
SELECT count(*) FILTER (WHERE los > :limit) AS more, count(*) FILTER (WHERE los <= :limit) AS less FROM ehr.encounters

-- times as text
-- given {"start": "2022-02-01 00:00:00", "end": "2022-06-30 00:00:00"}
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= :start AND admit_dt < :end

-- a list of codes
-- given {"codes": ["I50.20", "J18.9"]}
SELECT pat_id, enc_id FROM ehr.encounters WHERE primary_dx IN (:codes)

-- a list that is denied
-- given {"codes": ["J18.9"]}
SELECT pat_id FROM ehr.encounters WHERE primary_dx NOT IN (:codes)

-- an empty list
-- given {"codes": []}
SELECT pat_id FROM ehr.encounters WHERE primary_dx IN (:codes)

-- an empty list that is denied
-- given {"codes": []}
SELECT enc_id FROM ehr.encounters WHERE primary_dx NOT IN (:codes)

-- a list of numbers
-- given {"ages": [30, 40, 90]}
SELECT enc_id FROM ehr.encounters WHERE age_at_admit IN (:ages)

-- a list of numbers with parts
-- given {"days": [0.5, 1.0, 2.0]}
SELECT enc_id FROM ehr.encounters WHERE los IN (:days)

-- a list of one
-- given {"codes": ["E11.9"]}
SELECT c.meaning FROM ehr.codes c WHERE c.code IN (:codes)

-- two lists
-- given {"codes": ["I50.20", "E11.9"], "tests": ["2160-0"]}
SELECT e.enc_id, l.value FROM ehr.encounters e JOIN ehr.labs l ON l.enc_id = e.enc_id WHERE e.primary_dx IN (:codes) AND l.loinc IN (:tests)

-- a list in a join
-- given {"codes": ["J18.9"]}
SELECT p.pat_id, e.enc_id FROM ehr.patients p LEFT JOIN ehr.encounters e ON e.pat_id = p.pat_id AND e.primary_dx IN (:codes)

-- a list in a filter and in a case
-- given {"codes": ["J18.9", "E11.9"]}
SELECT count(*) FILTER (WHERE primary_dx IN (:codes)) AS n, sum(CASE WHEN primary_dx IN (:codes) THEN los END) AS days FROM ehr.encounters

-- a list in a named query
-- given {"codes": ["I50.20", "I50.21", "I50.23"], "loinc": "2160-0"}
WITH h AS (SELECT DISTINCT pat_id FROM ehr.encounters WHERE primary_dx IN (:codes)), l AS (SELECT pat_id, max(value) AS highest FROM ehr.labs WHERE loinc = :loinc GROUP BY pat_id)
SELECT h.pat_id, l.highest FROM h LEFT JOIN l ON l.pat_id = h.pat_id

-- several values in one condition
-- given {"a": "J18.9", "b": "E11.9"}
SELECT enc_id FROM ehr.encounters WHERE primary_dx IN (:a, :b)

-- values written out
SELECT enc_id FROM ehr.encounters WHERE primary_dx IN ('J18.9', 'E11.9') AND enc_class NOT IN ('OP')

-- a value in an expression
-- given {"factor": 1.5}
SELECT enc_id, los * :factor AS scaled FROM ehr.encounters WHERE los > 2

-- a value as a pattern
-- given {"pattern": "I50%"}
SELECT enc_id FROM ehr.encounters WHERE primary_dx LIKE :pattern

-- a value that may be absent
-- given {"dx": "J18.9"}
SELECT enc_id FROM ehr.encounters WHERE coalesce(primary_dx, '') = :dx

-- days before a day
-- given {"day": "2022-03-01", "n": 30}
-- on duckdb
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= CAST(:day AS DATE) - :n * INTERVAL '1 day' AND admit_dt < CAST(:day AS DATE)
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= CAST(:day AS DATE) - :n * INTERVAL '1 day' AND admit_dt < CAST(:day AS DATE)
-- on sqlite
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= date(:day, '-30 days') AND admit_dt < date(:day) AND :n > 0

-- dates in a list
-- given {"days": ["2023-01-02", "2023-01-05"]}
SELECT person FROM reg.implants WHERE placed_on IN (:days)

-- stays of a cohort
-- cohort pat_id
SELECT enc_id, los FROM ehr.encounters

-- a cohort over two tables
-- cohort pat_id
SELECT e.enc_id, l.value FROM ehr.encounters e LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id AND l.loinc = '2160-0'

-- a cohort inside a condition
-- cohort pat_id
SELECT p.pat_id, p.sex FROM ehr.patients p WHERE EXISTS (SELECT 1 FROM ehr.encounters e WHERE e.pat_id = p.pat_id AND e.los > 2)

-- a cohort and a list
-- given {"codes": ["J18.9", "I50.20"]}
-- cohort pat_id
SELECT enc_class, count(*) AS n FROM ehr.encounters WHERE primary_dx IN (:codes) GROUP BY enc_class
