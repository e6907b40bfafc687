-- union
SELECT pat_id FROM ehr.encounters UNION SELECT pat_id FROM ehr.labs

-- union of everything with a label
SELECT pat_id, 'stay' AS what FROM ehr.encounters UNION ALL SELECT pat_id, 'test' FROM ehr.labs

-- difference
SELECT pat_id FROM ehr.patients EXCEPT SELECT pat_id FROM ehr.encounters WHERE enc_class = 'OP'

-- intersection
SELECT pat_id FROM ehr.encounters WHERE enc_class = 'IP' INTERSECT SELECT pat_id FROM ehr.encounters WHERE los < 2

-- three unions
SELECT enc_class AS word FROM ehr.encounters UNION SELECT loinc FROM ehr.labs UNION SELECT sex FROM ehr.patients

-- a union that is ordered
SELECT enc_class AS word, count(*) AS n FROM ehr.encounters GROUP BY enc_class UNION ALL SELECT loinc, count(*) FROM ehr.labs GROUP BY loinc ORDER BY n, word

-- a union that is limited
SELECT code AS word FROM ehr.codes UNION SELECT meaning FROM ehr.codes ORDER BY word LIMIT 4

-- a union of times
SELECT 'admitted' AS event, admit_dt AS moment FROM ehr.encounters WHERE los > 3.5 UNION ALL SELECT 'measured', taken_at FROM ehr.labs WHERE value > 6.9

-- a union inside a named query
WITH seen AS (SELECT pat_id, admit_dt AS moment FROM ehr.encounters UNION ALL SELECT pat_id, taken_at FROM ehr.labs)
SELECT pat_id, min(moment) AS first_seen FROM seen GROUP BY pat_id

-- a union of unlike columns with nothing in one place
SELECT pat_id, los, NULL AS value FROM ehr.encounters WHERE los > 4 UNION ALL SELECT pat_id, NULL, value FROM ehr.labs WHERE value > 7

-- in brackets
-- on duckdb postgres
(SELECT pat_id FROM ehr.encounters WHERE los > 3) UNION (SELECT pat_id FROM ehr.labs WHERE value > 6)

-- limits in brackets
-- on duckdb postgres
(SELECT admit_dt AS moment FROM ehr.encounters ORDER BY admit_dt LIMIT 3) UNION ALL (SELECT taken_at FROM ehr.labs ORDER BY taken_at DESC LIMIT 3)

-- difference of everything
-- on duckdb postgres
SELECT pat_id FROM ehr.encounters EXCEPT ALL SELECT pat_id FROM ehr.patients

-- intersection of everything
-- on duckdb postgres
SELECT primary_dx FROM ehr.encounters INTERSECT ALL SELECT code FROM ehr.codes

-- difference of a union
SELECT pat_id FROM ehr.encounters UNION SELECT pat_id FROM ehr.labs EXCEPT SELECT pat_id FROM ehr.patients WHERE sex = 'F'

-- union in a condition
SELECT enc_id FROM ehr.encounters WHERE primary_dx IN (SELECT code FROM ehr.codes UNION SELECT 'I50.22')

-- distinct rows
SELECT DISTINCT pat_id, enc_class FROM ehr.encounters

-- distinct of a computed column
SELECT DISTINCT substr(primary_dx, 1, 3) AS chapter FROM ehr.encounters

-- distinct that is ordered
SELECT DISTINCT enc_class, primary_dx FROM ehr.encounters ORDER BY enc_class, primary_dx

-- the first stay of each patient
-- on duckdb postgres
SELECT DISTINCT ON (enc_class) enc_class, enc_id, admit_dt FROM ehr.encounters ORDER BY enc_class, admit_dt
-- on sqlite
SELECT enc_class, enc_id, admit_dt FROM (SELECT enc_class, enc_id, admit_dt, row_number() OVER (PARTITION BY enc_class ORDER BY admit_dt) AS place FROM ehr.encounters) q WHERE place = 1

-- the newest test of each kind
-- on duckdb postgres
SELECT DISTINCT ON (l.loinc, p.sex) l.loinc, p.sex, l.value FROM ehr.labs l JOIN ehr.patients p USING (pat_id) ORDER BY l.loinc, p.sex, l.taken_at DESC

-- a page of stays
SELECT enc_id, admit_dt FROM ehr.encounters ORDER BY admit_dt LIMIT 20 OFFSET 40

-- a page of a length that is given
-- given {"rows": 5, "skip": 10}
SELECT enc_id, admit_dt FROM ehr.encounters ORDER BY admit_dt DESC LIMIT :rows OFFSET :skip

-- the first ten
-- on duckdb postgres
SELECT enc_id, los FROM ehr.encounters ORDER BY los DESC, admit_dt FETCH FIRST 10 ROWS ONLY

-- one after another by keyset
-- given {"after": "2022-06-01 00:00:00"}
SELECT enc_id, admit_dt FROM ehr.encounters WHERE admit_dt > :after ORDER BY admit_dt LIMIT 7

-- order with nothing last
SELECT enc_id, disch_dt FROM ehr.encounters ORDER BY disch_dt DESC NULLS LAST, admit_dt

-- order with nothing first
SELECT enc_id, primary_dx FROM ehr.encounters ORDER BY primary_dx ASC NULLS FIRST, admit_dt LIMIT 50

-- order by a place
SELECT enc_class, admit_dt, los FROM ehr.encounters ORDER BY 1, 2 DESC

-- order by what is not returned
SELECT enc_id FROM ehr.encounters ORDER BY admit_dt DESC LIMIT 5

-- order by a computed column
SELECT enc_id, los * 24 AS hours FROM ehr.encounters ORDER BY hours DESC, admit_dt LIMIT 12

-- the next ones
-- on duckdb postgres
SELECT enc_id, admit_dt FROM ehr.encounters ORDER BY admit_dt OFFSET 5 ROWS FETCH NEXT 3 ROWS ONLY

-- the very first
-- on duckdb postgres
SELECT enc_id FROM ehr.encounters ORDER BY admit_dt FETCH FIRST ROW ONLY

-- the first of each class
-- on duckdb postgres
SELECT DISTINCT ON (enc_class) enc_class, los, admit_dt FROM ehr.encounters ORDER BY enc_class, los DESC, admit_dt
