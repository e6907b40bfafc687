# ruff: noqa: E501  programs read better on one line
"""The contract of a program: main, literal PARAMETERS, literal queries."""

from __future__ import annotations

import pytest

from sandbox.checks.facts import Flag, ProgramCheck
from sandbox.checks.language import check_program, compile_program

GOOD = '"""What it is for.\n\nMore."""\nPARAMETERS = {parameters}\ndef main(data, report{arguments}):\n    {body}\n'


def check(parameters: str = "{}", arguments: str = "", body: str = "pass") -> ProgramCheck:
    return check_program(GOOD.format(parameters=parameters, arguments=arguments, body=body))


def refused(found: ProgramCheck) -> list[Flag]:
    return [flag for flag in found.flags if flag.severity == "refuse"]


def test_title_is_the_first_line_of_the_docstring() -> None:
    assert check().title == "What it is for."
    without = check_program("def main(data, report):\n    pass\n")
    assert without.title == "" and without.may_run
    assert [flag.rule for flag in without.flags] == ["title"]


def test_defaults_are_read_without_running_anything() -> None:
    found = check(
        "{'start': '2022-01-01', 'hours': 24 * 14, 'words': {'I50': 'heart failure'}, 'n': -3, 'x': 1.5, 'on': True, 'codes': ['a', 'b'], 'none': None, 't': (1, 2)}",
        ", *, start, hours, words, n, x, on, codes, none, t=1",
    )
    assert found.may_run, refused(found)
    assert found.parameters == {
        "start": "2022-01-01", "hours": 336, "words": {"I50": "heart failure"}, "n": -3, "x": 1.5, "on": True, "codes": ["a", "b"], "none": None, "t": [1, 2],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "arguments"),
    [
        ("{}", ", start"),  # no default
        ("{'start': 1}", ""),  # no argument
        ("{'start': 1}", ", stop"),
        ("{'start': print('x')}", ", start"),
        ("{'start': 'a' + 'b'}", ", start"),
        ("{'start': f'a'}", ", start"),
        ("{'start': {1: 'a'}}", ", start"),
        ("{'start': {'a': {'b': 1}}}", ", start"),
        ("{'start': 10**9}", ", start"),
        ("{'start': 10**6 * 10**6 * 10**6}", ", start"),
        ("{'start': 'a' * 3}", ", start"),
        ("{'start': [[1]]}", ", start"),
        ("{'start': 1e999}", ", start"),
        ("{'start': b'a'}", ", start"),
        ("{'start': 1j}", ", start"),
        ("{1: 1}", ""),
        ("{'_a': 1}", ", _a"),
        ("{'a b': 1}", ""),
        ("{'a': 1, 'a': 2}", ", a"),
        ("{'a': {'I50': 1, 'I50': 2}}", ", a"),
        ("{'a': {'I50': 1, u'I50': 2}}", ", a"),
        ("dict(a=1)", ", a"),
        ("{**{}, 'a': 1}", ", a"),
        ("{'a': 1}\nPARAMETERS = {'a': 2}", ", a"),
        ("{'a': 1}\nPARAMETERS['a'] = 2\nPARAMETERS = 3", ", a"),
        ("{'a': 1}\ndel PARAMETERS", ", a"),
        ("{'a': 1}\nfor PARAMETERS in []: pass", ", a"),
    ],
)
def test_parameters_must_be_literal_and_match_main(parameters: str, arguments: str) -> None:
    found = refused(check(parameters, arguments))
    assert found and all(flag.line and flag.instead for flag in found)


def test_main_may_take_the_rest_of_the_parameters_together() -> None:
    assert check("{'a': 1, 'b': 2}", ", a, **rest").may_run


def test_reading_the_defaults_inside_the_program_is_pointed_out() -> None:
    assert [flag.severity for flag in check("{'a': 1}", ", a", "PARAMETERS['a']").flags] == ["warn"]


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "def main(report, data): pass",
        "def main(data): pass",
        "def main(data, report, *rest): pass",
        "def main(data, report, /): pass",
        "def main(data, report): pass\ndef main(data, report): pass",
        "def main(data, report): pass\nmain = print",
        "class main: pass",
        "main = lambda data, report: None",
        "import math as main\ndef main(data, report): pass",
        "if True:\n    def main(data, report): pass",
        "def twice(f): return f\n@twice\ndef main(data, report): pass",
        "async def main(data, report): pass",
    ],
)
def test_there_must_be_one_plain_main(text: str) -> None:
    assert any(flag.rule in ("main", "syntax") for flag in refused(check_program(text)))


def test_a_query_is_found_with_its_line_its_cohort_and_the_names_it_binds() -> None:
    body = 'a = data.sql(\n        "SELECT x "\n        "FROM s.t WHERE d > :d",\n        d=d,\n        cohort={"Pat_Id": a.pat_id, "enc": a.enc},\n    )'
    (query,) = check("{'d': 1}", ", d", body).queries
    assert (query.line, query.sql, query.cohort, query.names) == (
        7,
        "SELECT x FROM s.t WHERE d > :d",
        ("pat_id", "enc"),
        ("d",),
    )


def test_queries_are_found_wherever_they_stand() -> None:
    text = GOOD.format(
        parameters="{}",
        arguments="",
        body="f = lambda d: d.sql('SELECT 1')\n    return [f(data) for _ in data.sql('SELECT 2')]",
    )
    assert {query.sql for query in check_program(text).queries} == {"SELECT 1", "SELECT 2"}


@pytest.mark.parametrize(
    "line",
    [
        "data.sql(f'SELECT {x}')",
        "data.sql('SELECT ' + 'x')",
        "data.sql('SELECT {}'.format(1))",
        "data.sql('SELECT %s' % 1)",
        "q = 'SELECT 1'\n    data.sql(q)",
        "data.sql(*['SELECT 1'])",
        "data.sql(query='SELECT 1')",
        "data.sql()",
        "data.sql('SELECT 1', 'x')",
        "data.sql('SELECT :x', **{'x': 1})",
        "data.sql(b'SELECT 1')",
        "data.sql('SELECT 1' if report else 'SELECT 2')",
        "s = data.sql",
        "list(map(data.sql, ['SELECT 1']))",
        "data.sql = 1",
        "[data.sql][0]('SELECT 1')",
        "data.sql('SELECT 1', cohort=x)",
        "data.sql('SELECT 1', cohort={k: 1 for k in 'a'})",
        "data.sql('SELECT 1', cohort={**x})",
        "data.sql('SELECT 1', cohort=dict(a=1))",
        "data.sql('SELECT 1', cohort={'a' + 'b': 1})",
        "data.sql('SELECT 1', cohort={})",
        "data.sql('SELECT 1', cohort={'a': x, 'a': report})",
        "data.sql('SELECT 1', cohort={'pat_id': x, 'PAT_ID': report})",
    ],
)
def test_a_query_that_can_not_be_read_off_the_text_is_refused(line: str) -> None:
    found = [flag for flag in refused(check(body=f"x = {{}}\n    {line}")) if flag.rule == "queries"]
    assert found and found[0].line >= 5 and found[0].instead


def test_an_f_string_is_named_as_such() -> None:
    (flag,) = refused(check(body="data.sql(f'SELECT 1')"))
    assert "f-string" in flag.reason and "bind values by name" in flag.instead


@pytest.mark.parametrize(
    ("call", "reason"), [("data.sql(Q)", "behind a name"), ("data.sql('SELECT ' + Q)", "put together")]
)
def test_a_query_behind_a_name_is_told_what_to_write(call: str, reason: str) -> None:
    (flag,) = refused(check(body=f"Q = 'SELECT 1'\n    {call}"))
    assert reason in flag.reason and 'the text itself inside data.sql("…")' in flag.instead
    assert ":start" in flag.instead and "start=start" in flag.instead and "IN (:codes)" in flag.instead


def test_a_doubled_key_would_show_a_reader_one_value_and_give_the_other() -> None:
    text = "{'points': {'I50': 1, 'I50': 2}}"
    assert eval(text)["points"] == {"I50": 2}
    flag = next(flag for flag in refused(check(text, ", points")) if "twice" in flag.reason)
    assert flag.line == 4 and flag.instead == "Write each key once."
    assert check("{'points': {'I50': 1, 'I51': 1}}", ", points").may_run


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("__all__ = ['main']", "nothing imports a program"),
        ("__author__ = 'ward'", "nothing imports a program"),
        ("both = frame[frame._merge == 'both']", 'frame["_merge"]'),
        ("for row in frame.itertuples():\n        row._2", "rename them first"),
        ("frame.__len__()", "Write len(x)."),
        ("frame.__class__.__mro__", "isinstance"),
        ("import pandas as pd\n    pd.options.mode.chained_assignment = None", 'pd.set_option("display.max_rows", 20)'),
        ("from patsy import dmatrices", "model.exog"),
    ],
)
def test_what_is_often_meant_is_told_what_to_write(line: str, instead: str) -> None:
    flags = refused(check(body=f"frame = None\n    {line}"))
    assert flags and all(instead in flag.instead for flag in flags)


def test_what_a_module_says_of_itself_is_left_out_unless_it_does_something() -> None:
    said = '__all__ = ["main"]\n__version__ = "1.0"\n'
    program = GOOD.format(parameters="{}", arguments="", body="report.value('a', 1)")
    assert check_program(program + said).may_run
    assert "__all__" not in compile_program(program + said).code.co_names
    for other in ("__all__ = [print(1)]", "__builtins__ = []", "__all__ += ['main']", "__all__ = __doc__ = ''"):
        assert refused(check_program(f"{program}{other}\n")), other


def test_a_main_guard_and_prints_are_noted_and_do_not_matter() -> None:
    found = check_program(
        GOOD.format(parameters="{}", arguments="", body="print(1)") + 'if __name__ == "__main__":\n    main(1, 2)\n'
    )
    assert found.may_run and [flag.severity for flag in found.flags] == ["note", "note"]


def test_a_misspelt_name_is_found_before_anything_runs() -> None:
    (flag,) = refused(check(body="repotr.value('a', 1)"))
    assert flag.line == 6 and "repotr" in flag.reason


def test_a_library_name_that_is_not_listed_is_found_before_anything_runs() -> None:
    text = '"""T."""\nimport numpy as np\nfrom scipy import stats\ndef main(data, report):\n    np.nosuch(1)\n    stats.nosuch\n'
    assert [flag.line for flag in refused(check_program(text))] == [5, 6]
