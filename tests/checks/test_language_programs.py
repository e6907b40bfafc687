# ruff: noqa: E501  queries and programs read better on one line
"""Ordinary clinical programs are accepted and give the same results under the policy as without it."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from program_parts import PROGRAMS, run_guarded, run_plain

from sandbox.checks.language import check_program, compile_program
from sandbox.errors import QueryRefused

matplotlib.use("Agg")


# Written by people who had not read the policy. Refused on purpose, each with the words that its author is told.
REFUSED = {
    "a_hurried_clinician": "no way into the interpreter",  # os, sys, star imports
    "b_defensive_validation_report": "no way into the interpreter",  # traceback
    "b_habits_notebook_export": "no way into the interpreter",  # gc, sys, time, pprint
    "b_terse_before_after": "stands behind a name",  # a query that is put together
    "b_terse_pivot_excel_style": "is not on the list",  # star imports
}
# The language is allowed and a query in it is not, today.
QUERY_REFUSED = {
    "a_transfusion_threshold", "b_functional_pathways", "b_sql_calendar_census", "b_sql_percentile_reference",
    "b_sql_qualify_first_last", "b_sql_seasonality_case", "b_state_machine_episodes", "b_survival_numpy",
}  # fmt: skip
ACCEPTED = [path for path in PROGRAMS if path.stem not in REFUSED]


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_program_is_accepted_and_its_results_do_not_change(path: Path) -> None:
    text = path.read_text()
    check = check_program(text)
    assert check.may_run, [flag for flag in check.flags if flag.severity == "refuse"]
    assert check.queries
    try:
        plain = _quietly(run_plain, text)
    except QueryRefused as refused:  # the check of queries has its own tests, and its own list
        assert path.stem in QUERY_REFUSED, refused
        return
    assert plain == _quietly(run_guarded, text)
    assert plain


def _quietly(run: Callable[[str], Any], text: str) -> Any:
    """The results, from the same beginning each time: a program may seed or style what is shared."""
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore")
        random.seed(1)
        np.random.seed(1)
        try:
            return run(text)
        finally:
            plt.close("all")


@pytest.mark.parametrize("name", REFUSED)
def test_a_program_that_is_refused_is_told_what_to_write(name: str) -> None:
    text = next(path for path in PROGRAMS if path.stem == name).read_text()
    flags = [flag for flag in check_program(text).flags if flag.severity == "refuse"]
    assert any(REFUSED[name] in flag.reason for flag in flags)
    assert all(flag.instead for flag in flags)


def test_nearly_all_ordinary_programs_are_accepted() -> None:
    assert len(ACCEPTED) >= 0.95 * len(PROGRAMS)


IDIOMS = {
    "augmented item": "d = {'a': 1}\n    d['a'] += 1\n    assert d == {'a': 2}",
    "augmented item evaluates its parts once": (
        "calls = []\n    def key():\n        calls.append(1)\n        return 'a'\n    d = {'a': 1}\n"
        "    d[key()] += 1\n    assert d == {'a': 2} and calls == [1]"
    ),
    "augmented attribute": "class A:\n        n = 0\n    a = A()\n    a.n += 2\n    assert a.n == 2",
    "annotated assignment": "x: int = 1\n    y: 'list[int]'\n    y = [x]\n    assert y == [1]",
    "star arguments": "f = lambda *a, **k: (a, k)\n    assert f(*[1, 2], **{'c': 3}) == ((1, 2), {'c': 3})",
    "unpacking": "a, (b, *c), [d, e] = 1, (2, 3, 4), [5, 6]\n    assert (a, b, c, d, e) == (1, 2, [3, 4], 5, 6)",
    "slices": "x = list(range(9))\n    x[1:3] = [0]\n    del x[0]\n    assert x[::2] == [0, 4, 6, 8]",
    "nested comprehensions": "assert [(i, j) for i in range(2) for j in range(2) if i != j] == [(0, 1), (1, 0)]",
    "generators": "def g():\n        x = yield 1\n        yield from [x, 3]\n    assert list(g()) == [1, None, 3]",
    "walrus": "assert [y for x in [1, 2] if (y := x + 1) > 2] == [3]",
    "try": "try:\n        [][1]\n    except IndexError as problem:\n        assert str(problem)\n    else:\n        raise ValueError\n    finally:\n        pass",
    "with": "with contextlib.suppress(KeyError):\n        {}['a']",
    "inheritance": "class A:\n        def __init__(self, n):\n            self.n = n\n    class B(A):\n        def __init__(self):\n            super().__init__(3)\n    assert B().n == 3",
    "properties": "class A:\n        @property\n        def n(self):\n            return 1\n        @staticmethod\n        def s():\n            return 2\n        @classmethod\n        def c(cls):\n            return cls\n    assert (A().n, A.s(), A.c()) == (1, 2, A)",
    "frozen dataclass": "@dataclasses.dataclass(frozen=True, order=True)\n    class P:\n        a: int\n        b: float = 2.0\n        kinds: ClassVar[int] = 3\n    assert P(1) < P(2) and dataclasses.asdict(P(1)) == {'a': 1, 'b': 2.0} and P.kinds == 3",
    "named tuple": "class P(NamedTuple):\n        a: int\n        b: int = 2\n    assert P(1)._asdict() == {'a': 1, 'b': 2} and P(1)._replace(a=5).a == 5",
    "enum": "class C(enum.Enum):\n        A = 'a'\n    assert C('a') is C.A and C.A.value == 'a' and [c.name for c in C] == ['A']",
    "private helpers": "_x = 1\n    class A:\n        def __init__(self):\n            self._n = _x\n        def _double(self):\n            return self._n * 2\n    assert A()._double() == 2",
    "lambda defaults": "fs = [lambda i=i: i for i in range(3)]\n    assert [f() for f in fs] == [0, 1, 2]",
    "match": "match {'a': [1, 2, 3]}:\n        case {'a': [first, *rest]} if first:\n            assert rest == [2, 3]\n        case str() | None:\n            raise ValueError",
    "format": "assert '{:.1f} {n:>3}'.format(1.25, n=2) == '1.2   2'",
    "getattr": "assert getattr(pd.Series([1, 2]), 'sum')() == 3 and getattr(1, 'none', 4) == 4 and not hasattr(1, 'x')",
    "type": "assert type(1) is int and isinstance(pd.DataFrame(), pd.DataFrame)",
    "strptime": "assert datetime.datetime.strptime('2022-01-02', '%Y-%m-%d').day == 2",
    "frame writes": "f = pd.DataFrame({'a': [1, 2]})\n    f['b'] = f.a * 2\n    f.loc[f.a > 1, 'b'] = 0\n    f.columns = ['x', 'y']\n    f.index.name = 'i'\n    f.iloc[0, 0] = 9\n    f.at[1, 'x'] = 8\n    assert f.to_dict('list') == {'x': [9, 8], 'y': [2, 0]}",
    "array writes": "a = np.zeros((2, 2))\n    a[0] += 1\n    a[a > 0] = 5\n    assert a.sum() == 10",
    "aggregations": "f = pd.DataFrame({'g': [1, 1, 2], 'v': [1., 2., 3.]})\n    assert f.groupby('g').agg(n=('v', 'size'), m=('v', lambda s: s.max())).n.tolist() == [2, 1]\n    assert f.groupby('g')['v'].transform('mean').tolist() == [1.5, 1.5, 3.0]\n    assert f.agg({'v': ['min', np.max]}).shape == (2, 1)",
    "apply with columns": "f = pd.DataFrame({'a': [1, 2]})\n    assert f.apply(lambda r: r['a'] + 1, axis=1).tolist() == [2, 3] and f.apply(np.sum, axis='columns').sum() == 3",
    "json": "assert json.loads(json.dumps({'a': [1]})) == {'a': [1]}",
    "chained strings": "assert pd.Series(['I50.2', None]).str.startswith('I50').fillna(False).tolist() == [True, False]",
    "global counter": "global COUNT\n    COUNT = 1\n    COUNT += 1\n    assert COUNT == 2",
    "assert and del": "x = [1]\n    del x[0]\n    assert not x, 'empty'",
    "set and frozenset": "s = {1, 2}\n    s |= {3}\n    assert frozenset(s) == frozenset([1, 2, 3])",
    "typing": "T = TypeVar('T')\n    def first(xs: Sequence[T]) -> Optional[T]:\n        return xs[0] if xs else None\n    assert first([1]) == 1",
    "string methods": "assert ' a '.strip().title().join(['x', 'y']) == 'xAy'",
    "numpy pieces": "assert np.linalg.norm([3, 4]) == 5 and np.random.default_rng(1).integers(0, 2, 3).shape == (3,)",
    "option context": "with pd.option_context('display.max_rows', 5):\n        pass",
    "chained comparison": "assert 1 < 2 <= 2 != 3 and not (1 in [] or None is not None)",
    "matrix product": "a = np.eye(2)\n    assert (a @ a).tolist() == a.tolist()",
    "frozen dataclass that computes a field": "@dataclasses.dataclass(frozen=True)\n    class P:\n        a: int\n        b: int = 0\n        def __post_init__(self):\n            object.__setattr__(self, 'b', self.a * 2)\n    assert P(2).b == 4",
    "slots and private fields": "class P:\n        __slots__ = ('_a', 'b')\n        def __init__(self):\n            self._a = self.b = 1\n    assert getattr(P(), '_a', None) == 1 and P().b == 1",
    "enum with a hook": "class C(enum.Enum):\n        A = 1\n        @classmethod\n        def _missing_(cls, value):\n            return cls.A\n    assert C(7) is C.A and list(C.__members__) == ['A']",
    "single dispatch": "import functools\n    @functools.singledispatch\n    def show(x):\n        return 'thing'\n    @show.register\n    def _(x: int):\n        return 'int'\n    @show.register(str)\n    def _(x):\n        return 'str'\n    assert [show(1), show('a'), show(1.0)] == ['int', 'str', 'thing']",
    "subclass hook": "seen = []\n    class A:\n        def __init_subclass__(cls, key='', **more):\n            super().__init_subclass__(**more)\n            seen.append((key, cls.__name__))\n    class B(A, key='b'):\n        pass\n    assert seen == [('b', 'B')]",
    "protocol": "from typing import Protocol, TypedDict, Literal, Final, runtime_checkable\n    @runtime_checkable\n    class Sized(Protocol):\n        def size(self) -> int: ...\n    class Row(TypedDict, total=False):\n        a: int\n    LIMIT: Final = 3\n    row: Row = {'a': LIMIT}\n    assert row == {'a': 3}",
    "operators of a class": "class V:\n        def __init__(self, n):\n            self.n = n\n        def __and__(self, other):\n            return V(self.n & other.n)\n        def __len__(self):\n            return self.n\n        def __iter__(self):\n            return iter(range(self.n))\n        def __repr__(self):\n            return f'{type(self).__name__}({self.n})'\n        def __enter__(self):\n            return self\n        def __exit__(self, *problem):\n            return False\n    with V(3) as v:\n        assert len(v & V(2)) == 2 and list(v) == [0, 1, 2] and repr(v) == 'V(3)'",
    "an own attribute named like a module": "class A:\n        np = 3\n        def __init__(self):\n            self.xp = 2\n        def both(self):\n            self.xp += self.np\n            return self.xp\n    assert A().both() == 5",
    "counter on a function": "def f():\n        f.calls += 1\n    f.calls = 0\n    f()\n    f.__name__ = 'counted'\n    assert (f.calls, f.__name__) == (1, 'counted')",
    "query with a variable": "least = 2\n    f = pd.DataFrame({'a': [1, 2, 3], 's': ['x', None, 'z']})\n    assert len(f.query('a >= @least and s.notna()')) == 1 and f.eval('a * 2').sum() == 12",
    "versions": "assert pd.__version__.split('.')[0].isdigit()",
    "axes by their module": "from matplotlib.axes import Axes\n    from matplotlib.figure import Figure\n    assert isinstance(Figure().gca(), Axes)",
    "holidays": "from pandas.tseries.holiday import USFederalHolidayCalendar\n    days = USFederalHolidayCalendar().holidays(start='2022-01-01', end='2022-12-31')\n    assert len(days) == 10 and pd.Timestamp('2022-07-04') in days",
    "a seasonal model by its module": "from statsmodels.tsa.statespace.sarimax import SARIMAX\n    assert SARIMAX(np.tile([1.0, -1.0, 0.5], 10), order=(1, 0, 0)).fit(disp=False).params.size == 2",
    "attrgetter": "from operator import attrgetter, methodcaller\n    assert attrgetter('year', 'month')(datetime.date(2022, 3, 1)) == (2022, 3) and methodcaller('upper')('a') == 'A'",
    "arrays asked for": "assert isinstance(np.zeros(1), np.ndarray) and type(np.zeros(1)) is np.ndarray and not isinstance([], np.ndarray)",
    "text in memory": "import io\n    out = io.StringIO()\n    out.write('a')\n    print('b', file=out)\n    assert out.getvalue() == 'ab\\n'",
    "while else": "n = 3\n    while n:\n        n -= 1\n        if n == 1:\n            continue\n    else:\n        n = 9\n    assert n == 9",
}
HEAD = '''"""An idiom."""
import contextlib, dataclasses, datetime, enum, json, math
from typing import ClassVar, NamedTuple, Optional, Sequence, TypeVar
import numpy as np
import pandas as pd
def main(data, report):
    '''


@pytest.mark.parametrize("name", IDIOMS)
def test_idiom_is_accepted_and_does_what_it_does_elsewhere(name: str) -> None:
    text = HEAD + IDIOMS[name] + "\n"
    check = check_program(text)
    assert check.may_run, [flag for flag in check.flags if flag.severity == "refuse"]
    plain: dict[str, object] = {"__name__": __name__}
    exec(compile(text, "plain", "exec", dont_inherit=True), plain)
    for main in (plain["main"], compile_program(text).run_module()["main"]):
        main(None, None)  # type: ignore[operator]


def test_lines_in_a_traceback_are_those_of_the_program() -> None:
    text = '"""T."""\ndef main(data, report):\n    x = {}\n    x["a"] = [\n        1,\n    ]\n    x.missing\n'
    with pytest.raises(AttributeError) as failed:
        compile_program(text).run_module()["main"](None, None)
    lines = [entry.lineno + 1 for entry in failed.traceback if str(entry.path).endswith("<program>")]
    assert lines == [7]
