"""Every attack, by mechanism: the written ones and those that are generated here.

    python tests/checks/language_attacks.py     # which layer alone stops each mechanism, as a table

Each attack works as ordinary Python: its text runs to the end there, makes its file, or its last line has a value.
`JAIL` are those that neither layer stops. They are named here, a reviewer is warned of them, and the jail is for them.
"""

from __future__ import annotations

from attacks_first import ATTACKS as FIRST
from attacks_first import Attacks
from attacks_second import ATTACKS as SECOND
from attacks_third import ATTACKS as THIRD

# Libraries that are installed where programs run and that a program may not import.
THERE = (
    "pyarrow", "PIL", "fontTools", "kiwisolver", "contourpy", "cycler", "packaging", "pyparsing", "patsy", "msgspec",
    "duckdb", "sqlglot", "RestrictedPython", "sandbox", "cryptography", "dateutil.parser", "dateutil.tz",
    "scipy.io", "scipy.datasets", "numpy.testing", "numpy.ctypeslib", "pandas.io.parsers", "pandas.core.frame",
    "matplotlib.image", "matplotlib.font_manager", "statsmodels.datasets", "statsmodels.iolib",
)  # fmt: skip
STANDARD = (
    "asyncio", "cProfile", "code", "codecs", "concurrent.futures", "email", "faulthandler", "fileinput", "ftplib", "gc",
    "getpass", "glob", "http.client", "inspect", "linecache", "marshal", "mmap", "multiprocessing",
    "pathlib", "pdb", "pkgutil", "platform", "pty", "resource", "runpy", "select", "shelve", "shutil", "signal", "site",
    "smtplib", "socket", "sqlite3", "ssl", "tempfile", "threading", "tokenize", "traceback", "urllib.request", "uuid",
    "weakref", "webbrowser", "xml.etree", "zipfile", "zipimport", "_io", "_ctypes", "posix", "encodings", "ast",
)  # fmt: skip
# Texts that only look like the name of a builtin, or that hide their meaning.
LOOKALIKES = {
    "fullwidth": "ｌen('x')",
    "mathematical bold": "𝐥𝐞𝐧('x')",
    "a ligature": "ﬁlter(None, [1])",
    "a long s": "ſum([1])",
    "a Cyrillic letter": "sсale = 1\nsсale",
    "a Greek letter": "αge = 1; agе = 2\nαge",
    "a zero-width joiner": "x = 'a\u200db'\nx",
    "a reversed direction": "x = 'a\u202eb'\nx",
    "an isolate": "x = 1  # \u2066 y\nx",
    "a soft hyphen": "x = 'a\u00adb'\nx",
    "a byte order mark": "x = 'a\ufeffb'\nx",
    "a tag": "x = 'a\U000e0061b'\nx",
    "a variation selector": "x = 'a\ufe0fb'\nx",
    "a form feed": "x = 1\x0c\nx",
    "a no-break space": "x = 'a\u00a0b'\nx",
}
GUARDS = (
    "_getattr_", "_read_", "_write_", "_own_", "_items_", "_type_", "_import_", "_import_from_", "__builtins__",
    "_named_", "_settings_",
)  # fmt: skip
REBINDINGS = (
    "{0} = len\n", "def {0}(*given):\n    pass\n", "for {0} in [len]:\n    pass\n", "class {0}:\n    pass\n",
    "global {0}\n{0} = len\n", "[({0} := len)]\n", "import math as {0}\n", "from math import pi as {0}\n",
    "match len:\n    case {0}:\n        pass\n", "try:\n    1 / 0\nexcept ZeroDivisionError as {0}:\n    pass\n",
    "with plt.rc_context({{}}) as {0}:\n    pass\n", "{0}, x = len, 1\n", "[{0} for {0} in [len]]\n",
)  # fmt: skip
USES = "setattr(df.copy(), 'x1', 1)\nTrue"
# What neither layer can tell from an honest program: the text is data, or the name is a common one.
JAIL: dict[str, tuple[str, str]] = {
    "an array interface as data under a computed name": (
        "interfaces",
        "name = '__array_' + 'interface__'\n"
        "memory = {'data': (0, True), 'shape': (0,), 'typestr': '<i8', 'version': 3}\n"
        "assert np.asarray(pd.Series({name: memory})).size == 0",
    ),
}


def _generated() -> Attacks:
    rebound = {
        f"{guard}: {form.split(chr(10))[0]}": ("either", form.format(guard) + USES)
        for guard in GUARDS
        for form in REBINDINGS
        if guard == "_getattr_" or form is REBINDINGS[GUARDS.index(guard) % len(REBINDINGS)]
    }
    return {
        "libraries that are there and not listed": {name: ("read", f"import {name}") for name in THERE},
        "the rest of the standard library": {name: ("read", f"import {name}") for name in STANDARD},
        "letters that look like others": {name: ("read", lines) for name, lines in LOOKALIKES.items()},
        "guards put in place by the program": rebound,
    }


def _together(*parts: Attacks) -> Attacks:
    found: Attacks = {}
    for part in parts:
        for mechanism, attacks in part.items():
            found[mechanism] = found.get(mechanism, {}) | attacks
    return found


MECHANISMS = _together(FIRST, SECOND, THIRD, _generated())
ATTACKS = {f"{mechanism}: {name}": found for mechanism, some in MECHANISMS.items() for name, found in some.items()}


if __name__ == "__main__":
    from attack_layers import print_table

    print_table(MECHANISMS | {"left to the jail": {name: ("run", lines) for name, (_, lines) in JAIL.items()}})
