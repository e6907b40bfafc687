"""What pandas methods do to rows, groups and columns, as far as the rules need to know."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.checks.clinical._columns import Col, Frame, Grouped, Mask, Number, Series, Written
from sandbox.checks.clinical._events import Filled
from sandbox.checks.clinical._merged import merged

if TYPE_CHECKING:
    from sandbox.checks.clinical._expressions import Expressions
    from sandbox.checks.clinical._program import Value

AGGREGATES = {
    "mean": "mean", "sum": "sum", "median": "median", "std": "std", "var": "variance", "min": "min", "max": "max",
    "count": "count", "sem": "std", "describe": "median", "quantile": "median", "average": "mean", "nanmean": "mean",
    "nanmedian": "median", "nanstd": "std", "percentile": "median", "nanpercentile": "median", "boxplot": "median",
}  # fmt: skip
_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "isin": "in", "between": "between",
                "startswith": "prefix"}  # fmt: skip
_SAME_ROWS = (
    "copy", "sort_values", "reset_index", "set_index", "sort_index", "round", "infer_objects", "convert_dtypes",
    "reindex", "pipe", "fillna", "astype", "replace", "to_numpy", "tolist", "rename_axis", "set_axis",
)  # fmt: skip
_FEWER_ROWS = ("head", "tail", "sample", "nlargest", "nsmallest", "filter", "where")


def call_method(reader: Expressions, node: ast.Call, name: str, value: Value) -> Value:
    """`value.name(…)`: what comes back; events are added on the way."""
    arguments = Arguments(reader, node)
    if isinstance(value, Frame):
        return _of_frame(reader, node, name, value, arguments)
    if isinstance(value, Grouped):
        return _of_groups(reader, node, name, value, arguments)
    if isinstance(value, Series):
        return _of_series(reader, node, name, value, arguments)
    if isinstance(value, Mask):
        return _of_mask(reader, node, name, value, arguments)
    return value if isinstance(value, Number | Written) else None


class Arguments:
    """What a call was given; every argument is read once."""

    def __init__(self, reader: Expressions, node: ast.Call) -> None:
        self.nodes = {keyword.arg or "": keyword.value for keyword in node.keywords}
        self.places = node.args
        self._values = [reader.of(one) for one in node.args]
        self._named = {name: reader.of(one) for name, one in self.nodes.items()}

    def value(self, name: str, place: int | None = None) -> Value:
        if name in self._named:
            return self._named[name]
        return self._values[place] if place is not None and place < len(self._values) else None

    def texts(self, name: str, place: int | None = None) -> tuple[str, ...] | None:
        """The written names of an argument; None when it was left out, or is not written."""
        found = self.value(name, place)
        return found.values if isinstance(found, Written) else None

    def text(self, name: str, place: int | None = None) -> str:
        return (self.texts(name, place) or ("",))[0]

    def node(self, name: str, place: int | None = None) -> ast.expr | None:
        if name in self.nodes:
            return self.nodes[name]
        return self.places[place] if place is not None and place < len(self.places) else None


def _of_frame(reader: Expressions, node: ast.Call, name: str, frame: Frame, given: Arguments) -> Value:
    if name in ("merge", "join"):
        return merged(frame, given.value("right" if name == "merge" else "other", 0), given, start=1)
    if name == "groupby":
        by = given.texts("by", 0)
        return Grouped(frame, by)
    if name == "drop_duplicates":
        return _distinct(frame, given.texts("subset", 0))
    if name == "dropna":
        return _there(frame, given.texts("subset", 0))
    if name == "assign":
        return _assigned(reader, frame, given)
    if name == "rename":
        return _renamed(frame, given.node("columns"))
    if name in AGGREGATES or name == "agg":
        for col in filter(_is_number, frame.columns.values()):
            reader.aggregated(node, AGGREGATES.get(name, "median"), col)
        return None
    if name == "pivot_table" and (pivoted := frame.columns.get(given.text("values"))):
        for how in given.texts("aggfunc") or ("mean",):
            reader.aggregated(node, AGGREGATES.get(how, how), pivoted)
        return None
    if name == "query":
        return reader.filter(frame, reader.query_mask(frame, given.node("expr", 0)))
    if name in _SAME_ROWS or name == "drop":
        return _zeroed(reader, node, frame, given) if name == "fillna" else frame
    return frame.filtered() if name in _FEWER_ROWS else None


def _is_number(col: Col) -> bool:
    """Whether an aggregate of all columns is one of this column too, as far as is known."""
    return not col.is_key and not (col.schema and col.schema.type.upper().startswith(("VARCHAR", "DATE", "TIME")))


def _zeroed(reader: Expressions, node: ast.Call, frame: Frame, given: Arguments) -> Frame:
    wanted = given.node("value", 0)
    zero = given.text("value", 0) in ("0", "0.0")
    named = _zeros(wanted) if isinstance(wanted, ast.Dict) else set(frame.columns) if zero else set()
    columns = dict(frame.columns)
    for name in named & set(columns):
        if columns[name].table and not columns[name].is_key:
            columns[name] = zeroed(reader, node.lineno, columns[name])
    return replace(frame, columns=columns)


def _zeros(written: ast.Dict) -> set[str]:
    pairs = zip(written.keys, written.values, strict=True)
    return {
        str(key.value)
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and value.value == 0
    }


def zeroed(reader: Expressions, line: int, col: Col) -> Col:
    """The column after its nulls became zero."""
    reader.program.reading.events.append(Filled(line, col))
    return replace(col, made="filled", of=(col,))


def _distinct(frame: Frame, names: tuple[str, ...] | None) -> Frame:
    """One row for each of these columns: what is of one row each is no longer multiplied."""
    chosen = frozenset(names if names is not None else frame.columns)
    columns = {name: replace(col, many="") for name, col in frame.columns.items()}
    repeats = frame.repeats - chosen if len(chosen) == 1 else frame.repeats
    return replace(frame.filtered(), columns=columns, unique=(*frame.unique, chosen), repeats=repeats)


def _there(frame: Frame, names: tuple[str, ...] | None) -> Frame:
    chosen = set(names if names is not None else frame.columns)
    columns = {name: replace(col, present=True) if name in chosen else col for name, col in frame.columns.items()}
    return replace(frame.filtered(), columns=columns)


def _assigned(reader: Expressions, frame: Frame, given: Arguments) -> Frame:
    columns = dict(frame.columns)
    for name, node in given.nodes.items():
        here = replace(frame, columns=columns)
        value = reader.call_lambda(node, here) if isinstance(node, ast.Lambda) else given.value(name)
        col = value.col if isinstance(value, Series) else Col(name=name, made="computed")
        columns[name] = replace(col, name=name)
    return replace(frame, columns=columns)


def _renamed(frame: Frame, node: ast.expr | None) -> Frame:
    if not isinstance(node, ast.Dict):
        return frame
    names = {}
    for old, new in zip(node.keys, node.values, strict=True):
        if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
            names[str(old.value)] = str(new.value)
    return frame.named(names)


# Groups


def _of_groups(reader: Expressions, node: ast.Call, name: str, groups: Grouped, given: Arguments) -> Value:
    frame, by = groups.frame, groups.by
    unique = (frozenset(by),) if by else ()
    if name in ("first", "last", "head", "nth", "tail"):
        columns = {key: replace(col, many="") for key, col in frame.columns.items()}
        return replace(frame.filtered(), columns=columns, unique=unique, repeats=frozenset())
    if name == "agg":
        return _named_aggregates(reader, node, groups, given, unique)
    col = frame.columns.get(groups.only)
    if name in ("shift", "diff", "transform", "cumsum", "rank", "cumcount", "ngroup", "apply"):
        return Series(_moved(name, col, given), frame) if col else None
    if name in ("size", "nunique", "count"):
        made = Col(name=groups.only or "size", made="count")
        return Frame(columns=_keys(groups) | {made.name: made}, unique=unique, whole=bool(by))
    if name in AGGREGATES:
        every = [] if groups.only else [one for one in frame.columns.values() if one.table or one.of]
        for one in [col] if col else every:
            reader.aggregated(node, _how(name, given), _freed(one, frame, by), _per_key(groups))
        made = Col(name=groups.only, made=AGGREGATES[name], of=(col,) if col else ())
        rows = Frame(columns=_keys(groups) | ({groups.only: made} if groups.only else {}), unique=unique, whole=False)
        goes_on = isinstance(reader.parents.get(node), ast.Attribute)  # mostly .reset_index()
        return rows if goes_on or not groups.only or _keeps_keys(node) else Series(made, rows)
    return None


def _keeps_keys(node: ast.Call) -> bool:
    """`groupby(…, as_index=False)` gives rows; without it a series by group."""
    inner: ast.AST = node.func
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(inner, ast.Call):
            return any(keyword.arg == "as_index" for keyword in inner.keywords)
        inner = inner.value
    return False


def _keys(groups: Grouped) -> dict[str, Col]:
    return {name: groups.frame.columns[name] for name in groups.by or () if name in groups.frame.columns}


def _per_key(groups: Grouped) -> bool:
    return any(col.is_key for col in _keys(groups).values())


def _moved(name: str, col: Col, given: Arguments) -> Col:
    if name == "shift":
        node = given.node("periods", 0)
        return replace(col, made="next" if isinstance(node, ast.UnaryOp) else "previous", of=(col,))
    return Col(name=col.name, made="computed", of=(col,))


def _freed(col: Col, frame: Frame, by: tuple[str, ...] | None) -> Col:
    """Grouped by what it belongs to, a value is not multiplied any more."""
    keys = {one.full_name for name, one in frame.columns.items() if name in (by or ()) and one.is_key}
    return replace(col, many="") if any(col.table and key.startswith(f"{col.table}.") for key in keys) else col


def _how(name: str, given: Arguments) -> str:
    if name != "quantile":
        return AGGREGATES[name]
    wanted = given.texts("q", 0) or ("0.5",)
    return "median" if "0.5" in wanted else "quantile"


def _named_aggregates(
    reader: Expressions, node: ast.Call, groups: Grouped, given: Arguments, unique: tuple[frozenset[str], ...]
) -> Frame:
    """`agg("mean")`, `agg(["mean", "std"])`, `agg({"los": ["mean"]})`, `agg(mean_los=("los", "mean"))`."""
    found: list[tuple[str, str, str]] = []
    for how in given.texts("func", 0) or ():
        found.append((how, groups.only, how))
    first = given.node("func", 0)
    if isinstance(first, ast.Dict):
        for key, value in zip(first.keys, first.values, strict=True):
            texts = reader.of(value)
            for how in texts.values if isinstance(texts, Written) else ():
                found.append((how, str(getattr(key, "value", "")), how))
    for name in given.nodes:
        pair = given.texts(name)
        if pair and len(pair) == 2:
            found.append((name, pair[0], pair[1]))
        elif pair and groups.only:
            found.append((name, groups.only, pair[0]))
        _look_into(reader, groups, given.nodes[name])
    columns = _keys(groups)
    for name, column, how in found:
        col = groups.frame.columns.get(column)
        if col is not None and how in AGGREGATES:
            reader.aggregated(node, AGGREGATES[how], _freed(col, groups.frame, groups.by), _per_key(groups))
        made = "count" if how in ("count", "size", "nunique") else AGGREGATES.get(how, "computed")
        columns[name] = Col(name=name, made=made, of=(col,) if col else ())
    return Frame(columns=columns, unique=unique)


def _look_into(reader: Expressions, groups: Grouped, node: ast.expr) -> None:
    """A lambda in `agg(iqr=("los", lambda h: …))` is read with the column that it is given."""
    name = groups.only
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant):
        name, node = str(node.elts[0].value), node.elts[1]
    col = groups.frame.columns.get(name)
    if col is not None and isinstance(node, ast.Lambda):
        reader.call_lambda(node, Series(col, groups.frame))


# Columns and conditions


def _of_series(reader: Expressions, node: ast.Call, name: str, series: Series, given: Arguments) -> Value:
    col, line = series.col, node.lineno
    if name in _COMPARISONS:
        mask = reader.compared(line, series, _COMPARISONS[name], given.value("other", 0))
        return mask if name != "ne" else replace(mask, rejecting=())
    if name in ("notna", "notnull"):
        return Mask(frame=series.frame, present=frozenset({col.name}), cols=(col,))
    if name in ("isna", "isnull"):
        return Mask(frame=series.frame, cols=(col,), absent=col.name)
    if name == "fillna":
        return _filled(reader, line, series, given)
    if name == "dropna":
        return Series(replace(col, present=True), series.frame)
    if name == "nunique":
        is_patient = col.schema is not None and col.schema.key == "patient"
        return Number("patients" if is_patient else "keys", series.frame, col)
    if name in AGGREGATES:
        reader.aggregated(node, _how(name, given), col)
        if name == "sum":
            return Number("sum", series.frame, col)
        return Number("present", series.frame, col) if name == "count" else None
    if name == "shift":
        return Series(_moved("shift", col, given), series.frame)
    if name in ("map", "apply"):
        return Series(Col(name=col.name, made="computed", of=(col,)), series.frame)
    if name in ("sub", "subtract"):
        return None
    return series if name not in ("value_counts", "unique", "to_frame") else None


def _filled(reader: Expressions, line: int, series: Series, given: Arguments) -> Series:
    col = series.col
    if given.text("value", 0) in ("0", "0.0"):
        return Series(zeroed(reader, line, col), series.frame)
    return Series(replace(col, optional=False), series.frame)


def _of_mask(reader: Expressions, node: ast.Call, name: str, mask: Mask, given: Arguments) -> Value:
    if name in ("mean", "sum"):
        if mask.rejecting and len(mask.cols) == 1:
            reader.aggregated(node, f"share-{name}", mask.cols[0])
        return Number("share", mask.frame) if name == "sum" else None
    if name in ("fillna", "astype", "copy", "to_numpy", "reset_index", "rename"):
        return mask
    return None
