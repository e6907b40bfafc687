-- stays of a time
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= '2022-03-01' AND admit_dt < '2022-04-01'

-- stays of a month
-- on duckdb
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= DATE '2022-03-01' AND admit_dt < DATE '2022-03-01' + INTERVAL 1 MONTH
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= DATE '2022-03-01' AND admit_dt < DATE '2022-03-01' + INTERVAL '1 month'
-- on sqlite
SELECT enc_id FROM ehr.encounters WHERE admit_dt >= date('2022-03-01') AND admit_dt < date('2022-03-01', '+1 month')

-- length of stay in days
-- on duckdb
SELECT enc_id, date_diff('day', admit_dt, disch_dt) AS days FROM ehr.encounters
-- on postgres
SELECT enc_id, CAST(disch_dt AS DATE) - CAST(admit_dt AS DATE) AS days FROM ehr.encounters
-- on sqlite
SELECT enc_id, julianday(date(disch_dt)) - julianday(date(admit_dt)) AS days FROM ehr.encounters

-- length of stay in seconds
-- on duckdb postgres
SELECT enc_id, EXTRACT(EPOCH FROM (disch_dt - admit_dt)) / 86400.0 AS days FROM ehr.encounters
-- on sqlite
SELECT enc_id, (strftime('%s', disch_dt) - strftime('%s', admit_dt)) / 86400.0 AS days FROM ehr.encounters

-- an interval
-- on duckdb postgres
SELECT enc_id, disch_dt - admit_dt AS stay FROM ehr.encounters WHERE disch_dt IS NOT NULL

-- admissions by month
-- on duckdb postgres
SELECT date_trunc('month', admit_dt) AS month, count(*) AS n FROM ehr.encounters GROUP BY 1 ORDER BY 1
-- on sqlite
SELECT strftime('%Y-%m', admit_dt) AS month, count(*) AS n FROM ehr.encounters GROUP BY 1 ORDER BY 1

-- admissions by month under the column's own name
-- on duckdb
SELECT date_trunc('month', admit_dt) AS admit_dt, count(*) AS n FROM ehr.encounters GROUP BY admit_dt

-- parts of a date
-- on duckdb postgres
SELECT enc_id, extract(year FROM admit_dt) AS y, extract(month FROM admit_dt) AS m, extract(hour FROM admit_dt) AS h FROM ehr.encounters
-- on sqlite
SELECT enc_id, CAST(strftime('%Y', admit_dt) AS INTEGER) AS y, CAST(strftime('%m', admit_dt) AS INTEGER) AS m, strftime('%H', admit_dt) AS h FROM ehr.encounters

-- a part of a date by a function
-- on duckdb postgres
SELECT enc_id, date_part('hour', admit_dt) AS h FROM ehr.encounters

-- weekends
-- on duckdb
SELECT enc_id FROM ehr.encounters WHERE dayofweek(admit_dt) IN (0, 6)
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE extract(dow FROM admit_dt) IN (0, 6)
-- on sqlite
SELECT enc_id FROM ehr.encounters WHERE strftime('%w', admit_dt) IN ('0', '6')

-- the day of a time
-- on duckdb postgres
SELECT CAST(admit_dt AS DATE) AS day, count(*) AS n FROM ehr.encounters GROUP BY CAST(admit_dt AS DATE)
-- on sqlite
SELECT date(admit_dt) AS day, count(*) AS n FROM ehr.encounters GROUP BY date(admit_dt)

-- a double colon
-- on duckdb postgres
SELECT admit_dt::date AS day, los::integer AS los FROM ehr.encounters WHERE los > 1.5

-- a month as text
-- on duckdb
SELECT strftime(admit_dt, '%Y-%m') AS month, count(*) AS n FROM ehr.encounters GROUP BY month
-- on postgres
SELECT to_char(admit_dt, 'YYYY-MM') AS month, count(*) AS n FROM ehr.encounters GROUP BY month

-- discharge or now
SELECT enc_id FROM ehr.encounters WHERE coalesce(disch_dt, CURRENT_TIMESTAMP) > admit_dt

-- about how old
-- on duckdb postgres
SELECT pat_id, extract(year FROM admit_dt) - birth_year AS about FROM ehr.encounters JOIN ehr.patients USING (pat_id)
-- on sqlite
SELECT pat_id, CAST(strftime('%Y', admit_dt) AS INTEGER) - birth_year AS about FROM ehr.encounters JOIN ehr.patients USING (pat_id)

-- laboratory within a day of admission
-- on duckdb
SELECT e.enc_id, count(l.value) AS tests FROM ehr.encounters e LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id AND l.taken_at BETWEEN e.admit_dt AND e.admit_dt + INTERVAL 1 DAY GROUP BY e.enc_id
-- on postgres
SELECT e.enc_id, count(l.value) AS tests FROM ehr.encounters e LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id AND l.taken_at BETWEEN e.admit_dt AND e.admit_dt + INTERVAL '1 day' GROUP BY e.enc_id
-- on sqlite
SELECT e.enc_id, count(l.value) AS tests FROM ehr.encounters e LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id AND l.taken_at BETWEEN e.admit_dt AND datetime(e.admit_dt, '+1 day') GROUP BY e.enc_id

-- implants by week
-- on duckdb postgres
SELECT date_trunc('week', placed_on) AS week, count(*) AS n FROM reg.implants GROUP BY 1

-- a later date
-- on duckdb
SELECT enc_id, admit_dt + to_days(30) AS later, last_day(admit_dt) AS month_end FROM ehr.encounters
-- on postgres
SELECT enc_id, admit_dt + INTERVAL '30 days' AS later FROM ehr.encounters
-- on sqlite
SELECT enc_id, date(admit_dt, '+30 days') AS later, date(admit_dt, 'start of month') AS month_start FROM ehr.encounters

-- age as the engine counts it
-- on postgres
SELECT enc_id, age(disch_dt, admit_dt) AS stay FROM ehr.encounters

-- fifteen days in seconds
-- on duckdb
SELECT enc_id FROM ehr.encounters WHERE epoch(admit_dt) > epoch(TIMESTAMP '2022-06-01 00:00:00')

-- by prefix
SELECT enc_id FROM ehr.encounters WHERE primary_dx LIKE 'I50%'

-- by one letter
SELECT enc_id FROM ehr.encounters WHERE primary_dx LIKE 'I50.2_' AND primary_dx NOT LIKE '%1'

-- with an escape
SELECT code FROM ehr.codes WHERE meaning LIKE '%!%%' ESCAPE '!' OR code LIKE '%!_%' ESCAPE '!' OR meaning LIKE 'Dia%'

-- in any case
-- on duckdb postgres
SELECT meaning FROM ehr.codes WHERE meaning ILIKE 'heart%'

-- by a pattern
-- on duckdb
SELECT enc_id FROM ehr.encounters WHERE regexp_matches(primary_dx, '^[IJ][0-9]{2}')
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE primary_dx ~ '^[IJ][0-9]{2}'

-- by a pattern, denied
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE primary_dx !~* '^i50'

-- by a pattern of the standard
-- on duckdb postgres
SELECT enc_id FROM ehr.encounters WHERE primary_dx SIMILAR TO '(I50|J18)(.|[0-9])*'

-- the part that a pattern finds
-- on duckdb
SELECT DISTINCT regexp_extract(primary_dx, '^([A-Z][0-9]+)', 1) AS chapter FROM ehr.encounters
-- on postgres
SELECT DISTINCT substring(primary_dx, '^[A-Z][0-9]+') AS chapter FROM ehr.encounters

-- a pattern replaced
-- on duckdb postgres
SELECT DISTINCT regexp_replace(primary_dx, '[.].*$', '') AS chapter FROM ehr.encounters

-- text put together
SELECT enc_class || '/' || coalesce(primary_dx, 'none') AS label, count(*) AS n FROM ehr.encounters GROUP BY 1

-- text put together by a function
-- on duckdb postgres
SELECT DISTINCT concat(enc_class, '-', primary_dx) AS label, concat_ws(' ', enc_class, primary_dx) AS words FROM ehr.encounters

-- text taken apart
SELECT DISTINCT upper(substr(primary_dx, 1, 3)) AS chapter, length(primary_dx) AS n, replace(primary_dx, '.', '') AS plain FROM ehr.encounters

-- text trimmed
SELECT DISTINCT trim(lower(meaning)) AS m, ltrim(meaning) AS l, rtrim(meaning) AS r FROM ehr.codes

-- text from the left and the right
-- on duckdb postgres
SELECT DISTINCT left(primary_dx, 3) AS chapter, right(primary_dx, 1) AS last_sign, strpos(primary_dx, '.') AS dot FROM ehr.encounters
-- on sqlite
SELECT DISTINCT substr(primary_dx, 1, 3) AS chapter, substr(primary_dx, -1) AS last_sign, instr(primary_dx, '.') AS dot FROM ehr.encounters

-- the part before the dot
-- on duckdb postgres
SELECT DISTINCT split_part(primary_dx, '.', 1) AS chapter FROM ehr.encounters

-- the standard's substring
-- on duckdb postgres
SELECT DISTINCT SUBSTRING(primary_dx FROM 1 FOR 3) AS chapter, POSITION('.' IN primary_dx) AS dot FROM ehr.encounters

-- nothing for one value
SELECT enc_id, nullif(enc_class, 'OP') AS kind, coalesce(primary_dx, 'none') AS dx FROM ehr.encounters

-- the first that is there
SELECT enc_id, coalesce(disch_dt, admit_dt) AS moment FROM ehr.encounters

-- distinct from
SELECT a.enc_id FROM ehr.encounters a JOIN ehr.encounters b ON b.enc_id = a.enc_id WHERE a.primary_dx IS NOT DISTINCT FROM b.primary_dx AND a.enc_class IS DISTINCT FROM b.primary_dx

-- nothing there
SELECT enc_id FROM ehr.encounters WHERE disch_dt IS NULL AND primary_dx IS NOT NULL

-- greatest and least
-- on duckdb postgres
SELECT enc_id, greatest(los, 1.0) AS at_least, least(los, 3.0) AS at_most FROM ehr.encounters
-- on sqlite
SELECT enc_id, max(los, 1.0) AS at_least, min(los, 3.0) AS at_most FROM ehr.encounters

-- rounding
SELECT enc_id, round(CAST(los AS NUMERIC(10, 4)), 1) AS los, abs(age_at_admit - 50) AS apart FROM ehr.encounters

-- powers and roots
-- on duckdb postgres
SELECT enc_id, sqrt(los) AS s, ln(los + 1) AS l, exp(-los) AS x, power(los, 2) AS p, ceil(los) AS c, floor(los) AS f FROM ehr.encounters

-- a remainder
SELECT enc_id FROM ehr.encounters WHERE age_at_admit % 10 = 5

-- signs and brackets
SELECT enc_id, -(los - 1) * (2 + age_at_admit) / 3.0 AS x FROM ehr.encounters WHERE NOT (los <= 1 OR age_at_admit > 80)

-- casts
SELECT enc_id, CAST(los AS INTEGER) AS days, CAST(age_at_admit AS VARCHAR(3)) AS age FROM ehr.encounters WHERE los = CAST(los AS INTEGER) + 0.0 OR los > 2

-- a mean in decimals
-- on duckdb postgres
SELECT enc_class, round(avg(los)::numeric, 2) AS mean_los FROM ehr.encounters GROUP BY enc_class

-- truth as a column
SELECT enc_id, los > 2 AS is_long, (primary_dx = 'J18.9') AS is_lung FROM ehr.encounters

-- with an escape, denied
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE primary_dx NOT LIKE 'I50!.%' ESCAPE '!' AND enc_class ILIKE 'i!p' ESCAPE '!'

-- by a pattern of the standard, denied and with an escape
-- on postgres
SELECT enc_id FROM ehr.encounters WHERE primary_dx NOT SIMILAR TO 'E1[0-4]%' AND primary_dx SIMILAR TO '(I50|J18)!.%' ESCAPE '!'

-- by a pattern in any case, denied
-- on postgres
SELECT enc_id, strpos(primary_dx, '.') AS place FROM ehr.encounters WHERE primary_dx !~* '^i50' AND enc_class !~ '^O'

-- distinct from nothing
-- on sqlite postgres duckdb
SELECT enc_id FROM ehr.encounters WHERE primary_dx IS DISTINCT FROM 'J18.9' AND disch_dt IS NOT DISTINCT FROM NULL

-- a derived number beside a text
-- on sqlite
SELECT e.enc_id, p.zip FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id WHERE e.age_at_admit > '45' AND p.birth_year < '1980' AND p.zip > 300

-- a derived number beside a parameter of text
-- on sqlite
-- given {"age": "44"}
SELECT enc_id, age_at_admit FROM ehr.encounters WHERE age_at_admit = :age
