-- named query
WITH inpatients AS (SELECT pat_id, enc_id, los FROM ehr.encounters WHERE enc_class = 'IP') SELECT enc_id, los FROM inpatients WHERE los > 3

-- readmissions within 200 days
-- on duckdb
WITH index_stays AS (SELECT pat_id, enc_id, disch_dt FROM ehr.encounters WHERE primary_dx LIKE 'I50%')
SELECT i.pat_id, i.enc_id, min(e.admit_dt) AS readmitted FROM index_stays i JOIN ehr.encounters e
ON e.pat_id = i.pat_id AND e.admit_dt > i.disch_dt AND e.admit_dt <= i.disch_dt + INTERVAL 200 DAY GROUP BY i.pat_id, i.enc_id
-- on postgres
WITH index_stays AS (SELECT pat_id, enc_id, disch_dt FROM ehr.encounters WHERE primary_dx LIKE 'I50%')
SELECT i.pat_id, i.enc_id, min(e.admit_dt) AS readmitted FROM index_stays i JOIN ehr.encounters e
ON e.pat_id = i.pat_id AND e.admit_dt > i.disch_dt AND e.admit_dt <= i.disch_dt + INTERVAL '200 days' GROUP BY i.pat_id, i.enc_id
-- on sqlite
WITH index_stays AS (SELECT pat_id, enc_id, disch_dt FROM ehr.encounters WHERE primary_dx LIKE 'I50%')
SELECT i.pat_id, i.enc_id, min(e.admit_dt) AS readmitted FROM index_stays i JOIN ehr.encounters e
ON e.pat_id = i.pat_id AND e.admit_dt > i.disch_dt AND e.admit_dt <= datetime(i.disch_dt, '+200 days') GROUP BY i.pat_id, i.enc_id

-- named queries that build on each other
WITH per_patient AS (SELECT pat_id, count(*) AS stays FROM ehr.encounters GROUP BY pat_id),
tally AS (SELECT stays, count(*) AS patients FROM per_patient GROUP BY stays)
SELECT stays, patients FROM tally ORDER BY stays

-- a named query used twice
WITH m AS (SELECT pat_id, avg(los) AS mean_los FROM ehr.encounters GROUP BY pat_id)
SELECT a.pat_id, a.mean_los FROM m a WHERE a.mean_los > (SELECT avg(b.mean_los) FROM m b)

-- a named query of everything
WITH s AS (SELECT * FROM ehr.encounters) SELECT enc_id FROM s WHERE los > 3

-- a named query inside a nested query
SELECT q.n FROM (WITH f AS (SELECT pat_id FROM ehr.patients WHERE sex = 'F') SELECT count(*) AS n FROM f) q

-- a named query inside a condition
SELECT enc_id FROM ehr.encounters WHERE pat_id IN (WITH f AS (SELECT pat_id FROM ehr.patients WHERE sex = 'F') SELECT pat_id FROM f)

-- a named query that is not used
WITH unused AS (SELECT los FROM ehr.encounters), used AS (SELECT code, meaning FROM ehr.codes) SELECT code FROM used

-- a named query spelt like a table
WITH codes AS (SELECT code FROM ehr.codes WHERE meaning = 'Diabetes') SELECT code FROM codes

-- a named query inside a named query
WITH outside AS (WITH inside AS (SELECT enc_class, los FROM ehr.encounters) SELECT enc_class, max(los) AS longest FROM inside GROUP BY enc_class)
SELECT enc_class, longest FROM outside

-- derived table
SELECT q.enc_class, q.mean_los FROM (SELECT enc_class, avg(los) AS mean_los FROM ehr.encounters GROUP BY enc_class) AS q WHERE q.mean_los > 1

-- derived tables three deep
SELECT z.k, z.n FROM (SELECT y.k, count(*) AS n FROM (SELECT x.enc_class AS k, x.los FROM (SELECT enc_class, los, primary_dx FROM ehr.encounters) x WHERE x.los > 1) y GROUP BY y.k) z

-- nested aliases that swap two columns
SELECT q.los AS kind, q.enc_class AS days FROM (SELECT enc_class AS los, los AS enc_class FROM ehr.encounters) q WHERE q.enc_class > 2

-- the same alias inside and outside
SELECT e.enc_id FROM (SELECT e.enc_id, e.los FROM ehr.encounters e WHERE e.enc_class = 'IP') e WHERE e.los > 2

-- an inner alias that hides the outer table
SELECT e.enc_id FROM ehr.encounters e WHERE e.enc_class IN (SELECT e.code FROM ehr.codes e UNION SELECT 'IP')

-- those with a high value
SELECT pat_id FROM ehr.patients p WHERE EXISTS (SELECT 1 FROM ehr.labs l WHERE l.pat_id = p.pat_id AND l.value > 6.5)

-- those without a high value
SELECT pat_id FROM ehr.patients p WHERE NOT EXISTS (SELECT 1 FROM ehr.labs l WHERE l.pat_id = p.pat_id AND l.value > 6.5)

-- existence by star
SELECT p.pat_id FROM ehr.patients p WHERE EXISTS (SELECT * FROM ehr.codes c WHERE c.code = p.zip) OR p.sex = 'M'

-- existence with a bare outer column
SELECT meaning FROM ehr.codes WHERE EXISTS (SELECT 1 FROM ehr.encounters WHERE primary_dx = code)

-- membership of a query
SELECT pat_id FROM ehr.patients WHERE pat_id IN (SELECT pat_id FROM ehr.encounters WHERE enc_class = 'IP')

-- membership of a query, denied
SELECT pat_id, sex FROM ehr.patients WHERE pat_id NOT IN (SELECT pat_id FROM ehr.encounters WHERE los > 3 AND pat_id IS NOT NULL)

-- membership of two queries
SELECT enc_id FROM ehr.encounters WHERE enc_id IN (SELECT enc_id FROM ehr.labs WHERE value > 6) AND pat_id IN (SELECT pat_id FROM ehr.patients WHERE sex = 'F')

-- a correlated first stay
SELECT e.pat_id, e.enc_id FROM ehr.encounters e WHERE e.admit_dt = (SELECT min(x.admit_dt) FROM ehr.encounters x WHERE x.pat_id = e.pat_id)

-- a correlated count
SELECT p.pat_id, (SELECT count(*) FROM ehr.labs l WHERE l.pat_id = p.pat_id) AS tests FROM ehr.patients p

-- a correlated latest value
SELECT e.enc_id, (SELECT max(l.value) FROM ehr.labs l WHERE l.enc_id = e.enc_id AND l.taken_at > e.admit_dt) AS peak FROM ehr.encounters e

-- correlated two levels up
SELECT p.pat_id FROM ehr.patients p WHERE EXISTS (SELECT 1 FROM ehr.encounters e WHERE e.pat_id = p.pat_id
AND EXISTS (SELECT 1 FROM ehr.labs l WHERE l.enc_id = e.enc_id AND l.pat_id = p.pat_id AND l.value > 6))

-- correlated existence without an earlier stay
SELECT e.pat_id, e.admit_dt FROM ehr.encounters e WHERE NOT EXISTS (SELECT 1 FROM ehr.encounters x WHERE x.pat_id = e.pat_id AND x.admit_dt < e.admit_dt)

-- above the mean of its kind
SELECT e.enc_id, e.los FROM ehr.encounters e WHERE e.los > (SELECT avg(x.los) FROM ehr.encounters x WHERE x.enc_class = e.enc_class)

-- a scalar query in the list
SELECT enc_class, count(*) AS n, (SELECT count(*) FROM ehr.encounters) AS everyone FROM ehr.encounters GROUP BY enc_class

-- a share of a whole
SELECT count(*) * 1.0 / (SELECT count(*) FROM ehr.encounters) AS share FROM ehr.encounters WHERE enc_class = 'IP'

-- a scalar query in a case
SELECT enc_id, CASE WHEN los > (SELECT avg(los) FROM ehr.encounters) THEN 'long' ELSE 'short' END AS kind FROM ehr.encounters

-- a scalar query in a join condition
SELECT e.enc_id, p.sex FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id AND e.los > (SELECT avg(x.los) FROM ehr.encounters x)

-- a query in having
SELECT enc_class, avg(los) AS mean_los FROM ehr.encounters GROUP BY enc_class HAVING avg(los) > (SELECT avg(los) FROM ehr.encounters) - 1

-- a query in order
SELECT c.code FROM ehr.codes c ORDER BY (SELECT count(*) FROM ehr.encounters e WHERE e.primary_dx = c.code), c.code

-- a nested query of a set operation
SELECT count(*) AS n FROM (SELECT pat_id FROM ehr.encounters UNION SELECT pat_id FROM ehr.labs) u

-- limited nested query
SELECT q.primary_dx, q.n FROM (SELECT primary_dx, count(*) AS n FROM ehr.encounters GROUP BY primary_dx ORDER BY count(*) DESC, primary_dx LIMIT 2) q

-- a long chain of steps
WITH a AS (SELECT pat_id, enc_id, admit_dt, primary_dx FROM ehr.encounters WHERE enc_class = 'IP'),
b AS (SELECT pat_id, min(admit_dt) AS first_admit FROM a GROUP BY pat_id),
c AS (SELECT a.pat_id, a.enc_id, a.primary_dx FROM a JOIN b ON b.pat_id = a.pat_id AND b.first_admit = a.admit_dt),
d AS (SELECT c.pat_id, c.primary_dx, p.sex FROM c JOIN ehr.patients p ON p.pat_id = c.pat_id)
SELECT sex, primary_dx, count(*) AS n FROM d GROUP BY sex, primary_dx

-- a derived column is read though nobody uses it
SELECT q.sex FROM (SELECT sex, zip FROM ehr.patients) q

-- cohort of one diagnosis without another
WITH failing AS (SELECT DISTINCT pat_id FROM ehr.encounters WHERE primary_dx LIKE 'I50%'),
lung AS (SELECT DISTINCT pat_id FROM ehr.encounters WHERE primary_dx = 'J18.9')
SELECT f.pat_id FROM failing f LEFT JOIN lung l ON l.pat_id = f.pat_id WHERE l.pat_id IS NULL

-- a materialised idea written as two named queries
WITH high AS (SELECT pat_id, enc_id, value FROM ehr.labs WHERE loinc = '4548-4' AND value > 6), who AS (SELECT h.pat_id, count(*) AS n FROM high h GROUP BY h.pat_id)
SELECT p.sex, sum(w.n) AS tests FROM who w JOIN ehr.patients p USING (pat_id) GROUP BY p.sex
