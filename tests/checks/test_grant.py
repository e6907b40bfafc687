"""The grant is the union of what the queries read, can be compared, and reads well."""

from __future__ import annotations

from query_examples import SCHEMA

from sandbox.checks.facts import Grant, RowScope
from sandbox.checks.grant import compare_grants, covers, derive_grant, grant_text
from sandbox.checks.query import check_query
from sandbox.checks.verdict import judge_program

OLD = Grant(tables={"ehr.encounters": ("admit_dt", "pat_id"), "ehr.codes": ()})
NEW = Grant(tables={"ehr.encounters": ("los", "pat_id"), "ehr.patients": ("sex",)})


def test_the_grant_of_several_queries_is_their_union() -> None:
    queries = [
        "SELECT pat_id FROM ehr.encounters",
        "SELECT los FROM ehr.encounters",
        "SELECT count(*) AS n FROM ehr.codes",
    ]
    assert derive_grant(check_query(sql, SCHEMA) for sql in queries) == Grant(
        tables={"ehr.codes": (), "ehr.encounters": ("los", "pat_id")}
    )
    assert derive_grant([]) == Grant(tables={})


def test_what_is_new_and_what_is_gone_is_named() -> None:
    assert compare_grants(OLD, NEW) == (
        ("ehr.encounters.los", "ehr.patients", "ehr.patients.sex"),
        ("ehr.codes", "ehr.encounters.admit_dt"),
    )
    assert compare_grants(OLD, OLD) == ((), ())
    assert covers(OLD, OLD) and not covers(OLD, NEW)


def test_a_grant_reads_well() -> None:
    assert list(grant_text(NEW, new=compare_grants(OLD, NEW)[0])) == [
        "ehr.encounters: los (new), pat_id",
        "ehr.patients (new): sex (new)",
    ]
    assert list(grant_text(OLD))[0] == "ehr.codes: the number of its rows only"
    assert list(grant_text(Grant(tables={}))) == ["It may read nothing."]
    scope = RowScope(words="codes of heart failure", condition="meaning LIKE 'Heart%'", columns=("meaning",))
    limited = Grant(tables={"ehr.codes": ("code",)}, rows={"ehr.codes": (scope,)})
    assert list(grant_text(limited))[1] == (
        "  only rows: codes of heart failure: meaning LIKE 'Heart%'; meaning decides, and is not given for that"
    )


PROGRAM = '''"""T."""
PARAMETERS = {{"days": 2}}
def main(data, report, days):
    a = data.sql("SELECT pat_id FROM ehr.encounters WHERE los > :days", {binds})
    b = data.sql("{second}")
'''


def judge(
    binds: str = "days=days", second: str = "SELECT sex FROM ehr.patients"
) -> tuple[list[tuple[int, str]], Grant]:
    verdict = judge_program(PROGRAM.format(binds=binds, second=second), SCHEMA)
    refused = [(flag.line, flag.reason) for flag in verdict.check.flags if flag.severity == "refuse"]
    assert verdict.check.may_run is not refused or not refused
    return refused, verdict.grant


def test_a_program_is_judged_with_its_queries() -> None:
    refused, grant = judge()
    assert refused == []
    assert grant == Grant(tables={"ehr.encounters": ("los", "pat_id"), "ehr.patients": ("sex",)})


def test_a_refused_query_is_a_flag_at_its_line_and_adds_nothing_to_the_grant() -> None:
    refused, grant = judge(second="SELECT name FROM ehr.patients")
    assert refused == [(5, "The column name may not be read by this program.")]
    assert "ehr.patients" not in grant.tables


def test_names_of_parameters_must_agree_with_the_query() -> None:
    assert [line for line, _ in judge(binds="")[0]] == [4]
    assert [line for line, _ in judge(binds="days=days, other=1")[0]] == [4]
