-- stays with the sex of the patient
SELECT e.enc_id, e.admit_dt, p.sex FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id

-- stays with the sex of the patient, by a shared column
SELECT pat_id, sex, admit_dt FROM ehr.encounters JOIN ehr.patients USING (pat_id)

-- every patient, stay or not
SELECT p.pat_id, e.enc_id FROM ehr.patients p LEFT JOIN ehr.encounters e ON e.pat_id = p.pat_id

-- inner join spelt out
SELECT e.enc_id, l.value FROM ehr.encounters AS e INNER JOIN ehr.labs AS l ON l.enc_id = e.enc_id WHERE l.loinc = '2160-0'

-- right join
SELECT p.pat_id, e.los FROM ehr.encounters e RIGHT JOIN ehr.patients p ON p.pat_id = e.pat_id

-- full join of stays and laboratory by stay
SELECT e.enc_id AS stay, l.enc_id AS measured, e.enc_class, l.loinc
FROM (SELECT enc_id, enc_class FROM ehr.encounters WHERE los > 3.5) e
FULL JOIN (SELECT enc_id, loinc FROM ehr.labs WHERE value > 6.5) l ON l.enc_id = e.enc_id

-- full join by a shared column
SELECT pat_id, a.stays, b.tests
FROM (SELECT pat_id, count(*) AS stays FROM ehr.encounters WHERE enc_class = 'OP' GROUP BY pat_id) a
FULL JOIN (SELECT pat_id, count(*) AS tests FROM ehr.labs WHERE value > 6 GROUP BY pat_id) b USING (pat_id)

-- a comma and a condition
SELECT e.enc_id, c.meaning FROM ehr.encounters e, ehr.codes c WHERE c.code = e.primary_dx

-- cross join of codes and kinds of stay
SELECT c.code, k.enc_class FROM ehr.codes c CROSS JOIN (SELECT DISTINCT enc_class FROM ehr.encounters) k

-- three tables
SELECT p.sex, c.meaning, count(*) AS n
FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id LEFT JOIN ehr.codes c ON c.code = e.primary_dx
GROUP BY p.sex, c.meaning

-- four references, two of one table
SELECT a.enc_id AS first_stay, b.enc_id AS second_stay, p.sex, c.meaning
FROM ehr.encounters a
JOIN ehr.encounters b ON b.pat_id = a.pat_id AND b.admit_dt > a.disch_dt
JOIN ehr.patients p ON p.pat_id = a.pat_id
LEFT JOIN ehr.codes c ON c.code = b.primary_dx
WHERE a.enc_class = 'IP' AND p.zip = '000'

-- two shared columns
SELECT pat_id, enc_id, loinc, los FROM ehr.encounters LEFT JOIN ehr.labs USING (pat_id, enc_id)

-- two joins by a shared column
SELECT pat_id, sex, loinc, enc_class
FROM ehr.patients JOIN ehr.encounters USING (pat_id) JOIN ehr.labs USING (pat_id, enc_id) WHERE value > 6.5

-- self join: a later stay of the same patient
SELECT a.pat_id, a.enc_id AS earlier, b.enc_id AS later FROM ehr.encounters a JOIN ehr.encounters b
ON b.pat_id = a.pat_id AND b.enc_id <> a.enc_id AND b.admit_dt > a.admit_dt

-- self join counting pairs
SELECT a.enc_class AS one, b.enc_class AS other, count(*) AS pairs
FROM ehr.encounters a JOIN ehr.encounters b ON a.pat_id = b.pat_id AND a.admit_dt < b.admit_dt GROUP BY a.enc_class, b.enc_class

-- join on a range of time
SELECT e.enc_id, l.loinc, l.value FROM ehr.encounters e JOIN ehr.labs l
ON l.pat_id = e.pat_id AND l.taken_at BETWEEN e.admit_dt AND e.disch_dt

-- join on a condition of neither side
SELECT e.enc_id, c.code FROM ehr.encounters e LEFT JOIN ehr.codes c ON c.code = e.primary_dx AND e.enc_class = 'IP'

-- left join that keeps those without
SELECT p.pat_id FROM ehr.patients p LEFT JOIN ehr.encounters e ON e.pat_id = p.pat_id AND e.los > 3 WHERE e.enc_id IS NULL

-- join in brackets
SELECT e.enc_id, p.sex FROM ehr.encounters e LEFT JOIN (ehr.patients p JOIN ehr.labs l ON l.pat_id = p.pat_id) ON p.pat_id = e.pat_id
WHERE l.value > 6.9

-- join of two aggregates
SELECT s.pat_id, s.stays, t.highest
FROM (SELECT pat_id, count(*) AS stays FROM ehr.encounters GROUP BY pat_id) s
JOIN (SELECT pat_id, max(value) AS highest FROM ehr.labs GROUP BY pat_id) t ON t.pat_id = s.pat_id
WHERE t.highest > 5

-- the table's own name as its alias
SELECT encounters.enc_id, patients.sex FROM ehr.encounters JOIN ehr.patients ON patients.pat_id = encounters.pat_id

-- an alias spelt like a column
SELECT los.enc_id, los.los AS days FROM ehr.encounters los WHERE los.los > 3

-- names in mixed case
SELECT E.Enc_Id, P.SEX FROM EHR.Encounters E JOIN ehr.Patients P ON p.PAT_ID = e.Pat_Id WHERE e.LOS > 3

-- stars of both sides
SELECT c.*, k.n FROM ehr.codes c JOIN (SELECT primary_dx, count(*) AS n FROM ehr.encounters GROUP BY primary_dx) k ON k.primary_dx = c.code

-- everything of a small table
SELECT * FROM ehr.codes

-- everything of stays and laboratory by shared columns
SELECT * FROM ehr.encounters JOIN ehr.labs USING (pat_id, enc_id) WHERE value > 6.5

-- the star of one side and a column of the other
SELECT e.*, p.sex FROM ehr.encounters e JOIN ehr.patients p ON e.pat_id = p.pat_id WHERE e.enc_class = 'OP'

-- the star without a column
-- on duckdb
SELECT e.* EXCLUDE (pat_id), p.* FROM ehr.encounters e JOIN ehr.patients p ON e.pat_id = p.pat_id

-- semi join
-- on duckdb
SELECT l.pat_id, l.taken_at FROM ehr.labs l SEMI JOIN ehr.encounters e ON e.pat_id = l.pat_id AND e.los > 3
-- on postgres sqlite
SELECT l.pat_id, l.taken_at FROM ehr.labs l WHERE EXISTS (SELECT 1 FROM ehr.encounters e WHERE e.pat_id = l.pat_id AND e.los > 3)

-- anti join
-- on duckdb
SELECT p.pat_id, p.sex FROM ehr.patients p ANTI JOIN ehr.labs l ON l.pat_id = p.pat_id AND l.value > 6.9
-- on postgres sqlite
SELECT p.pat_id, p.sex FROM ehr.patients p WHERE NOT EXISTS (SELECT 1 FROM ehr.labs l WHERE l.pat_id = p.pat_id AND l.value > 6.9)

-- semi join by a shared column
-- on duckdb
SELECT pat_id, sex FROM ehr.patients SEMI JOIN ehr.encounters USING (pat_id)

-- the last value before admission
-- on duckdb
SELECT e.enc_id, l.value FROM ehr.encounters e ASOF JOIN ehr.labs l ON l.pat_id = e.pat_id AND e.admit_dt >= l.taken_at

-- the last value before admission, or nothing
-- on duckdb
SELECT e.enc_id, l.value, l.taken_at FROM ehr.encounters e ASOF LEFT JOIN ehr.labs l ON l.pat_id = e.pat_id AND e.admit_dt >= l.taken_at

-- implants of a year
SELECT i.person, i.placed_on FROM reg.implants i WHERE i.placed_on >= '2023-01-08'

-- outer join in brackets of derived tables
SELECT a.pat_id, b.n FROM ((SELECT pat_id FROM ehr.patients WHERE sex = 'F') a
LEFT JOIN (SELECT pat_id, count(*) AS n FROM ehr.labs GROUP BY pat_id) b ON b.pat_id = a.pat_id)

-- join on several choices
SELECT e.enc_id, c.meaning FROM ehr.encounters e JOIN ehr.codes c ON c.code = e.primary_dx OR (e.primary_dx IS NULL AND c.code = 'E11.9')

-- brackets around the first joins
SELECT e.enc_id, p.sex, l.value FROM ((ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id) LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id)
LEFT JOIN ehr.codes c ON c.code = e.primary_dx WHERE c.meaning IS NULL OR l.value > 3
