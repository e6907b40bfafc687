"""What the agent is told of its trials: every run, every expectation that fails, no token, never too much."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.drafting.telling import LIMIT, short, trials_text
from sandbox.review import Expectation, Trial
from sandbox.review.seen import ColumnSeen, QuerySeen, StepSeen, TableSeen

SETTINGS = ((1, False), (2, False), (3, False), (1, True))
NAMES = ["seed 1", "seed 2", "seed 3", "edge case"]


def trials(expectations: tuple[Expectation, ...] = (), **seen: object) -> tuple[Trial, ...]:
    made = [Trial(**{"clean": True, "seed": seed, "edge": edge, **seen}) for seed, edge in SETTINGS]
    return (msgspec.structs.replace(made[0], expectations=expectations), *made[1:])


def told(tried: tuple[Trial, ...]) -> dict:
    text = trials_text(4, tried, may_submit=False)
    assert len(text) <= LIMIT and short(text) == text
    return msgspec.json.decode(text)


def expected(patient: int, label: str = "stays", *, ok: bool = True) -> Expectation:
    return Expectation(patient=f"patient {patient}: readmitted on day 30", label=label, expected=1, got=int(ok), ok=ok)


def wide_table(label: str = "By month", columns: int = 12) -> TableSeen:
    seen = tuple(ColumnSeen(name=f"column number {n}", type="int64", nulls=n) for n in range(columns))
    return TableSeen(label=label, rows=48, columns=seen, head=(tuple("some text in it" for _ in seen),) * 10)


def test_what_holds_is_one_line_and_what_fails_is_told_in_full():
    answer = told(trials(tuple(expected(n % 13, f"value {n}", ok=n not in (3, 20)) for n in range(39))))
    assert answer["made_up_patients"] == "11 of 13 hold (37 of 39 expectations)"
    assert answer["do_not_hold"][0] == {
        "patient": "patient 3: readmitted on day 30",
        "label": "value 3",
        "expected": 1,
        "got": 0,
    }
    assert len(answer["do_not_hold"]) == 2
    everything = told(trials(tuple(expected(n) for n in range(40))))
    assert everything["made_up_patients"] == "40 of 40 hold (40 of 40 expectations)"
    assert "do_not_hold" not in everything
    assert told(trials())["made_up_patients"] == "none was tried"


def test_every_run_is_told_however_much_there_is_to_tell():
    much = {
        "steps": tuple(
            StepSeen(label=f"step {n} of the attrition of the cohort", rows=n, patients=n) for n in range(60)
        ),
        "values": {f"value {n} with a long label": f"text {n} " * 40 for n in range(60)},
        "tables": tuple(wide_table(f"table {n}", 60) for n in range(20)),
        "queries": tuple(
            QuerySeen(sql="SELECT 1", sentence="It was refused, because of this. " * 9) for _ in range(30)
        ),
        "lines_never": tuple(range(1, 4000, 2)),
    }
    for clean in (True, False):
        failing = tuple(expected(n, ok=False) for n in range(40))
        tried = trials(failing, **much, clean=clean, sentence="KeyError at line 3. " * 30, traceback="a line\n" * 400)
        answer = told(tried)
        assert [run["run"] for run in answer["runs"]] == NAMES
        assert [run["clean"] for run in answer["runs"]] == [clean] * 4
        assert answer["made_up_patients"].startswith("0 of 40 hold")
        assert answer["do_not_hold"][-1].startswith("and ")


def test_a_run_of_usual_size_keeps_its_tables_and_its_traceback():
    tried = trials(tuple(expected(n) for n in range(38)), tables=(wide_table(),), values={"stays": 12, "share": 0.25})
    answer = told(tried)
    assert len(answer["runs"][0]["tables"][0]["columns"]) == 12 and answer["runs"][0]["tables"][0]["first_rows"]
    assert [run["values"] for run in answer["runs"]] == [{"stays": 12, "share": 0.25}] * 4
    broken = msgspec.structs.replace(tried[2], clean=False, sentence="KeyError at line 7.", line=7, traceback="a\nb")
    run = told((*tried[:2], broken, tried[3]))["runs"][2]
    assert (run["problem"], run["line"], run["traceback"]) == ("KeyError at line 7.", 7, "a\nb")


@pytest.mark.parametrize(
    "token", [4503599627370497, -4503599627370497, "4503599627370497", "key 4503599627370497!", 4.503599627370497e15]
)
def test_a_token_is_told_as_a_key_and_the_answer_stays_json(token):
    head = TableSeen(label="t", rows=1, columns=(ColumnSeen(name="k", type="int64"),), head=((str(token),),))
    failing = Expectation(patient="p", label="l", expected=1, got=token)
    answer = told(
        trials((failing,), values={"first": token}, tables=(head,), traceback=f"KeyError: {token}", clean=False)
    )
    assert "4503599627370497" not in str(answer) and str(answer).count("<key>") == 10


def test_lines_that_no_run_reached_are_told_as_ranges():
    tried = trials(lines_never=(3, 7, 8, 9, 12, 20), lines_run=(1, 2))
    also = msgspec.structs.replace(tried[1], lines_run=(12,))
    assert told((tried[0], also, *tried[2:]))["lines_never_run"] == ["3", "7-9", "20"]
    assert "lines_never_run" not in told(trials(lines_run=(1,)))


def test_a_text_is_cut_once_and_says_how_much():
    text = short("x" * (LIMIT + 70))
    assert text.endswith("… [70 more characters cut]") and text.startswith("x" * LIMIT)


TEXTS = st.text(max_size=400)


@settings(max_examples=60, deadline=None)
@given(labels=st.lists(TEXTS, max_size=70), text=TEXTS, clean=st.booleans())
def test_any_labels_fit(labels, text, clean):
    steps = tuple(StepSeen(label=label, rows=1, patients=1) for label in labels)
    values = dict.fromkeys(labels, text)
    tables = tuple(TableSeen(label=label, rows=1, columns=()) for label in labels)
    failing = tuple(Expectation(patient=label, label=label, expected=text, sentence=text) for label in labels)
    tried = trials(failing, steps=steps, values=values, tables=tables, clean=clean, sentence=text, traceback=text)
    assert [run["run"] for run in told(tried)["runs"]] == NAMES
