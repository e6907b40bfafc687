"""What a program gets from `data` and can say through `report`; real guarded code, in this process."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from answering_line import AnsweringLine, Runner

from sandbox.errors import BadInput, LimitReached, QueryRefused
from sandbox.messages.data_door import Began, Broke, Finished, QueryAsked, Reported, Stepped
from sandbox.program.contract import Data, Report
from sandbox.program.door import Door
from sandbox.program.incoming import frame_of
from sandbox.program.outgoing import plain_table, plain_value
from sandbox.program.runner import REHEARSAL

STAYS = pa.table(
    {
        "pat_id": pa.array([7_000_000_000_000_000_001, 7_000_000_000_000_000_002, None], pa.int64()),
        "admit_dt": pa.array([datetime.date(2022, 1, 1)] * 3, pa.date32()),
        "age": pa.array([30, 60, 90], pa.int32()),
        "cost": pa.array([1, 2, None], pa.decimal128(9, 2)),
    }
)

PROGRAM = '''"""Adults, and how old they are."""
import matplotlib.pyplot as plt

PARAMETERS = {"age": 18}

def main(data, report, age):
    stays = data.sql("SELECT pat_id, admit_dt, age, cost FROM ehr.stays WHERE age >= :age", age=age)
    report.step("adults", stays)
    report.value("mean age", stays.age.mean())
    report.table("by age", stays.groupby("age").size())
    report.text("note", "made up")
    figure, axes = plt.subplots()
    axes.hist(stays.age)
    report.figure("ages", figure)
'''


def test_everything_a_program_says_arrives_in_order(run: Runner) -> None:
    line = run(PROGRAM, STAYS)
    assert [type(message) for message, _ in line.told] == [
        Began,
        QueryAsked,
        Stepped,
        Reported,
        Reported,
        Reported,
        Reported,
        Finished,
    ]
    assert line.of(Stepped)[0] == Stepped(label="adults", rows=3, patients=2)
    assert [report.text for report in line.of(Reported)] == ["60.0", "", '"made up"', ""]
    assert line.told[6][1].startswith(b"\x89PNG")


def test_parameters_have_the_defaults_of_the_program_unless_signed_otherwise(run: Runner) -> None:
    assert run(PROGRAM, STAYS).of(QueryAsked)[0].parameters == {"age": 18}
    assert run(PROGRAM, STAYS, age=65).of(QueryAsked)[0].parameters == {"age": 65}
    assert run(PROGRAM, STAYS, nobody=1).ending.exception == "BadInput"


def test_a_real_run_that_breaks_tells_neither_text_nor_lines(run: Runner) -> None:
    line = run(PROGRAM.replace("stays.age.mean()", "1 / 0"), STAYS, synthetic=False)
    assert line.ending == Broke(exception="ZeroDivisionError", line=9)


def test_a_real_run_that_finishes_tells_its_lines_and_before_it_those_that_can_run(run: Runner) -> None:
    plain = 'def main(data, report):\n    if report is None:\n        report.value("never", 1)\n'
    line = run(plain, STAYS, synthetic=False)
    assert line.told[0][0] == Began(lines=(1, 2, 3))
    assert line.ending == Finished(lines=(1, 2))


def test_a_denied_query_is_an_exception_that_the_program_sees(run: Runner) -> None:
    line = run(PROGRAM, None)
    assert line.ending.exception == "QueryRefused"
    assert "There is no such table." in line.ending.detail


def test_a_program_that_breaks_the_policy_never_begins(run: Runner) -> None:
    line = run("import os\n\ndef main(data, report):\n    pass\n", STAYS)
    assert [type(message) for message, _ in line.told] == [Broke]
    assert line.ending.exception == "PolicyRefused"


def test_tokens_with_nulls_keep_every_digit() -> None:
    frame = frame_of(STAYS)
    assert str(frame.pat_id.dtype) == "Int64"
    assert frame.pat_id.nunique() == 2
    assert frame.pat_id[0] == 7_000_000_000_000_000_001


def test_types_are_those_a_program_expects() -> None:
    frame = frame_of(STAYS)
    assert list(frame.columns) == ["pat_id", "admit_dt", "age", "cost"]
    assert [str(kind) for kind in frame.dtypes] == ["Int64", "datetime64[us]", "int32", "float64"]


def test_intervals_of_days_are_durations_and_months_stay_what_they_are() -> None:
    days = pa.array([pa.MonthDayNano([0, 2, 3_000_000_000]), None], pa.month_day_nano_interval())
    months = pa.array([pa.MonthDayNano([1, 0, 0]), None], pa.month_day_nano_interval())
    frame = frame_of(pa.table({"days": days, "months": months}))
    assert frame.days[0] == pd.Timedelta(days=2, seconds=3)
    assert pd.isna(frame.days[1])
    assert frame.months.dtype == object


def test_two_columns_of_one_name_both_arrive() -> None:
    table = pa.Table.from_arrays([pa.array([1, None]), pa.array([2, 3])], names=["n", "n"])
    assert frame_of(table).shape == (2, 2)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (float("nan"), None),
        (float("-inf"), "-inf"),
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timestamp("2022-01-01"), "2022-01-01T00:00:00"),
        (pd.Timedelta(hours=1), 3600.0),
        (np.array([1, 2]), [1, 2]),
        (("low", 1.5), ["low", 1.5]),
        ({"low": np.float32(1)}, {"low": 1.0}),
        (np.bool_(True), True),
    ],
)
def test_values_become_plain(value: Any, told: Any) -> None:
    assert plain_value(value) == told
    assert msgspec.json.decode(msgspec.json.encode(plain_value(value))) == told


@pytest.mark.parametrize("value", [pd.Series([{"a": 1}]), object(), [[1]], b"bytes", "\ud800", 10**38])
def test_other_values_are_refused_with_what_to_use(value: Any) -> None:
    with pytest.raises(BadInput):
        plain_value(value)


def test_tables_hold_plain_types_only() -> None:
    frame = pd.DataFrame(
        {
            "band": pd.cut([5, 15], [0, 10, 20]),
            "month": pd.period_range("2022-01", periods=2, freq="M"),
            "mixed": [1, "two"],
            "lists": [[1], None],
            "group": pd.Categorical(["a", None]),
        },
        index=pd.Index(["x", "y"], name="who"),
    )
    table = plain_table(frame)
    assert table.column_names == ["who", "band", "month", "mixed", "lists", "group"]
    assert {str(kind) for kind in table.schema.types} == {"string"}
    assert table["group"].to_pylist() == ["a", None]
    assert table.schema.metadata is None


def test_names_of_columns_are_text_and_distinct() -> None:
    wide = pd.DataFrame([[1, 2, 3]], columns=pd.MultiIndex.from_tuples([("a", "n"), ("a", "n"), ("b", "")]))
    assert plain_table(wide).column_names == ["a n", "a n (2)", "b"]


def test_a_filtered_frame_does_not_show_its_old_row_numbers() -> None:
    frame = pd.DataFrame({"n": [1, 2, 3]})
    assert plain_table(frame[frame.n > 1]).column_names == ["n"]
    assert plain_table(frame.n.value_counts()).column_names == ["n", "count"]


def test_cohort_keys_travel_as_distinct_tokens() -> None:
    line = AnsweringLine(STAYS)
    keys = pd.Series([5, 5, None], dtype="Int64")
    Data(Door(line)).sql("SELECT 1", cohort={"pat_id": keys, "enc_id": [1, 2, 3]})
    asked, payload = line.told[0]
    assert asked.cohort == ("pat_id", "enc_id")
    sent = pa.ipc.open_stream(payload).read_all()
    assert sent.to_pydict() == {"pat_id": [5, None, None], "enc_id": [1, 2, 3]}
    with pytest.raises(BadInput):
        Data(Door(line)).sql("SELECT 1", cohort={"pat_id": ["Doe"]})


def test_an_empty_cohort_is_still_a_cohort() -> None:
    line = AnsweringLine(STAYS)
    Data(Door(line)).sql("SELECT 1", cohort={"pat_id": frame_of(STAYS).pat_id[:0]})
    assert line.told[0][0].cohort == ("pat_id",)


def test_parameters_are_what_json_can_carry() -> None:
    line = AnsweringLine(STAYS)
    day = pd.Timestamp("2022-01-02 03:04")
    Data(Door(line)).sql("SELECT 1", day=day, codes=pd.Series(["a"]), n=np.int64(1), d=datetime.date(2022, 1, 1))
    asked = line.told[0][0]
    assert asked.parameters == {"day": "2022-01-02 03:04:00", "codes": ["a"], "n": 1, "d": "2022-01-01"}
    with pytest.raises(BadInput, match="bad"):
        Data(Door(line)).sql("SELECT 1", bad=object())
    with pytest.raises(QueryRefused):
        Data(Door(AnsweringLine(None))).sql("SELECT 1")


def test_a_report_has_an_end() -> None:
    report = Report(Door(AnsweringLine(None)))
    for number in range(1000):
        report.value("n", number)
    with pytest.raises(LimitReached):
        report.value("n", 1)
    with pytest.raises(LimitReached, match="label"):
        report.value("x" * 500, 1)


def test_the_rehearsal_runs_to_its_end(run: Runner) -> None:
    assert run(REHEARSAL).of(Finished)
