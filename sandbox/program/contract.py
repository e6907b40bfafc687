"""The two things a program is handed: `data` to read with, `report` to speak with.

stays = data.sql("SELECT enc_id, pat_id FROM ehr.encounters WHERE admit_dt >= :start", start=start)
later = data.sql("SELECT pat_id FROM ehr.encounters", cohort={"pat_id": stays.pat_id})
report.step("stays", stays)
report.value("stays", len(stays))
report.table("by month", monthly)
report.figure("trend", figure)
report.text("note", "Counts below 11 are left out.")
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.errors import BadInput, LimitReached
from sandbox.messages.data_door import Reported, Stepped
from sandbox.messages.report_limits import CELL_CHARACTERS, LIST_ITEMS, REPORTS

from .door import Door, ipc_bytes
from .incoming import frame_of
from .outgoing import checked_label, plain_scalar, plain_table, plain_value, png_bytes

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Data:
    """The only way in: queries by `source.table`, answered with DataFrames."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def sql(self, sql: str, cohort: Mapping[str, Any] | None = None, **parameters: Any) -> pd.DataFrame:
        """The rows of one SELECT, or `QueryRefused`.

        `:name` in the text is bound to the parameter of that name, never pasted; a list binds as
        `IN (:name)`. `cohort={"pat_id": keys}` keeps, of every table with that key column, the rows whose
        key is among `keys`. Keys are tokens; whole numbers with nulls are `Int64`, dates `datetime64`.
        """
        if not isinstance(sql, str):
            raise BadInput("data.sql takes the text of a query.")
        bound = {name: _bindable(name, value) for name, value in parameters.items()}
        return frame_of(self._door.ask(sql, bound, _cohort_table(cohort) if cohort else None))


class Report:
    """The only way out, and it leads to the reviewer's screen. At most 1,000 entries."""

    def __init__(self, door: Door, patient_keys: tuple[str, ...] = ()) -> None:
        self._door = door
        self._patient_keys = patient_keys
        self._entries = 0

    def step(self, label: str, frame: Any) -> None:
        """Rows, and distinct patients where a patient key is in the frame: attrition, step by step."""
        rows = frame if isinstance(frame, int) else len(frame)
        self._tell(Stepped(label=checked_label(label), rows=int(rows), patients=self._patients(frame)))

    def value(self, label: str, value: Any) -> None:
        """One number, text or date, or a short list or mapping of them."""
        self._say("value", label, plain_value(value))

    def text(self, label: str, text: str) -> None:
        """A remark of at most 100,000 characters."""
        if not isinstance(text, str):
            raise BadInput(f"report.text takes text of at most {CELL_CHARACTERS:,} characters.")
        self._say("text", label, plain_value(text))

    def table(self, label: str, frame: Any) -> None:
        """A DataFrame or Series. An index with a name or with text becomes columns."""
        self._tell(Reported(kind="table", label=checked_label(label)), ipc_bytes(plain_table(frame)))

    def figure(self, label: str, figure: Any) -> None:
        """A matplotlib figure, as an image."""
        self._tell(Reported(kind="figure", label=checked_label(label)), png_bytes(figure))

    def _say(self, kind: str, label: str, value: Any) -> None:
        self._tell(Reported(kind=kind, label=checked_label(label), text=msgspec.json.encode(value).decode()))

    def _tell(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None:
        self._entries += 1
        if self._entries > REPORTS:
            raise LimitReached(
                f"A report has at most {REPORTS:,} entries.",
                "Put what belongs together in a table.",
                limit="entries",
            )
        self._door.tell(message, payload)

    def _patients(self, frame: Any) -> int:
        columns = [str(name) for name in getattr(frame, "columns", [])]
        for key in self._patient_keys:
            if key in columns:
                return int(frame[key].nunique())
        return int(frame.nunique()) if getattr(frame, "name", None) in self._patient_keys else -1


def _bindable(name: str, value: Any) -> Any:
    """A scalar or a list of scalars that JSON can carry; dates as ISO text, which the database casts."""
    if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1:
        value = value.tolist()
    if isinstance(value, (list, tuple, set, frozenset)):
        if len(value) > LIST_ITEMS:
            raise LimitReached(
                f"The list {name} has more than {LIST_ITEMS:,} items.", "Use cohort= for keys.", limit="list"
            )
        return [_bindable_scalar(name, one) for one in value]
    return _bindable_scalar(name, value)


def _bindable_scalar(name: str, value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo is None and value == value:
        return value.isoformat(sep=" ")
    try:
        return plain_scalar(value)
    except BadInput as problem:
        raise BadInput(f"The parameter {name} is neither a number, text, date nor a list of them.") from problem


def _cohort_table(cohort: Mapping[str, Any]) -> pa.Table:
    """One column of distinct keys per key name; the shorter ones are filled up with nulls."""
    import pandas as pd
    import pyarrow as pa

    keys = {str(name): pd.Series(values).dropna().drop_duplicates() for name, values in cohort.items()}
    longest = max(len(values) for values in keys.values())
    columns = {}
    for name, values in keys.items():
        if len(values) and not pd.api.types.is_integer_dtype(values.dtype):
            raise BadInput(f"The cohort {name} holds something other than keys.", "Pass the key column of a frame.")
        found = pa.array(values.astype("int64"), type=pa.int64())
        columns[name] = pa.concat_arrays([found, pa.nulls(longest - len(found), pa.int64())])
    return pa.table(columns)
