"""Functions that a program calls on columns: lengths, means, statistical tests, conversions, merges."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from sandbox.checks.clinical._columns import Col, Frame, Mask, Number, Series
from sandbox.checks.clinical._merged import merged
from sandbox.checks.clinical._methods import AGGREGATES, Arguments

if TYPE_CHECKING:
    from sandbox.checks.clinical._expressions import Expressions
    from sandbox.checks.clinical._program import Value

_OF_MEANS = ("ttest_ind", "ttest_rel", "ttest_1samp", "f_oneway", "pearsonr")
_OF_RANKS = ("mannwhitneyu", "wilcoxon", "kruskal", "spearmanr", "ks_2samp")
_SAME = (
    "int", "float", "round", "abs", "bool", "to_datetime", "to_numeric", "Series", "DataFrame", "asarray", "array",
    "list", "sorted", "str", "Timestamp", "to_period", "date",
)  # fmt: skip


def call_function(reader: Expressions, node: ast.Call, name: str) -> Value:
    """A call of a function that is not the program's own, or of a method of nothing known."""
    given = Arguments(reader, node)
    first = given.value("", 0)
    if name == "merge" and len(node.args) >= 2:
        return merged(first, given.value("right", 1), given, start=2) if isinstance(first, Frame) else None
    if name == "len":
        return _length(reader, node, first)
    if name == "where" and len(node.args) == 3:
        return _chosen(reader, node, given)
    if name in AGGREGATES and isinstance(first, Series):
        reader.aggregated(node, AGGREGATES[name], first.col)
        return Number("sum", first.frame, first.col) if name == "sum" else None
    if name in _OF_MEANS or name in _OF_RANKS:
        for place in range(len(node.args)):
            value = given.value("", place)
            if isinstance(value, Series):
                reader.aggregated(node, "ttest" if name in _OF_MEANS else "ranks", value.col)
        return None
    return first if name in _SAME else None


def _length(reader: Expressions, node: ast.Call, value: Value) -> Value:
    if isinstance(value, Series):
        value = value.frame
    if not isinstance(value, Frame):
        return None
    reader.program.counted(node.lineno, value)
    return Number("rows", value)


def _chosen(reader: Expressions, node: ast.Call, given: Arguments) -> Value:
    """`np.where(condition, a, b)`: made of both."""
    cols: list[Col] = []
    frame = None
    for place in range(3):
        value = given.value("", place)
        if isinstance(value, Series):
            cols.append(value.col)
            frame = frame or value.frame
        elif isinstance(value, Mask):
            cols += value.cols
            frame = frame or value.frame
    return Series(Col(name="", made="computed", of=tuple(cols)), frame) if cols else None
