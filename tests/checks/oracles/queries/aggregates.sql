-- how many stays
SELECT count(*) AS n FROM ehr.encounters

-- how many patients
SELECT count(DISTINCT pat_id) AS n FROM ehr.encounters WHERE enc_class = 'IP'

-- by kind of stay
SELECT enc_class, count(*) AS n, avg(los) AS mean_los, min(los) AS shortest, max(los) AS longest FROM ehr.encounters GROUP BY enc_class

-- large groups only
SELECT primary_dx, count(*) AS n FROM ehr.encounters GROUP BY primary_dx HAVING count(*) > 20 ORDER BY n DESC, primary_dx

-- having on what is not returned
SELECT primary_dx FROM ehr.encounters GROUP BY primary_dx HAVING max(age_at_admit) > 80

-- having without groups
SELECT max(los) AS longest FROM ehr.encounters HAVING max(los) > 1

-- group by a place
SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY 1, 2 ORDER BY 1, 2

-- group by an alias
SELECT CASE WHEN age_at_admit < 40 THEN 'young' WHEN age_at_admit >= 65 THEN 'old' ELSE 'middle' END AS age_band, count(*) AS n FROM ehr.encounters GROUP BY age_band

-- group by a computed column
SELECT substr(primary_dx, 1, 1) AS chapter, count(*) AS n FROM ehr.encounters GROUP BY substr(primary_dx, 1, 1)

-- an alias spelt like the column it is made of
SELECT upper(enc_class) AS enc_class, count(*) AS n FROM ehr.encounters GROUP BY enc_class

-- filtered counts
SELECT enc_class, count(*) FILTER (WHERE los > 2) AS long_stays, avg(los) FILTER (WHERE primary_dx LIKE 'I50%') AS failing FROM ehr.encounters GROUP BY enc_class

-- counts by case
SELECT sum(CASE WHEN enc_class = 'IP' THEN 1 ELSE 0 END) AS inpatient, sum(CASE WHEN enc_class = 'OP' THEN los END) AS outpatient_days FROM ehr.encounters

-- counts of patients by case
SELECT count(DISTINCT CASE WHEN los > 3 THEN pat_id END) AS long_stayers, count(DISTINCT pat_id) AS everyone FROM ehr.encounters

-- case with a value
SELECT CASE sex WHEN 'F' THEN 'women' WHEN 'M' THEN 'men' ELSE 'unknown' END AS who, count(*) AS n FROM ehr.patients GROUP BY 1

-- counts that skip nothing
SELECT count(primary_dx) AS coded, count(*) AS stays, count(*) - count(primary_dx) AS uncoded FROM ehr.encounters

-- a rate in per cent
SELECT enc_class, 100.0 * sum(CASE WHEN disch_dt IS NULL THEN 1 ELSE 0 END) / count(*) AS open_share FROM ehr.encounters GROUP BY enc_class

-- by year of birth and place
SELECT birth_year, zip, count(*) AS n FROM ehr.patients GROUP BY birth_year, zip

-- by decade of birth
-- on duckdb
SELECT birth_year // 10 * 10 AS decade, count(*) AS n FROM ehr.patients GROUP BY decade
-- on postgres sqlite
SELECT birth_year / 10 * 10 AS decade, count(*) AS n FROM ehr.patients GROUP BY decade

-- grouping sets
-- on duckdb postgres
SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY GROUPING SETS ((enc_class), (primary_dx), ())

-- grouping sets of several columns
-- on duckdb postgres
SELECT p.sex, e.enc_class, e.primary_dx, avg(e.los) AS mean_los FROM ehr.encounters e JOIN ehr.patients p USING (pat_id)
GROUP BY GROUPING SETS ((p.sex, e.enc_class), (e.primary_dx), (p.sex))

-- rollup
-- on duckdb postgres
SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY ROLLUP (enc_class, primary_dx)

-- cube
-- on duckdb postgres
SELECT enc_class, loinc, count(*) AS n FROM ehr.encounters JOIN ehr.labs USING (pat_id, enc_id) GROUP BY CUBE (enc_class, loinc)

-- a group beside a rollup
-- on duckdb postgres
SELECT sex, zip, birth_year, count(*) AS n FROM ehr.patients GROUP BY sex, ROLLUP (zip, birth_year)

-- group by all
-- on duckdb
SELECT extract(year FROM admit_dt) AS y, enc_class, count(*) AS n FROM ehr.encounters GROUP BY ALL ORDER BY y, enc_class

-- median and quartiles
-- on duckdb
SELECT median(los) AS m, quantile_cont(los, 0.25) AS q1, quantile_cont(los, 0.75) AS q3 FROM ehr.encounters
-- on postgres
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY los) AS m, percentile_cont(0.25) WITHIN GROUP (ORDER BY los) AS q1, percentile_disc(0.75) WITHIN GROUP (ORDER BY los) AS q3 FROM ehr.encounters

-- median by kind
-- on duckdb postgres
SELECT enc_class, percentile_cont(0.5) WITHIN GROUP (ORDER BY los) AS median_los FROM ehr.encounters GROUP BY enc_class

-- the most frequent diagnosis
-- on duckdb
SELECT enc_class, mode(primary_dx) AS usual FROM ehr.encounters GROUP BY enc_class
-- on postgres
SELECT enc_class, mode() WITHIN GROUP (ORDER BY primary_dx) AS usual FROM ehr.encounters GROUP BY enc_class

-- spread
-- on duckdb postgres
SELECT enc_class, stddev_samp(los) AS sd, var_pop(los) AS v, stddev(age_at_admit) AS sd_age, variance(los) AS w FROM ehr.encounters GROUP BY enc_class

-- correlation
-- on duckdb postgres
SELECT corr(los, age_at_admit) AS r, covar_pop(los, age_at_admit) AS c, regr_slope(los, age_at_admit) AS slope, regr_count(los, age_at_admit) AS n FROM ehr.encounters

-- whether any or all
-- on duckdb postgres
SELECT pat_id, bool_or(los > 3) AS any_long, bool_and(enc_class = 'IP') AS only_inpatient FROM ehr.encounters GROUP BY pat_id
-- on sqlite
SELECT pat_id, max(los > 3) AS any_long, min(enc_class = 'IP') AS only_inpatient FROM ehr.encounters GROUP BY pat_id

-- a list of diagnoses
-- on duckdb postgres
SELECT enc_class, string_agg(DISTINCT primary_dx, ', ' ORDER BY primary_dx) AS dxs FROM ehr.encounters GROUP BY enc_class
-- on sqlite
SELECT enc_class, group_concat(DISTINCT primary_dx) AS dxs FROM (SELECT enc_class, primary_dx FROM ehr.encounters ORDER BY primary_dx) q GROUP BY enc_class

-- the value that goes with the newest test
-- on duckdb
SELECT arg_max(value, taken_at) AS newest, any_value(enc_id) AS some_stay, pat_id FROM ehr.labs WHERE loinc = '4548-4' GROUP BY pat_id

-- approximate count
-- on duckdb
SELECT approx_count_distinct(pat_id) AS n FROM ehr.encounters

-- sums of a filtered distinct
SELECT count(DISTINCT enc_id) FILTER (WHERE value > 5) AS high, count(DISTINCT enc_id) AS tested, sum(value) AS total FROM ehr.labs

-- an aggregate of an expression of two columns
SELECT sum(los * age_at_admit) AS weighted, avg(los + 1) AS later FROM ehr.encounters WHERE primary_dx IS NOT NULL

-- case inside an aggregate inside a case
SELECT enc_class, CASE WHEN sum(CASE WHEN los > 3 THEN 1 ELSE 0 END) > 30 THEN 'many' ELSE 'few' END AS long_stays FROM ehr.encounters GROUP BY enc_class

-- stays and patients by sex
SELECT p.sex, count(*) AS stays, count(DISTINCT e.pat_id) AS patients, count(*) * 1.0 / count(DISTINCT e.pat_id) AS per_patient
FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id GROUP BY p.sex

-- missing values by test
SELECT loinc, count(*) AS n, sum(CASE WHEN value IS NULL THEN 1 ELSE 0 END) AS missing FROM ehr.labs GROUP BY loinc

-- grouping sets of several columns and of all
-- on duckdb postgres
SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY GROUPING SETS ((enc_class, primary_dx), (enc_class), ())

-- rollup of a pair
-- on duckdb postgres
SELECT enc_class, primary_dx, age_at_admit, count(*) AS n FROM ehr.encounters GROUP BY ROLLUP ((enc_class, primary_dx), age_at_admit)
