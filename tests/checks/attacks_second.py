# ruff: noqa: E501  an attack reads better on one line
"""Attacks by mechanism, the roundabout ones: detours through classes, helpers, texts and what libraries ask objects for.

Written like `attacks_first`. `S` is a kind of text that says it is another, for guards that compare before they call.
"""

from __future__ import annotations

from attacks_first import Attacks

_S = "class S(str):\n    def __eq__(self, other):\n        return True\n    def __hash__(self):\n        return hash('mean')\n"

ATTACKS: Attacks = {
    "published breakouts of RestrictedPython": {
        "CVE-2023-37271: back from a generator's frame": (
            "read",
            "def g():\n    yield h.gi_frame.f_builtins\nh = g()\nassert 'open' in next(h)",
        ),
        "CVE-2023-41039: format_map": ("run", "assert '{a.__class__}'.format_map({'a': 1})"),
        "CVE-2023-41039: format of the class": ("run", "assert 'class' in getattr(str, 'format')('{0.__class__}', 1)"),
        "7.2: the class behind safer_getattr": ("run", "getattr(type('x'), 'mr' + 'o')()"),
        "CVE-2024-47532: the object of an AttributeError": (
            "run",
            "try:\n    getattr(np, 'no' + 'thing')\nexcept AttributeError as problem:\n    assert problem.obj.lib",
        ),
        "CVE-2025-22153: except*": (
            "read",
            "try:\n    raise ExceptionGroup('x', [ValueError()])\nexcept* ValueError as problem:\n    problem",
        ),
        "CVE-2026-55830: a positional parameter named like a guard": (
            "run",
            "(lambda _getattr_, /: _getattr_(df, 'to_' + 'csv'))(getattr)(PATH)",
        ),
        "CVE-2026-76825: string.Formatter": (
            "read",
            "import string\nassert 'int' in string.Formatter().vformat('{0.__class__}', [1], {})",
        ),
        "a guard of iteration passed in C": ("read", "dict.__iter__({'a': 1})"),
    },
    "frames and tracebacks": {
        "code of a generator": ("read", "assert (x for x in ()).gi_code.co_consts is not None"),
        "what a generator waits for": (
            "read",
            "def g():\n    yield from [1]\ni = g()\nnext(i)\nassert i.gi_yieldfrom is not None",
        ),
        "frame of a coroutine": (
            "read",
            "async def f():\n    pass\nc = f()\nassert c.cr_frame.f_globals\nc.close()\nTrue",
        ),
        "frame of an asynchronous generator": ("read", "async def f():\n    yield 1\nassert f().ag_frame.f_globals"),
        "the next frame of a traceback": (
            "read",
            "try:\n    np.mean(max=1)\nexcept TypeError as problem:\n    assert problem.__traceback__.tb_frame",
        ),
        "a frame under a computed name": ("run", "getattr((x for x in ()), 'gi_' + 'frame')"),
        "a traceback under a computed name": (
            "run",
            "try:\n    1 / 0\nexcept ZeroDivisionError as problem:\n    getattr(problem, '__trace' + 'back__')",
        ),
        "a frame by attrgetter": ("run", "from operator import attrgetter\nattrgetter('gi_frame')((x for x in ()))"),
        "the state of an exception": ("read", "ValueError('x').__setstate__({'a': 1}) or 1"),
    },
    "formats": {
        "in a lambda": ("run", "(lambda t: t.format(df))('{0.values.nbytes}')"),
        "of a text that is put together": ("run", "('{0' + '.__class__}').format(1)"),
        "of a class that says it is another": (
            "run",
            "class S(str):\n    def __str__(self):\n        return '{0.__class__}'\nstr.format(S('{0}'), 1)",
        ),
        "in ticks": ("run", "plt.figure().add_subplot().xaxis.set_major_formatter('{x.__class__}')\nTrue"),
        "in a formatter": (
            "run",
            "import matplotlib.ticker as t\nassert 'float' in t.StrMethodFormatter('{x.__class__}')(1.0)",
        ),
        "in a label of bars": (
            "run",
            "a = plt.figure().add_subplot()\nassert a.bar_label(a.bar([1], [2]), fmt='{0.__class__}')",
        ),
        "in an index of a field": ("run", "'{0[0]}'.format(['x'])"),
        "in a conversion": ("run", "'{0.real!r}'.format(1)"),
        "named and dotted": ("run", "'{a.real}'.format(a=1)"),
        "by reduce": ("run", "from functools import reduce\nreduce(getattr, [1, '__cla' + 'ss__'])"),
    },
    "classes": {
        "a subclass hook under another metaclass": (
            "read",
            "class M(type):\n    pass\nclass A(metaclass=M):\n    pass\nassert type(A) is M",
        ),
        "__set_name__": (
            "read",
            "class D:\n    def __set_name__(self, owner, name):\n        owner.seen = name\nclass A:\n    d = D()\nassert A.seen == 'd'",
        ),
        "a descriptor": (
            "read",
            "class D:\n    def __get__(self, thing, kind):\n        return kind\nclass A:\n    d = D()\nassert A.d is A",
        ),
        "__class_getitem__": (
            "read",
            "class A:\n    def __class_getitem__(cls, key):\n        return cls\nassert A[1] is A",
        ),
        "__getattribute__": (
            "read",
            "class A:\n    def __getattribute__(self, name):\n        return 7\nassert A().anything == 7",
        ),
        "__del__": ("read", "seen = []\nclass A:\n    def __del__(self):\n        seen.append(1)\nA()\nassert seen"),
        "__new__": ("read", "class A:\n    def __new__(cls):\n        return df\nassert A() is df"),
        "__instancecheck__": (
            "read",
            "class A:\n    def __instancecheck__(self, thing):\n        return True\nassert isinstance(1, A())",
        ),
        "__array_ufunc__": (
            "read",
            "class A:\n    def __array_ufunc__(self, ufunc, method, *given, **named):\n        return ufunc\nassert np.add(A(), 1) is np.add",
        ),
        "__array__": (
            "read",
            "class A:\n    def __array__(self, dtype=None, copy=None):\n        return np.zeros(1)\nassert np.asarray(A()).size",
        ),
        "__array_interface__ as a property": (
            "read",
            "class A:\n    @property\n    def __array_interface__(self):\n        return {'data': (0, True), 'shape': (0,), 'typestr': '<i8', 'version': 3}\nassert np.asarray(A()).size == 0",
        ),
        "__reduce__": (
            "read",
            "import copy\nclass A:\n    def __reduce__(self):\n        return (len, ('abc',))\nassert copy.copy(A()) == 3",
        ),
        "__deepcopy__": (
            "read",
            "import copy\nclass A:\n    def __deepcopy__(self, memo):\n        return 1\nassert copy.deepcopy(A()) == 1",
        ),
        "__getstate__": (
            "read",
            "import copy\nclass A:\n    def __getstate__(self):\n        return {'n': 1}\nassert copy.copy(A()).n == 1",
        ),
        "__copy__": (
            "read",
            "import copy\nclass A:\n    def __copy__(self):\n        return 1\nassert copy.copy(A()) == 1",
        ),
        "__match_args__": (
            "read",
            "class A:\n    __match_args__ = ('real',)\n    real = 3\nmatch A():\n    case A(x):\n        assert x == 3",
        ),
        "__module__": ("read", "class A:\n    __module__ = 'pandas'\nassert A.__module__ == 'pandas'"),
        "__class__ assigned": (
            "read",
            "class A:\n    pass\nclass B:\n    pass\na = A()\na.__class__ = B\nassert type(a) is B",
        ),
        "__bases__ assigned": (
            "read",
            "class A:\n    pass\nclass B(A):\n    pass\nclass C(A):\n    pass\nB.__bases__ = (C,)\nassert issubclass(B, C)",
        ),
        "__dict__": ("read", "class A:\n    pass\na = A()\na.__dict__['x'] = 1\nassert a.x == 1"),
        "subclasses of everything": ("read", "assert object.__subclasses__()"),
        "a class by the class of a class": ("run", "assert type(type(1))('A', (), {'n': 1}).n == 1"),
        "a class by __class__ twice": ("run", "assert df.__class__.__class__('A', (), {'n': 1}).n == 1"),
        "an Enum with a hidden name": (
            "run",
            "import enum\nkey = '_' + '_array_interface_' + '_'\nE = enum.Enum('E', {'A': 1, key: 2})\ngetattr(E, key)",
        ),
        "a dunder by decorator": (
            "read",
            "def add(cls):\n    cls.__len__ = lambda self: 3\n    return cls\n@add\nclass A:\n    pass\nassert len(A()) == 3",
        ),
        "annotations that are evaluated": (
            "read",
            "from typing import get_type_hints\ndef f(x: 'n'): pass\nassert get_type_hints(f, {'n': int})",
        ),
        "a hidden name of typing": ("read", "import typing\nassert typing.ForwardRef('1')._evaluate"),
        "__annotations__": ("read", "def f(x: int): pass\nassert f.__annotations__"),
        "a wrapped function": (
            "read",
            "from functools import wraps\n@wraps(np.mean)\ndef f(): pass\nassert f.__wrapped__",
        ),
        "object's setter": ("run", "class A:\n    pass\na = A()\nsetattr(a, '_' + 'x', 1)\nassert a"),
        "a namedtuple of another module": (
            "run",
            "from collections import namedtuple\nassert namedtuple('A', 'x', module='pandas').__name__",
        ),
    },
    "types that guards are asked to mistake": {
        "a text that equals an allowed name": ("run", _S + "assert pd.DataFrame.agg(df, S('nunique')).size"),
        "such a text in a list": ("run", _S + "assert df.agg([S('nunique')]).size"),
        "such a text in groups": ("run", _S + "assert df.groupby('a').agg(S('nunique')).size"),
        "such a text in a crosstab": (
            "run",
            _S + "assert pd.crosstab(df['a'], df['b'], values=df['b'], aggfunc=S('nunique')).size",
        ),
        "such a text for getattr": ("run", _S + "getattr(df, S('to_csv'))"),
        "such a text for query": ("run", _S + "df.query(S('a > 0'))"),
        "such a text for a formula": ("run", _S + "smf.ols(S('a ~ b'), data=df)"),
        "such a text for a setting": (
            "run",
            "class S(str):\n    def startswith(self, *given):\n        return True\nplt.rcParams[S('text.usetex')] = False\nTrue",
        ),
        "such a text as a format": ("run", _S + "S('{0.__class__}').format(1)"),
        "a dict that shows other values": (
            "run",
            "class D(dict):\n    def values(self):\n        return []\nassert df.agg(D(a='nunique')).size",
        ),
        "a list that shows other items": (
            "run",
            "class L(list):\n    def __iter__(self):\n        return iter(['mean'])\nassert df.agg(L(['mean'])).size",
        ),
        "a generator of names": ("run", "assert df['a'].agg(list(n for n in ['to_' + 'list'])).size"),
        "an array of names": ("run", "assert df.agg(np.array(['nunique', 'describe'])[:1]).size"),
        "an index of names": ("run", "assert df.agg(pd.Index(['nunique'])).size"),
        "a pair of a name and a sink": ("run", "assert df.groupby('a').agg(n=pd.NamedAgg('b', 'des' + 'cribe')).size"),
        "something with a method write": (
            "run",
            "class W:\n    got = ''\n    def write(self, text):\n        self.got += text\nw = W()\ndf.to_string(w)\nassert w.got",
        ),
        "a name in bytes": ("run", "try:\n    getattr(df, b'to_csv')\nexcept TypeError:\n    True"),
    },
    "helpers of the standard library": {
        "methodcaller": ("run", "from operator import methodcaller\nmethodcaller('to_csv', PATH)(df)"),
        "attrgetter with dots": ("run", "from operator import attrgetter\nattrgetter('a.__class__')(df)"),
        "partial of getattr": ("run", "from functools import partial\npartial(getattr, df)('to_' + 'csv')(PATH)"),
        "map over getattr": ("run", "list(map(getattr, [df], ['to_' + 'csv']))[0](PATH)"),
        "filter over hasattr": ("run", "getattr(list(filter(lambda d: True, [df]))[0], 'to_' + 'csv')(PATH)"),
        "sorted by getattr": ("run", "sorted([1], key=lambda n: getattr(df, 'to_' + 'csv')(PATH) or n)"),
        "starmap over getattr": (
            "run",
            "from itertools import starmap\nnext(starmap(getattr, [(df, 'to_' + 'csv')]))(PATH)",
        ),
        "accumulate over getattr": (
            "run",
            "from itertools import accumulate\nlist(accumulate([df, 'to_' + 'csv'], getattr))[1](PATH)",
        ),
        "a cached getattr": (
            "run",
            "from functools import lru_cache\nlru_cache(getattr)(1, 'real')\nlru_cache(getattr)((), '__cla' + 'ss__')",
        ),
        "a renamed getattr": ("run", "read = getattr\nread(df, 'to_' + 'csv')(PATH)"),
        "a default getattr": ("run", "(lambda read=getattr: read(df, 'to_' + 'csv')(PATH))()"),
        "wraps that copies globals": (
            "run",
            "from functools import wraps\nimport statistics\ndef own(): pass\nwraps(statistics.mean, assigned=(), updated=('__glo' + 'bals__',))(own)\nTrue",
        ),
        "wraps that copies what it is told": (
            "run",
            "from functools import wraps\nclass Box: pass\nassert wraps(np.mean, assigned=('__def' + 'aults__',), updated=())(Box)",
        ),
        "update_wrapper": ("read", "from functools import update_wrapper\nupdate_wrapper(lambda: 0, np.mean)"),
        "operator.call": ("read", "from operator import call\ncall(len, 'x')"),
        "random from the system": ("read", "from random import SystemRandom\nSystemRandom().random()"),
        "the tuples' own doors": ("read", "from collections import namedtuple\nassert namedtuple('A', 'x').__new__"),
        "a namespace with a hidden name": (
            "run",
            "from types import SimpleNamespace\nSimpleNamespace(**{'__array_' + 'interface__': {}})",
        ),
        "a function type": ("read", "from types import FunctionType\nFunctionType"),
        "exec by dataclasses": ("read", "from dataclasses import make_dataclass\nmake_dataclass('A', ['x'])"),
        "a file by json": ("read", "import json\njson.dump"),
        "a file by StringIO's module": ("read", "import io\nio.open(PATH, 'w').close()"),
        "a handler of logging": ("read", "import logging\nlogging.FileHandler(PATH).close()"),
        "zones from a file": ("read", "import zoneinfo\nzoneinfo.reset_tzpath"),
        "an own scanner": ("read", "import re\nre.Scanner"),
    },
    "modules inside modules": {
        "pandas' options": ("read", "pd.util.version"),
        "numpy's f2py": ("read", "from numpy import f2py"),
        "numpy's ctypeslib": ("read", "import numpy.ctypeslib"),
        "a submodule under another name": ("read", "import pandas.io.common as c\nc.get_handle"),
        "by a variable": ("run", "for m in [pd]:\n    m.io"),
        "by a list": ("run", "[np, pd][1].io.common"),
        "by an attribute": ("run", "class A:\n    pass\na = A()\na.m = pd\na.m.io.common"),
        "by an own attribute named like a module": ("run", "class A:\n    io = 1\n[pd][0].io.common"),
        "by a default": ("run", "(lambda m=pd: m.io.common)()"),
        "by match": ("run", "match [pd]:\n    case [m]:\n        m.io.common"),
        "by getattr": ("run", "getattr(pd, 'i' + 'o').common"),
        "by attrgetter": ("run", "from operator import attrgetter\nattrgetter('io.common')(pd)"),
        "by its dict": ("read", "pd.__dict__['io']"),
        "by its loader": ("read", "pd.__loader__"),
        "by its spec": ("read", "np.__spec__.loader"),
        "of statsmodels": ("read", "sm.iolib"),
        "of scipy": ("read", "from scipy import io"),
        "of matplotlib": ("read", "from matplotlib import font_manager"),
        "copied": ("run", "import copy\nassert copy.copy({'m': pd})['m'].io"),
    },
}
