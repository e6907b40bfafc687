"""Texts that act as code, read as the library reads them: each attack works in plain Python, and the guards stop it."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from attack_layers import clear, made, program, refusals, run_under_guards, works

from sandbox.errors import PolicyRefused

MODULE = "drawn_by_"
PATIENTS = "df = {'a': [1, 2, 3], 'b': [1, 2, 4], 'g': [1, 1, 2], 'W': PATH}\n"


def tried(call: str) -> str:
    """The library fails after the effect; what a guard raises is no ValueError and goes through."""
    return f"{PATIENTS}try:\n    {call}\nexcept (ValueError, AttributeError):\n    pass"


ATTACKS = {
    "a line of eval ends at a form feed, in a comment": "p = PATH\ndf.eval('x = 1 #\\x0cy = a.to_csv(@p)')",
    "a backtick inside quotes begins no name": (
        "p = PATH\ntry:\n    df.query(\"a == '`' or a.to_csv(@p) or a == '`'\")\nexcept NotImplementedError:\n    pass"
    ),
    "a formula calls a name in brackets": tried("smf.ols('b ~ a + I((open)(W, \"w\"))', df)"),
    "a formula renames": tried("smf.ols('b ~ a + I((log := open) and log(W, \"w\"))', df)"),
    "a formula has a text with code in it": tried(
        "smf.ols('b ~ a + I(f\"{open(W, chr(119))}\")', {'a': [1], 'b': [1], 'W': df['W']})"
    ),
    "a formula calls in wide letters": tried("smf.ols('b ~ a + \\uff4f\\uff50\\uff45\\uff4e(W, \"w\")', df)"),
    "a second formula stands third": tried("smf.mixedlm('b ~ a', df, 'open(W, \"w\")', groups='g')"),
    "formulas stand fourth": tried("smf.mixedlm('b ~ a', df, None, {'v': 'open(W, \"w\")'}, groups='g')"),
    "a function by name, for the name of its result": "df['a'].agg(x='to_csv')",
    "a pair that shows two faces": (
        "class Pair(tuple):\n    def __getitem__(self, place):\n        return ('a', 'mean')[place]\n"
        "df.agg(x=Pair(('a', 'to_csv')))"
    ),
    "an option's name is a pattern": f"pd.set_option('display.none|plotting.backend', '{MODULE}')",
    "an option's name answers for itself": (
        "class Key(str):\n    def startswith(self, texts):\n        return True\n"
        f"pd.set_option(Key('plotting.backend'), '{MODULE}')"
    ),
    "a module by its place": (
        f"df.hist(None, None, True, None, None, None, None, None, False, False, None, None, 10, '{MODULE}')"
    ),
}


@pytest.fixture(autouse=True)
def modules_that_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules that make the attack's file when pandas imports them to draw with; it imports each once."""
    text = f"open({str(tmp_path / 'written')!r}, 'w').close()\ndef plot(*given, **named): pass\nhist_frame = plot\n"
    for place, who in itertools.product(range(len(ATTACKS)), ("python", "program")):
        (tmp_path / f"{MODULE}{who}_{place}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    pd.reset_option("plotting.backend")


@pytest.mark.parametrize("name", ATTACKS)
def test_a_text_is_judged_as_the_library_reads_it(name: str, tmp_path: Path) -> None:
    written, place = program(ATTACKS[name], "run", tmp_path), list(ATTACKS).index(name)
    plain, text = (written.replace(MODULE, f"{MODULE}{who}_{place}") for who in ("python", "program"))
    assert works(plain, tmp_path), f"{name} does nothing as ordinary Python"
    clear(tmp_path)
    assert not refusals(text)
    with pytest.raises(PolicyRefused):
        run_under_guards(text)
    assert not made(tmp_path)


@pytest.mark.parametrize("name", ["exit", "quit", "\\uff45\\uff58\\uff49\\uff54"])
def test_what_a_formula_names_as_a_contrast_is_not_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """patsy calls the second argument of `C`, and finds the builtins of Python behind the columns."""
    monkeypatch.setattr("sys.stdin", io.StringIO())  # which `exit` closes
    lines = f"df['\\uff45\\uff58\\uff49\\uff54'] = 1.0\nsmf.ols('b ~ C(a, {name})', df)"
    text = program(lines, "run", tmp_path)
    with pytest.raises(SystemExit):
        works(text, tmp_path)
    assert not refusals(text)
    with pytest.raises(PolicyRefused, match="no column"):
        run_under_guards(text)


@pytest.mark.parametrize(
    "lines",
    [
        "df.query('\\n  `a` > 1 and b != \"x`y\"\\n')",
        "df.eval('c = a + b\\nd = c * 2').d.tolist()",
        "df.agg(low=('a', 'min'), high=pd.NamedAgg('b', 'max'))",
        "df['a'].agg(['min', 'max'])",
        "df['a'].agg(low='min', high='max')",
        "df.apply(lambda row, word: word, axis=1, word='any text')",
        "pd.set_option('display.max_columns', 20)",
        "smf.ols('b ~ C(a, Treatment(reference=1.0)) + np.log(b):a', df)",
        "smf.mixedlm('b ~ a', df.assign(g=[1, 1, 2]), re_formula='~a', vc_formula={'v': '0 + C(a)'}, groups='g')",
        "smf.ols('b ~ id + max + Q(\"the dose\")', df.assign(**{'id': df.a, 'max': [1, 5, 2], 'the dose': [3, 1, 2]}))",
        "smf.ols('b ~ C(a, Sum) + I(a**2.5) + 1 - 1', df)",
        "smf.ols('b ~ bs(a, df=4) + I(a == 1)', pd.DataFrame({'a': [1, 2, 3, 4, 5], 'b': [1, 2, 4, 3, 1]}))",
        "smf.gee('b ~ a', [1, 1, 2], df)",
        "smf.gee('b ~ a', 'a', data=df)",
        "plt.figure().legend(prop={'size': 8}, title_fontproperties={'weight': 'bold'})",
        "plt.figure().text(0, 0, 'x', fontdict={'fontsize': 8})",
        "plt.gca().pie([1, 2], textprops=dict(color='w'))",
        "plt.gca().plot([1, 2], **{'lw': 1}, **dict(ls='--'))",
        "df.merge(df, **dict(on='a', how='left'))",
        "kept = {1: 'a'}\nassert (lambda options: options)(options=kept) is kept",
        "assert (lambda options, props: (options, props))(options='a', props=[1]) == ('a', [1])",
        "plt.subplots(1, 2, gridspec_kw={'width_ratios': [1, 2]}, subplot_kw=dict(title='x'))",
        "df.hist('a', bins=3)",
        "df.boxplot('a', by='b', grid=False)",
    ],
)
def test_ordinary_texts_still_run(lines: str, tmp_path: Path) -> None:
    text = program(lines, "run", tmp_path)
    assert not refusals(text)
    run_under_guards(text)
