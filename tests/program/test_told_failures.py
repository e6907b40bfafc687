"""What a failing program may tell: a class by identity, a line, at most a word of its own text."""

from __future__ import annotations

import sys
import traceback

import msgspec
import pytest

from sandbox.messages.data_door import Broke
from sandbox.messages.failures import EXCEPTIONS, NAMES, checked_failure
from sandbox.program.coverage import parts_of
from sandbox.program.failures import Registry, describe

PLANTED = "MRN4711Doe"

# Each raises at the line marked `# here` and tries to carry the planted value out in its own way.
ADVERSARIAL = {
    "text of a ValueError": "raise ValueError(secret)  # here",
    "key of a KeyError": "{}[secret]  # here",
    "class made with the value as its name": "raise type(secret, (Exception,), {})()  # here",
    "metaclass that lies about its name": """
class Meta(type):
    __name__ = property(lambda self: secret)
    __module__ = property(lambda self: secret)
    def __getattribute__(self, name): return secret
    def __eq__(self, other): return True
    def __hash__(self): return hash(ValueError)
class Liar(Exception, metaclass=Meta): pass
raise Liar(secret)  # here
""",
    "metaclass that orders its own bases": """
class Meta(type):
    def mro(cls): return [cls, ValueError, Exception, BaseException, object]
class Liar(Exception, metaclass=Meta): pass
raise Liar(secret)  # here
""",
    "instance that lies about its class": """
class Liar(Exception):
    __class__ = type(secret, (), {})
    args = property(lambda self: (secret,))
    def __getattribute__(self, name): return secret
raise Liar()  # here
""",
    "traceback replaced": """
class Liar(Exception):
    __traceback__ = property(lambda self: secret)
raise Liar()  # here
""",
    "note and cause": """
problem = RuntimeError("x")
problem.add_note(secret)
raise problem from ValueError(secret)  # here
""",
    "name of an AttributeError": """
problem = AttributeError(secret)
problem.name = secret
raise problem  # here
""",
    "string subclass as a key": """
class Text(str):
    def __eq__(self, other): return True
    def __hash__(self): return hash("main")
raise KeyError(Text(secret))  # here
""",
    "subclass of KeyError with the value": """
class Mine(KeyError): pass
raise Mine(secret)  # here
""",
    "group of exceptions": "raise ExceptionGroup(secret, [ValueError(secret)])  # here",
    "system exit with a status": "raise SystemExit(secret)  # here",
}


def failure_of(program: str, *, synthetic: bool = False) -> Broke:
    """The program's failure as `describe` tells it; compiled plainly, as if the language policy were lost."""
    code = compile(program, "<draft>", "exec")
    codes = frozenset(id(part) for part in parts_of(code))
    parts = parts_of(code)
    try:
        exec(code, {"secret": PLANTED, "__name__": "draft"})
    except BaseException as problem:  # noqa: BLE001  the test of exactly this
        told = describe(Registry(), problem, sys.exc_info()[2], program, codes, synthetic=synthetic)
        assert parts
        return told
    raise AssertionError("the program did not fail")


@pytest.mark.parametrize("name", sorted(ADVERSARIAL))
def test_no_value_leaves_by_an_exception(name: str) -> None:
    program = ADVERSARIAL[name]
    failure = failure_of(program)
    assert PLANTED not in msgspec.json.encode(failure).decode()
    assert failure.exception in NAMES
    assert "# here" in program.splitlines()[failure.line - 1]
    assert failure.detail == ""


def test_the_planted_value_would_show_in_a_plain_traceback() -> None:
    try:
        exec(ADVERSARIAL["text of a ValueError"], {"secret": PLANTED})
    except ValueError as problem:
        assert PLANTED in "".join(traceback.format_exception(problem))


def test_synthetic_data_gives_the_whole_traceback_without_paths() -> None:
    program = "import json\n\ndef f():\n    json.loads('{')\nf()\n"
    detail = failure_of(program, synthetic=True).detail
    assert "line 4, in f: json.loads('{')" in detail
    assert "JSONDecodeError: Expecting property name" in detail
    assert "/" not in detail


def test_a_text_that_breaks_when_it_is_told_is_still_told() -> None:
    program = "class Bad(ValueError):\n    def __str__(self): raise SystemExit\nraise Bad()\n"
    assert failure_of(program, synthetic=True).exception == "ValueError"


def test_a_name_is_told_only_when_the_program_has_that_word() -> None:
    assert failure_of("f = {}\nadmit_dt = 1\nf['admit_dt']\n").name == "admit_dt"
    assert failure_of(f"f = {{}}\nf['{PLANTED[:3]}' + '{PLANTED[3:]}']\n").name == ""
    assert failure_of("missing_thing\n").name == "missing_thing"


def test_every_name_of_the_registry_is_a_class_that_is_there() -> None:
    import importlib

    for module, names in EXCEPTIONS.items():
        for name in names:
            assert issubclass(getattr(importlib.import_module(module), name), BaseException)


def test_whatever_a_program_claims_is_forced_into_the_vocabulary() -> None:
    program = "def main(data, report):\n    data.nothing\n"
    claimed = Broke(exception=PLANTED, line=471_142, name=PLANTED, detail=PLANTED, lines=(1, 2, 4711))
    assert checked_failure(claimed, program) == Broke(exception="Exception", line=0, lines=(1, 2))
    honest = Broke(exception="AttributeError", line=2, name="nothing", detail="")
    assert checked_failure(honest, program) == honest
