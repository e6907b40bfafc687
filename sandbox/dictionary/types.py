"""SQL types of DuckDB's dialect as Arrow types, and the few families that the rules speak of."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Literal

from sandbox.checks.facts import ANCHORED
from sandbox.sources.catalog import bare_type, same_members

from .model import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

Family = Literal["text", "long_text", "number", "boolean", "date", "time", "binary", "nested", "other"]

_FAMILIES: tuple[tuple[Family, str], ...] = (
    ("nested", r".*\[\]$|STRUCT|MAP|LIST|UNION|ARRAY|JSON|XML|VARIANT"),
    ("date", r"DATE|TIMESTAMP|DATETIME|SMALLDATETIME|ABSTIME"),
    ("time", r"TIME|INTERVAL|YEAR$"),
    ("boolean", r"BOOL|BIT$|BIT\(1\)|LOGICAL"),
    ("number", r"(BIG|SMALL|TINY|MEDIUM|HUGE|U)*INT|DEC|NUM|DOUBLE|FLOAT|REAL|MONEY|(BIG|SMALL)?SERIAL|LONG$"),
    ("binary", r"BLOB|BYTEA|(VAR)?BINARY|RAW|IMAGE|(LONG|MEDIUM|TINY)BLOB|OLE"),
    ("long_text", r"CLOB|NCLOB|NTEXT|LONGTEXT|MEDIUMTEXT|.*\(MAX\)|LONG VARCHAR|MEMO"),
    ("text", r"N?VARCHAR|N?CHAR|TEXT|STRING|BPCHAR|CHARACTER|UUID|UNIQUEIDENTIFIER|ENUM|CITEXT|NAME$|TINYTEXT|SET"),
)
_LONG = 500  # a text that may hold this many characters is written by people


@functools.lru_cache(maxsize=8192)
def family(sql_type: str) -> Family:
    """The family of a type, whatever dialect wrote it."""
    kind = sql_type.strip().upper()
    for name, pattern in _FAMILIES:
        if re.match(pattern, kind):
            return "long_text" if name == "text" and _length(kind) >= _LONG else name
    return "other"


@functools.lru_cache(maxsize=8192)
def same_type(one: str, other: str) -> bool:
    """Whether two types are one; how wide a decimal or a text may be does not count, and what is inside does."""
    return _plain(one) == _plain(other) and same_members(one, other)


def _plain(kind: str) -> str:
    bare = bare_type(kind)
    sized = re.match(r"(DECIMAL|NUMERIC|N?VARCHAR|N?CHAR|CHARACTER VARYING)\s*\([\d\s,]*\)$", bare)
    return sized[1] if sized else bare


def is_measure(sql_type: str) -> bool:
    """Whether the type is made for small numbers or fractions: seldom a key, whatever the name says."""
    measure = r"DOUBLE|FLOAT|REAL|MONEY|U?(SMALL|TINY)INT|(DECIMAL|NUMERIC|NUMBER|DEC)\(\d+\s*,\s*[1-9]"
    return bool(re.match(measure, sql_type.strip().upper()))


def _length(kind: str) -> int:
    found = re.search(r"\((\d+)", kind)
    return int(found[1]) if found else 0


def arrow_type(sql_type: str) -> pa.DataType:
    """The Arrow type that DuckDB hands out for a column of this type; text for what has no equal."""
    import pyarrow as pa

    kind = sql_type.strip().upper()
    decimal = re.match(r"(?:DECIMAL|NUMERIC)(?:\((\d+)(?:\s*,\s*(\d+))?\))?$", kind)
    if decimal:
        return pa.decimal128(int(decimal[1] or 18), int(decimal[2] or (0 if decimal[1] else 3)))
    plain = {
        "TINYINT": pa.int8(),
        "SMALLINT": pa.int16(),
        "INTEGER": pa.int32(),
        "INT": pa.int32(),
        "BIGINT": pa.int64(),
        "HUGEINT": pa.decimal128(38, 0),
        "UTINYINT": pa.uint8(),
        "USMALLINT": pa.uint16(),
        "UINTEGER": pa.uint32(),
        "UBIGINT": pa.uint64(),
        "DOUBLE": pa.float64(),
        "FLOAT": pa.float32(),
        "REAL": pa.float32(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "TIME": pa.time64("us"),
        "TIMESTAMP": pa.timestamp("us"),
        "DATETIME": pa.timestamp("us"),
        "TIMESTAMP_S": pa.timestamp("s"),
        "TIMESTAMP_MS": pa.timestamp("ms"),
        "TIMESTAMP_NS": pa.timestamp("ns"),
        "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
        "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
        "BLOB": pa.binary(),
    }
    return plain.get(kind, pa.string())


def arrow_schema(table: Table) -> pa.Schema:
    """Names and Arrow types of a table's columns as synthetic data has them: tokens are int64."""
    import pyarrow as pa

    return pa.schema([(column.name, made_type(column)) for column in table.columns])


def made_type(column: Column) -> pa.DataType:
    """The Arrow type of a column in synthetic data. What is counted from another date is there as a number at once."""
    import pyarrow as pa

    if column.given == "token":
        return pa.int64()
    return pa.int32() if column.derivation in ANCHORED else arrow_type(column.type)
