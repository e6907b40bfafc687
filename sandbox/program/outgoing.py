"""What leaves a program, in its plainest form: JSON for values, Arrow for tables, PNG for figures.

The receiving side accepts nothing else (no extension types, no pickles, no vector images), so whatever
pandas can hold is brought down to numbers, text, dates and nulls here.
"""

from __future__ import annotations

import datetime
import io
import math
from typing import TYPE_CHECKING, Any

from sandbox.errors import BadInput, LimitReached
from sandbox.messages.report_limits import (
    CELL_CHARACTERS,
    FIGURE_BYTES,
    FIGURE_INCHES,
    LABEL_CHARACTERS,
    MB,
    TABLE_BYTES,
    TABLE_COLUMNS,
    TABLE_ROWS,
    VALUE_PARTS,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NUMBER_LIMIT = 10**38
FIGURE_DPI = 144


def checked_label(label: object) -> str:
    if not isinstance(label, str) or not label.strip():
        raise BadInput(f"A label is text of 1 to {LABEL_CHARACTERS} characters.")
    if len(label) > LABEL_CHARACTERS:
        raise LimitReached(f"A label has at most {LABEL_CHARACTERS} characters.", limit="label")
    if not label.isprintable():
        raise BadInput("A label is one line of printable characters.")
    return label


def plain_value(value: Any) -> Any:
    """A number, text, date, or a short list or mapping of them, as JSON can hold it; NaN becomes null."""
    if isinstance(value, dict):
        return {checked_text(str(key)): plain_scalar(one) for key, one in _short(value.items())}
    if isinstance(value, (list, tuple, set, frozenset)) or (
        hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1
    ):
        items = value.tolist() if hasattr(value, "tolist") else list(value)
        return [plain_scalar(one) for one in _short(items)]
    return plain_scalar(value)


def checked_text(text: str) -> str:
    if len(text) > CELL_CHARACTERS:
        raise LimitReached(f"A text has at most {CELL_CHARACTERS:,} characters.", limit="text")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise BadInput("A text holds half a character, which can't be written down.") from problem
    return text


def plain_scalar(value: Any) -> Any:
    """One number, text, truth value or date as JSON can hold it, or `BadInput`."""
    import pandas as pd

    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        return checked_text(value)
    if isinstance(value, int):
        return value if abs(value) < NUMBER_LIMIT else _too_large()
    if isinstance(value, float):
        return value if math.isfinite(value) else _not_finite(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    raise BadInput("This takes a number, text or a date.", "Use report.table for a Series or a DataFrame.")


def plain_table(frame: Any) -> pa.Table:
    """A DataFrame or Series as an Arrow table of plain types; a named or unusual index becomes columns."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(frame, pd.Series):
        frame = frame.to_frame(name=frame.name if frame.name is not None else "value")
    if not isinstance(frame, pd.DataFrame):
        raise BadInput("report.table takes a DataFrame or a Series.")
    if len(frame) > TABLE_ROWS:
        raise LimitReached(f"A table in a report has at most {TABLE_ROWS:,} rows.", limit="rows")
    frame = _with_index(frame)
    if len(frame.columns) > TABLE_COLUMNS:
        raise LimitReached(f"A table in a report has at most {TABLE_COLUMNS:,} columns.", limit="columns")
    arrays = [_plain_array(frame.iloc[:, position]) for position in range(frame.shape[1])]
    table = pa.Table.from_arrays(arrays, names=_distinct([_name(column) for column in frame.columns]))
    if table.nbytes > TABLE_BYTES:
        raise LimitReached(f"A table in a report has at most {TABLE_BYTES // MB} MB.", limit="table")
    for column in table.columns:
        _check_cells(column)
    return table


def _check_cells(column: pa.ChunkedArray) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type) and (pc.max(pc.binary_length(column)).as_py() or 0) > CELL_CHARACTERS:
        raise LimitReached(f"A cell of a table has at most {CELL_CHARACTERS:,} bytes of text.", limit="text")


def png_bytes(figure: Any) -> bytes:
    """A matplotlib figure (or the axes on one) as PNG; the figure is closed."""
    import matplotlib.figure
    import matplotlib.pyplot as plt

    found = figure if isinstance(figure, matplotlib.figure.Figure) else getattr(figure, "figure", None)
    if not isinstance(found, matplotlib.figure.Figure):
        raise BadInput("report.figure takes a matplotlib figure.")
    if max(found.get_size_inches()) > FIGURE_INCHES:
        raise LimitReached(f"A figure has at most {FIGURE_INCHES} inches on a side.", limit="figure")
    buffer = io.BytesIO()
    found.savefig(buffer, format="png", dpi=FIGURE_DPI, bbox_inches="tight", metadata={"Software": None})
    plt.close(found)
    if buffer.tell() > FIGURE_BYTES:
        raise LimitReached(f"A figure has at most {FIGURE_BYTES // MB} MB.", limit="figure")
    return buffer.getvalue()


def _short(items: Any) -> list[Any]:
    found = list(items)
    if len(found) > VALUE_PARTS:
        raise LimitReached(f"A value has at most {VALUE_PARTS:,} parts.", "Use report.table.", limit="parts")
    return found


def _too_large() -> int:
    raise BadInput("A number has at most 38 digits before the point.", "Report its logarithm, or a text.")


def _not_finite(value: float) -> str | None:
    if math.isnan(value):
        return None
    return "inf" if value > 0 else "-inf"


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    index = frame.index
    if isinstance(index, pd.RangeIndex) and index.name is None and index.start == 0 and index.step == 1:
        return frame
    if index.nlevels == 1 and index.name is None and index.dtype.kind in "iu":
        return frame.reset_index(drop=True)  # what filtering or sorting leaves behind tells a reader nothing
    names = [name if name is not None else f"index {n}" for n, name in enumerate(index.names)]
    columns = [pd.Series(index.get_level_values(n), name=name) for n, name in enumerate(names)]
    return pd.concat([*columns, frame.reset_index(drop=True)], axis=1)


def _name(column: Any) -> str:
    parts = column if isinstance(column, tuple) else (column,)
    return " ".join(str(part) for part in parts if str(part))[:LABEL_CHARACTERS] or "value"


def _distinct(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def _plain_array(series: pd.Series) -> pa.Array:
    """Anything Arrow has no plain type for (intervals, periods, mixed objects) is written as text."""
    import pandas as pd
    import pyarrow as pa

    series = series.reset_index(drop=True)
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if isinstance(series.dtype, (pd.IntervalDtype, pd.PeriodDtype, pd.SparseDtype)):
        series = series.astype("str").where(series.notna())
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        array = pa.array(series.astype("str").where(series.notna()), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_nested(array.type) or isinstance(array.type, pa.BaseExtensionType):
        return pa.array([None if one is None else str(one) for one in array.to_pylist()], type=pa.string())
    return array.cast(pa.string()) if pa.types.is_large_string(array.type) else array
