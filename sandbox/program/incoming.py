"""Arrow tables as the pandas frames that a program expects, the way DuckDB's own `.df()` gives them.

Two things are decided for safety. Whole numbers with nulls stay whole numbers (`Int64`): as floats two
64-bit tokens could become the same patient. Dates become `datetime64`, so that they subtract and compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def frame_of(table: pa.Table) -> pd.DataFrame:
    """The table as a DataFrame; memory is taken column by column (`split_blocks`), not twice at once."""
    import pandas as pd
    import pyarrow as pa

    columns = [_plain(column) for column in table.columns]
    plain = pa.Table.from_arrays(columns, names=_numbered(table.column_names))
    special = {name for name in plain.column_names if _needs_nullable(plain[name])}
    rest = plain.drop_columns(sorted(special)).to_pandas(split_blocks=True, date_as_object=False, self_destruct=False)
    frames = {name: plain[name].to_pandas(types_mapper=_nullable().get) for name in special}
    series = [frames[name] if name in special else rest[name] for name in plain.column_names]
    frame: pd.DataFrame = pd.concat(series, axis=1) if special else rest
    frame.columns = pd.Index(table.column_names, dtype="str")
    return frame


def _numbered(names: list[str]) -> list[str]:
    """Unique stand-ins, because two columns of a result may share a name."""
    return [f"{position}" for position in range(len(names))]


def _needs_nullable(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    if not column.null_count:
        return False
    return bool(pa.types.is_integer(column.type)) or bool(pa.types.is_boolean(column.type))


def _nullable() -> dict[Any, Any]:
    import pandas as pd
    import pyarrow as pa

    return {
        pa.bool_(): pd.BooleanDtype(),
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.uint8(): pd.UInt8Dtype(),
        pa.uint16(): pd.UInt16Dtype(),
        pa.uint32(): pd.UInt32Dtype(),
        pa.uint64(): pd.UInt64Dtype(),
    }


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals as doubles, dates as timestamps, intervals of days and less as durations."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_date(column.type):
        return column.cast(pa.timestamp("us"))
    if column.type == pa.month_day_nano_interval():
        return _durations(column)
    return column


def _durations(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """`later - earlier` in SQL is an interval; months have no fixed length, so with months it stays one."""
    import numpy as np
    import pyarrow as pa

    parts = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanos", "<i8")])
    chunks = []
    for chunk in column.chunks:
        raw = np.frombuffer(chunk.buffers()[1], dtype=parts)[chunk.offset : chunk.offset + len(chunk)]
        missing = chunk.is_null().to_numpy(zero_copy_only=False)
        if np.any(raw["months"][~missing]):
            return column
        micros = raw["days"].astype("int64") * 86_400_000_000 + raw["nanos"] // 1000
        chunks.append(pa.array(micros, type=pa.duration("us"), mask=missing))
    return pa.chunked_array(chunks, type=pa.duration("us"))
