"""One valid message of every type that passes a jail's pipe, by who listens; made from the types themselves.

LISTENERS[0]                 # the type that the broker receives
SAMPLES[0]                   # (message, payload) pairs of it
"""

from __future__ import annotations

from typing import Any

import msgspec
import pyarrow as pa

from sandbox.checks.worker import FromChecks, ToChecks
from sandbox.drafting.inspection import FromChecker, Inspect
from sandbox.jail import JailReport
from sandbox.messages.data_door import FromProgram, QueryAsked, Reported, ToProgram
from sandbox.messages.model_door import FromAgent, ToAgent
from sandbox.program.door import ipc_bytes
from sandbox.review.trial_messages import FromWorker, TryDraft

LISTENERS: tuple[Any, ...] = (
    *(FromProgram, ToProgram, FromAgent, ToAgent, FromChecks, ToChecks, FromChecker, Inspect),
    *(FromWorker, TryDraft, JailReport),
)
_TABLE = bytes(ipc_bytes(pa.table({"n": [1, 2, None], "t": ["a", "b", None]})))
_REPORTS = (
    (Reported(kind="value", label="count", text='{"a": [1]}'), b""),
    (Reported(kind="value", label="count", text="[1, 2.5, null, true]"), b""),
    (Reported(kind="text", label="note", text='"only adults"'), b""),
    (Reported(kind="table", label="by month"), _TABLE),
    (QueryAsked(number=1, sql="SELECT 1", parameters={"a": 1, "ids": ["x", 2.5]}, cohort=("pat_id",)), _TABLE),
)


def _samples(kind: Any) -> tuple[tuple[msgspec.Struct, bytes], ...]:
    info = msgspec.inspect.type_info(kind)
    structs = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    messages = [msgspec.convert(_example(one), type=kind, strict=False) for one in structs]
    return tuple((message, b"payload") for message in messages) + (_REPORTS if kind == FromProgram else ())


def _example(kind: Any) -> Any:
    """A plain value that converts to `kind`."""
    inspect = msgspec.inspect
    match kind:
        case inspect.StructType():
            fields = {field.encode_name: _example(field.type) for field in kind.fields}
            return fields if kind.tag is None else {kind.tag_field: kind.tag, **fields}
        case inspect.UnionType():
            return _example(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
        case inspect.DictType():
            return {"ehr.stays": _example(kind.value_type)}
        case inspect.VarTupleType() | inspect.ListType() | inspect.SetType():
            return [_example(kind.item_type), _example(kind.item_type)]
        case inspect.TupleType():
            return [_example(one) for one in kind.item_types]
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.CustomType() | inspect.RawType():
            return msgspec.Raw(b'{"a": 1}')
        case inspect.BytesType():
            return b"bytes"
    return _PLAIN[type(kind)]


_PLAIN: dict[type, Any] = {
    msgspec.inspect.IntType: 3,
    msgspec.inspect.FloatType: 0.5,
    msgspec.inspect.BoolType: True,
    msgspec.inspect.StrType: "text",
    msgspec.inspect.AnyType: [1, "a", None, 2.5],
    msgspec.inspect.NoneType: None,
}
SAMPLES = tuple(_samples(kind) for kind in LISTENERS)
