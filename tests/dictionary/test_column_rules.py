"""Classification by rules that are data, each held to its own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.dictionary import classify_file, classify_table, words_of
from sandbox.dictionary.classify import settled
from sandbox.dictionary.rules import check_examples, load_rules
from sandbox.dictionary.samples import sampled, shape_evidence
from sandbox.dictionary.types import Family, family
from sandbox.dictionary.words import column_words, is_familiar
from sandbox.errors import BadInput
from sandbox.sources.catalog import CatalogColumn


def classify(table: str, *columns: str) -> list[str]:
    """Classes of columns written as `NAME TYPE`."""
    pairs = [column.partition(" ") for column in columns]
    found = classify_table(table, [CatalogColumn(name=name, type=kind or "VARCHAR") for name, _, kind in pairs])
    return [verdict.column_class for verdict in found]


def test_every_rule_holds_to_its_own_examples() -> None:
    rules = load_rules()
    assert len(rules.column) > 40 and len(rules.shapes) > 5


def test_every_rule_that_withholds_cites_why() -> None:
    withheld = ("direct_identifier", "patient_key", "event_key", "date", "geography", "free_text", "staff", "secret")
    assert not [
        rule.text.name for rule in load_rules().column if rule.text.column_class in withheld and not rule.text.cites
    ]


def test_a_rule_that_breaks_its_example_is_refused() -> None:
    rule = next(rule for rule in load_rules().column if rule.text.name == "patient key")
    with pytest.raises(BadInput, match="patient key"):
        check_examples(rule.text, lambda example: False)
    with pytest.raises(BadInput, match="which it says it does not"):
        check_examples(rule.text, lambda example: True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PAT_SNAME", "patient last name"),
        ("patLastName", "patient last name"),
        ("dateofbirth", "date of birth"),
        ("homephonenumber", "home phone number"),
        ("Geburtsdatum", "birth date"),
        ("prénom", "first name"),
        ("diag_1", "diagnosis"),
        ("labevents", "laboratory event"),
        ("HADM_ID", "admission identifier"),
        ("vardnr", "vard number"),
        ("steroid", "steroid"),
        ("mydob", "my birth date"),
        ("LastBilledXyzDate", "last billed xyz date"),
        ("xyzzy", "xyzzy"),
        ("2010-03-24", ""),
    ],
)
def test_names_are_read_as_words(name: str, words: str) -> None:
    assert " ".join(words_of(name)) == words


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("adm", "PAT_SNAME VARCHAR(40)", "direct_identifier"),
        ("adm", "PAT_TELE VARCHAR(40)", "direct_identifier"),
        ("demo", "ss VARCHAR(9)", "direct_identifier"),
        ("demo", "drivers VARCHAR(20)", "direct_identifier"),
        ("visits", "patient INTEGER", "patient_key"),
        ("visits", "party INTEGER", "patient_key"),
        ("visits", "pid BIGINT", "patient_key"),
        ("patients", "id INTEGER", "patient_key"),
        ("labs", "id INTEGER", "event_key"),
        ("patient_identifier", "identifier VARCHAR(50)", "direct_identifier"),
        ("person_attribute", "value VARCHAR(50)", "direct_identifier"),
        ("custom", "field_value VARCHAR(255)", "free_text"),
        ("inbound", "hl7_message TEXT", "free_text"),
        ("patients", "name VARCHAR", "direct_identifier"),
        ("concept", "name VARCHAR", "plain"),
        ("departments", "name VARCHAR", "plain"),
        ("doctors", "name VARCHAR", "staff"),
        ("patients", "address VARCHAR", "direct_identifier"),
        ("hospitals", "address VARCHAR", "plain"),
        ("patients", "city VARCHAR", "geography"),
        ("person", "birthdate DATE", "date"),
        ("person", "birthdate_estimated BOOLEAN", "plain"),
        ("note", "note_type VARCHAR", "plain"),
        ("note", "note_text VARCHAR", "free_text"),
        ("drug", "drug_name VARCHAR", "plain"),
        ("orders", "date_format VARCHAR", "plain"),
        ("contacts", "relationship VARCHAR", "plain"),
        ("patients", "ethnicity VARCHAR", "plain"),
        ("users", "password_hash VARCHAR(60)", "secret"),
        ("lab", "hiv_result VARCHAR", "specially_protected"),
        ("note", "psychotherapy_note VARCHAR", "specially_protected"),
        ("visits", "attending_provider_id INTEGER", "staff"),
        ("visits", "created_by INTEGER", "staff"),
        ("visits", "visit_concept_id BIGINT", "key"),
        ("visits", "num_dossier VARCHAR", "direct_identifier"),
        ("visits", "num_visits INTEGER", "plain"),
        ("labs", "specimen_number DOUBLE", "plain"),
        ("visits", "reason_for_visit VARCHAR", "free_text"),
        ("visits", "frobnik INTEGER", "unknown"),
        ("visits", "frobnik DOUBLE", "plain"),
        ("visits", "frobnikid INTEGER", "event_key"),
        ("patients", "other_name VARCHAR", "direct_identifier"),
        ("micro", "org_name VARCHAR", "plain"),
        ("paciente", "fecha_nac DATE", "date"),
        ("x", "frobnikum VARCHAR(20)", "unknown"),
        ("x", "2010-03-24 DATE", "unknown"),
    ],
)
def test_context_decides_what_a_column_is(table: str, column: str, expected: str) -> None:
    assert classify(table, column) == [expected]


def test_neighbours_decide_what_an_unnamed_table_is_about() -> None:
    person = classify("t0815", "key INTEGER", "first_name", "last_name", "birth_date DATE", "name")
    assert person[0] == "patient_key" and person[4] == "direct_identifier"
    assert classify("procedures", "code", "description", "name") == ["plain", "plain", "plain"]


def test_unknown_is_told_nothing_and_given_nothing() -> None:
    verdict = classify_table("x", [CatalogColumn(name="frobnikum", type="VARCHAR")])[0]
    assert (verdict.told, verdict.given, verdict.confidence) == ("nothing", "nothing", 0.0)


def test_identifiers_secrets_staff_and_texts_are_given_to_nobody() -> None:
    columns = [
        CatalogColumn(name=n, type="VARCHAR") for n in ("ssn", "password", "attending_name", "note_text", "email")
    ]
    assert {(v.told, v.given) for v in classify_table("adm", columns)} == {("nothing", "nothing")}


def test_birth_dates_zips_and_ages_are_derived() -> None:
    columns = [("birth_date", "DATE"), ("zip", "VARCHAR"), ("age", "INTEGER")]
    verdicts = classify_table("adm", [CatalogColumn(name=n, type=t) for n, t in columns])
    assert [(v.given, v.derivation) for v in verdicts] == [("derived", d) for d in ("year", "zip3", "age_capped")]


def test_a_comment_speaks_where_the_name_does_not() -> None:
    verdict = classify_table("adm", [CatalogColumn(name="C17", type="VARCHAR", comment="Patient's last name")])[0]
    assert verdict.column_class == "direct_identifier" and "comment" in verdict.evidence[0]
    temperature = CatalogColumn(name="TEMP_F", type="DOUBLE", comment="Degrees, as the nurse wrote it")
    assert classify_table("vitals", [temperature])[0].column_class == "plain"


def test_evidence_never_quotes_a_value() -> None:
    rules, column = load_rules(), CatalogColumn(name="zzq", type="VARCHAR")
    values = [f"secretperson{n}@mail.example" for n in range(20)]
    verdict = classify_table("adm", [column], {"zzq": sampled(values)})[0]
    assert verdict.column_class == "direct_identifier" and "secretperson" not in " ".join(verdict.evidence)
    assert rules is load_rules() and callable(shape_evidence)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([f"555-01{n:02d}-2233"[:12] for n in range(10, 30)], "unknown"),
        ([f"(555) 010-22{n}" for n in range(10, 30)], "direct_identifier"),
        ([f"{n}23-45-6789" for n in range(1, 6)] * 3, "unknown"),  # too few different ones to tell
        (["MSH|^~\\&|LAB|" + str(n) for n in range(20)], "free_text"),
        ([f"2021-02-{n:02d}" for n in range(1, 25)], "date"),
        (["red", "green"] * 50, "plain"),
        ([f"{name} Someone" for name in ("Siobhan", "Aaliyah", "Guadalupe", "Reginald", "Cornelius")] * 4, "unknown"),
    ],
)
def test_shapes_of_values(values: list[str], expected: str) -> None:
    column = CatalogColumn(name="zzq", type="VARCHAR")
    assert classify_table("adm", [column], {"zzq": sampled(values)})[0].column_class == expected


@pytest.mark.parametrize(
    ("sql_type", "expected"),
    [
        ("VARCHAR", "text"),
        ("NVARCHAR(50)", "text"),
        ("VARCHAR(4000)", "long_text"),
        ("NVARCHAR(MAX)", "long_text"),
        ("timestamp with time zone", "date"),
        ("DECIMAL(10,2)", "number"),
        ("BIGINT", "number"),
        ("TINYINT", "number"),
        ("BIT", "boolean"),
        ("BLOB", "binary"),
        ("INTEGER[]", "nested"),
        ("ENUM('a', 'b')", "text"),
        ("TIME", "time"),
        ("GEOMETRY", "other"),
    ],
)
def test_types_of_every_dialect_have_a_family(sql_type: str, expected: Family) -> None:
    assert family(sql_type) == expected


def test_a_data_dictionary_as_a_file_is_classified_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "columns.csv"
    path.write_text(
        "\ufefftable,column,type,comment\npatients,id,INTEGER,\nlabs,value,DOUBLE,\npatients,ssn,CHAR(11),\n"
        "x,c9,VARCHAR,Patient's home phone\n"
    )
    rows = list(classify_file(path))
    assert [(row["table"], row["column"], row["class"]) for row in rows] == [
        ("patients", "id", "patient_key"),
        ("labs", "value", "plain"),
        ("patients", "ssn", "direct_identifier"),
        ("x", "c9", "direct_identifier"),
    ]
    assert set(rows[0]) == {"table", "column", "class", "told", "given", "confidence", "evidence"}


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_data_dictionary_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        list(classify_file(path))
    with pytest.raises(BadInput):
        list(classify_file(tmp_path / "none.csv"))


def classify_together(**tables: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Classes by table and column; every table is judged among the others."""
    columns = {
        table: [CatalogColumn(name=n, type=t or "VARCHAR") for n, _, t in (text.partition(" ") for text in texts)]
        for table, texts in tables.items()
    }
    around = settled(columns)
    return {
        table: {
            column.name: verdict.column_class
            for column, verdict in zip(listed, classify_table(table, listed, None, around[table]), strict=True)
        }
        for table, listed in columns.items()
    }


def test_a_key_is_what_it_refers_to_in_another_table() -> None:
    tables = {
        "wombat": ("pk INTEGER", "dob DATE", "first_name", "last_name"),
        "colour": ("pk INTEGER", "label"),
        "xyzzy": ("pk INTEGER", "fk_wombat INTEGER", "fk_colour INTEGER", "seen_on DATE"),
    }
    found = classify_together(**tables)
    assert (found["xyzzy"]["fk_wombat"], found["xyzzy"]["fk_colour"]) == ("patient_key", "key")
    alone = classify_together(xyzzy=tables["xyzzy"])
    assert alone["xyzzy"]["fk_wombat"] != "patient_key"


def test_tables_that_lead_to_no_person_are_lists_only_where_the_others_do() -> None:
    events = {f"event_{n}": ("id INTEGER", "patient_id INTEGER", "start_date DATE") for n in range(6)}
    lists = {"regimen_plan": ("id INTEGER", "name", "created_date DATE", "created_by INTEGER")}
    patients = {"patients": ("id INTEGER", "birth_date DATE", "last_name")}
    assert classify_together(**events, **lists, **patients)["regimen_plan"]["created_date"] == "plain"
    dated = {"regimen_plan": ("id INTEGER", "name", "given_date DATE")}
    assert classify_together(**events, **dated, **patients)["regimen_plan"]["given_date"] == "date"


def test_a_number_without_a_known_name_is_given_only_beside_the_patients_key() -> None:
    assert classify("visits", "patient_id INTEGER", "frobnik INTEGER")[1] == "plain"
    assert classify("visits", "patient_id INTEGER", "frobniknr INTEGER")[1] != "plain"
    assert classify("visits", "patient_id INTEGER", "frobnik VARCHAR")[1] == "unknown"


def test_a_prefix_that_most_columns_of_a_table_share_says_nothing() -> None:
    columns = ("zq_pid", "zq_dob DATE", "zq_last_name", "zq_phone", "zq_sex", "zq_zip")
    assert classify("t", *columns)[:4] == ["patient_key", "date", "direct_identifier", "direct_identifier"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fk_patient", ("patient", "identifier")),
        ("idPatient", ("patient", "identifier")),
        ("str_last_name", ("last", "name")),
        ("strLastName", ("last", "name")),
        ("id_number", ("identifier", "number")),
        ("MOTHER_S_NAME", ("mother", "name")),
    ],
)
def test_marks_before_a_name_are_no_part_of_it(name: str, expected: tuple[str, ...]) -> None:
    assert column_words(name) == expected


def test_text_is_written_text_where_short_values_have_a_type_of_their_own() -> None:
    short = tuple(f"code_{n} VARCHAR" for n in range(8))
    assert classify("visits", *short, "plan TEXT")[-1] == "free_text"
    assert classify("visits", "sex_name TEXT", "plan_code TEXT")[-1] == "plain"


def test_a_table_of_people_owns_its_key_wherever_it_stands() -> None:
    tables = {
        "candidate": ("CandID INTEGER", "DoB DATE", "sex"),
        "scans": ("ScanNo INTEGER", "CandID INTEGER", "acquired DATE"),
    }
    found = classify_together(**tables)
    assert (found["candidate"]["CandID"], found["scans"]["CandID"]) == ("patient_key", "patient_key")
    assert classify_together(scans=tables["scans"])["scans"]["CandID"] == "event_key"


def test_an_unknown_name_that_joins_tables_without_a_key_is_a_persons() -> None:
    demographics = ("zqn INTEGER", "riagendr INTEGER", "age INTEGER")
    found = classify_together(demo=demographics, pressure=("zqn INTEGER", "bpxsy INTEGER"))
    assert (found["demo"]["zqn"], found["pressure"]["zqn"], found["demo"]["riagendr"]) == (
        "patient_key",
        "patient_key",
        "plain",
    )
    assert classify_together(demo=demographics)["demo"]["zqn"] == "unknown"


@pytest.mark.parametrize(
    ("table", "columns", "expected"),
    [
        ("person_x", ("ptfname", "ptlname", "ptcity", "ptemail", "ptssn", "ptsex"), "direct_identifier"),
        ("qz", ("QZSTDTC", "QZENDTC", "QZTERM", "QZSEQ INTEGER", "QZSEV"), "date"),
    ],
)
def test_a_glued_beginning_that_most_columns_share_says_nothing(
    table: str, columns: tuple[str, ...], expected: str
) -> None:
    assert classify(table, *columns)[0] == expected


def test_initials_refer_to_the_one_table_that_begins_so() -> None:
    tables = {
        "Patient": ("ID INTEGER", "vorname", "geburtsdatum DATE"),
        "Station": ("ID INTEGER", "bezeichnung"),
        "Aufenthalt": ("ID INTEGER", "P_ID INTEGER", "aufnahmedatum DATE"),
    }
    assert classify_together(**tables)["Aufenthalt"]["P_ID"] == "patient_key"
    tables["Person"] = ("ID INTEGER", "vorname", "geburtsdatum DATE")
    assert classify_together(**tables)["Aufenthalt"]["P_ID"] != "patient_key"


def test_users_of_care_are_patients_and_users_of_a_program_are_staff() -> None:
    care = ("id_usuario INTEGER", "fecha_nacimiento DATE", "sexo", "codigo")
    assert classify_together(usuarios=care, visits=("usuario_id INTEGER",))["visits"]["usuario_id"] == "patient_key"
    program = (*care, "password", "role")
    assert classify_together(usuarios=program, visits=("usuario_id INTEGER",))["visits"]["usuario_id"] == "staff"


def test_a_study_number_is_a_persons_only_where_nothing_else_is() -> None:
    assert classify("survey", "study_id VARCHAR", "bp_sys INTEGER")[0] == "patient_key"
    assert classify("survey", "study_id VARCHAR", "subject_id VARCHAR")[0] == "key"


def test_a_record_number_is_a_persons_where_the_row_describes_one() -> None:
    assert classify("survey", "record_id VARCHAR", "first_name", "dob DATE")[0] == "patient_key"
    assert classify("labs", "record_id VARCHAR", "patient_id INTEGER", "value DOUBLE")[0] == "event_key"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ELECDUR", ("elective", "duration")),
        ("DMONTH", ("d", "month")),
        ("OtherPatientIDs", ("other", "patient", "identifier")),
        ("md5sumArchive", ("checksum", "archive")),
        ("usuarios", ("user",)),
        ("redcap_event", ("redcap", "event")),
        ("prscrptn", ("prescription",)),
        ("MUNICIP", ("municipality",)),
        ("P_ID", ("p", "identifier")),
    ],
)
def test_names_are_cut_where_words_end(name: str, expected: tuple[str, ...]) -> None:
    assert column_words(name) == expected


@pytest.mark.parametrize(("word", "known"), [("hemoptysis", True), ("uncertainty", True), ("frobnik", False)])
def test_medical_and_abstract_words_are_familiar_by_their_ending(word: str, known: bool) -> None:
    assert is_familiar(word) is known


def test_a_bare_name_beside_a_last_name_is_a_persons() -> None:
    assert classify("discharges", "NOMBRE", "APELLIDO", "EDAD INTEGER")[0] == "direct_identifier"
    assert classify("discharges", "NOMBRE", "CAMA", "EDAD INTEGER")[0] == "plain"
