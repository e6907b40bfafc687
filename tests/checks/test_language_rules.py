"""The policy's data does what it says, and the policy refuses to work with what nobody reviewed."""

from __future__ import annotations

import subprocess
import sys
import warnings
from importlib import import_module, metadata
from types import ModuleType

import msgspec
import pytest

from sandbox.checks.language import _policy, _rules, check_program, compile_program
from sandbox.errors import PolicyRefused

ONLY_LATER = {"itertools": {"batched"}}  # names of newer versions of Python


@pytest.mark.parametrize("name", _rules.rules().modules)
def test_every_listed_name_exists_and_leads_to_no_unlisted_module(name: str) -> None:
    policy = _rules.rules()
    entry = policy.modules[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = import_module(entry.name)
        assert {n for n in entry.names if not hasattr(module, n)} <= ONLY_LATER.get(name, set())
        for member in entry.names | entry.sub:
            value = getattr(module, member, None)
            if isinstance(value, ModuleType) and value.__name__ != "matplotlib.style":  # a stand-in
                assert policy.may_import(value.__name__), f"{name}.{member} is {value.__name__}"


def test_no_module_is_both_allowed_and_refused() -> None:
    policy = _rules.rules()
    assert not {name.partition(".")[0] for name in policy.modules} & policy.refused_modules.keys()
    assert not policy.builtins & policy.names.keys()


def test_a_rule_that_contradicts_its_example_does_not_load() -> None:
    rule = _rules._Rule(names=frozenset({"open"}), reason="R.", instead="I.", matches=("x = 1",), does_not_match=("y",))
    with pytest.raises(_rules.BadRules):
        _rules._check_examples("names", rule)
    caught = msgspec.structs.replace(rule, matches=("open(1)",), does_not_match=("open(2)",))
    with pytest.raises(_rules.BadRules):
        _rules._check_examples("names", caught)


def test_an_unreviewed_restrictedpython_refuses_every_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert metadata.version("RestrictedPython") in _rules.rules().reviewed["RestrictedPython"]
    monkeypatch.setattr(_policy, "version", lambda name: "9.1")
    for work in (check_program, compile_program):
        with pytest.raises(PolicyRefused, match=r"9\.1 has not been reviewed"):
            work("def main(data, report): pass")


def test_syntax_that_nobody_reviewed_is_refused() -> None:
    """A node class that the transformer has no rule for ends in `generic_visit`, which refuses it."""
    import ast

    class Novelty(ast.stmt):
        _fields = ()

    policy = _policy.Policy(_rules.rules(), {})
    policy.visit(ast.Module(body=[Novelty(lineno=3, col_offset=0)], type_ignores=[]))
    assert [(flag.line, flag.severity) for flag in policy.flags] == [(3, "refuse")]


@pytest.mark.parametrize(
    "line",
    [
        "type Codes = list[str]",
        "def first[T](values): pass",
        "def first[*T](values): pass",
        "def first[**T](values): pass",
        "def first[T: ().__class__.__base__](values): pass",
        "class Kept[T]: size = 0",
        'f"{"name".__class__}"',
        'f"{f"{"name".__class__}"}"',
        'f"{\n"name".__class__  # a comment\n}"',
    ],
)
def test_what_only_newer_pythons_read_is_refused_by_all(line: str) -> None:
    """Python 3.11 can't parse these; 3.12 can, and then the policy has to see what is inside."""
    check = check_program(f'"""Title."""\ndef main(data, report): pass\n{line}\n')
    (flag,) = [flag for flag in check.flags if flag.severity == "refuse"]
    assert flag.line >= 3 and flag.reason.endswith(".") and flag.instead.endswith((".", "…"))


def test_the_language_policy_needs_neither_the_sql_parser_nor_pandas() -> None:
    code = (
        "import sys, sandbox.checks.language as l; l.compile_program('def main(data, report): pass').run_module();"
        "print([m for m in ('sqlglot', 'pandas', 'numpy', 'duckdb', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_program_starts_with_the_guards_and_nothing_else() -> None:
    names = compile_program("def main(data, report): pass").run_module()
    assert {name for name in names if name.startswith("_")} == {
        "__builtins__", "__name__", "_getattr_", "_read_",
         "_write_", "_type_", "_own_", "_items_", "_setattr_", "_import_", "_import_from_",
         "_named_", "_settings_",
    }  # fmt: skip
    assert not {"open", "eval", "exec", "compile", "globals", "vars"} & names["__builtins__"].keys()


def test_c_code_may_import_and_a_program_may_not() -> None:
    importer = compile_program("def main(data, report): pass").run_module()["__builtins__"]["__import__"]
    assert importer("math", None, None, []).pi > 3
    for wanted in (None, (), ("path",)):
        with pytest.raises(PolicyRefused):
            importer("os", None, None, wanted)
