-- the first stay by a window
SELECT q.pat_id, q.enc_id FROM (SELECT pat_id, enc_id, row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt) AS place FROM ehr.encounters) q WHERE q.place = 1

-- the first stay by qualify
-- on duckdb
SELECT pat_id, enc_id, admit_dt FROM ehr.encounters QUALIFY row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt) = 1

-- qualify by an alias
-- on duckdb
SELECT enc_class, los, row_number() OVER (PARTITION BY enc_class ORDER BY los, admit_dt) AS place FROM ehr.encounters QUALIFY place < 3

-- qualify beside a condition
-- on duckdb
SELECT pat_id, value FROM ehr.labs WHERE loinc = '2160-0' QUALIFY rank() OVER (PARTITION BY pat_id ORDER BY taken_at DESC) = 1

-- qualify by a column that is not returned
-- on duckdb
SELECT enc_class FROM ehr.encounters QUALIFY max(los) OVER (PARTITION BY primary_dx) = los

-- time since the stay before
-- on duckdb
SELECT pat_id, admit_dt, date_diff('day', lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt), admit_dt) AS gap FROM ehr.encounters
-- on postgres
SELECT pat_id, admit_dt, admit_dt - lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS gap FROM ehr.encounters
-- on sqlite
SELECT pat_id, admit_dt, julianday(admit_dt) - julianday(lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt)) AS gap FROM ehr.encounters

-- the stay before
SELECT pat_id, admit_dt, lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS previous FROM ehr.encounters

-- the stay after
SELECT pat_id, enc_id, lead(enc_id) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_stay FROM ehr.encounters

-- the value before, or zero
SELECT pat_id, taken_at, value - lag(value, 1, 0.0) OVER (PARTITION BY pat_id, loinc ORDER BY taken_at) AS change FROM ehr.labs

-- a running total
SELECT admit_dt, sum(los) OVER (ORDER BY admit_dt ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS days FROM ehr.encounters

-- a moving mean
SELECT taken_at, avg(value) OVER (PARTITION BY loinc ORDER BY taken_at ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS smooth FROM ehr.labs

-- a centred window
SELECT taken_at, max(value) OVER (ORDER BY taken_at ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS around FROM ehr.labs

-- a week back
-- on duckdb
SELECT pat_id, avg(value) OVER (PARTITION BY pat_id ORDER BY taken_at RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW) AS a FROM ehr.labs
-- on postgres
SELECT pat_id, avg(value) OVER (PARTITION BY pat_id ORDER BY taken_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) AS a FROM ehr.labs

-- ranks
SELECT enc_id, rank() OVER (ORDER BY los DESC) AS place, dense_rank() OVER (ORDER BY los DESC) AS step FROM ehr.encounters

-- quartiles
SELECT ntile(4) OVER (ORDER BY los, admit_dt) AS quartile, los FROM ehr.encounters

-- relative ranks
SELECT enc_id, percent_rank() OVER (ORDER BY los) AS pr, cume_dist() OVER (PARTITION BY enc_class ORDER BY los) AS cd FROM ehr.encounters

-- first and last value of a stay
SELECT enc_id, taken_at, first_value(value) OVER (PARTITION BY enc_id ORDER BY taken_at) AS first_v,
last_value(value) OVER (PARTITION BY enc_id ORDER BY taken_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_v FROM ehr.labs

-- the second value
SELECT enc_id, nth_value(value, 2) OVER (PARTITION BY enc_id ORDER BY taken_at) AS second_v FROM ehr.labs

-- a share of the group
SELECT enc_id, los / sum(los) OVER (PARTITION BY enc_class) AS share FROM ehr.encounters

-- windows over groups
SELECT enc_class, count(*) AS n, sum(count(*)) OVER () AS everyone FROM ehr.encounters GROUP BY enc_class

-- windows over groups of a nested query
SELECT q.dx, q.n, rank() OVER (ORDER BY q.n DESC) AS place FROM (SELECT primary_dx AS dx, count(*) AS n FROM ehr.encounters GROUP BY primary_dx) q

-- running admissions by month
-- on duckdb postgres
SELECT q.month, q.n, sum(q.n) OVER (ORDER BY q.month) AS running FROM (SELECT date_trunc('month', admit_dt) AS month, count(*) AS n FROM ehr.encounters GROUP BY 1) q ORDER BY q.month
-- on sqlite
SELECT q.month, q.n, sum(q.n) OVER (ORDER BY q.month) AS running FROM (SELECT strftime('%Y-%m', admit_dt) AS month, count(*) AS n FROM ehr.encounters GROUP BY 1) q ORDER BY q.month

-- a filtered window
SELECT enc_id, count(*) FILTER (WHERE los > 2) OVER (PARTITION BY enc_class) AS long_stays FROM ehr.encounters

-- two windows in one expression
SELECT enc_id, max(los) OVER (PARTITION BY enc_class) - min(los) OVER (PARTITION BY primary_dx) AS spread FROM ehr.encounters

-- a window in order
SELECT enc_id, los FROM ehr.encounters ORDER BY row_number() OVER (PARTITION BY enc_class ORDER BY admit_dt), admit_dt LIMIT 10

-- a window of a join
SELECT p.sex, e.enc_id, row_number() OVER (PARTITION BY p.sex ORDER BY e.admit_dt) AS place FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id

-- episodes of care by gaps
-- on duckdb
WITH s AS (SELECT pat_id, admit_dt, CASE WHEN admit_dt > lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) + INTERVAL 60 DAY THEN 1 ELSE 0 END AS starts FROM ehr.encounters)
SELECT pat_id, admit_dt, sum(starts) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS episode FROM s
-- on postgres
WITH s AS (SELECT pat_id, admit_dt, CASE WHEN admit_dt > lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) + INTERVAL '60 days' THEN 1 ELSE 0 END AS starts FROM ehr.encounters)
SELECT pat_id, admit_dt, sum(starts) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS episode FROM s
-- on sqlite
WITH s AS (SELECT pat_id, admit_dt, CASE WHEN admit_dt > datetime(lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt), '+60 days') THEN 1 ELSE 0 END AS starts FROM ehr.encounters)
SELECT pat_id, admit_dt, sum(starts) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS episode FROM s

-- the stay's number for its patient
SELECT enc_id, count(*) OVER (PARTITION BY pat_id) AS stays, row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt DESC) AS back FROM ehr.encounters

-- a window named once
-- on postgres sqlite
SELECT enc_id, rank() OVER w AS place, sum(los) OVER w AS days FROM ehr.encounters WINDOW w AS (PARTITION BY enc_class ORDER BY admit_dt)

-- two windows named once
SELECT enc_id, sum(los) OVER days AS total, row_number() OVER last_first AS place FROM ehr.encounters
WINDOW days AS (PARTITION BY enc_class ORDER BY admit_dt ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), last_first AS (ORDER BY admit_dt DESC)
