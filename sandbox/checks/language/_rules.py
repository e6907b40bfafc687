"""The language policy's data (`resources/rules/language.toml`), checked against its own examples when loaded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from sandbox.checks.facts import Flag, Severity
from sandbox.checks.language._misleading import FINDERS, long_lines


class _Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names that share a reason and what to write instead, with examples."""

    names: frozenset[str]
    reason: str
    instead: str
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]


class Misleading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is allowed, or nearly, and that a reader is easily misled by."""

    rule: str
    severity: Severity
    reason: str
    instead: str
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]
    longest: int = 0

    def flags(self, text: str, tree: ast.Module | None, builtins: frozenset[str]) -> Iterator[Flag]:
        """A flag for each finding; `tree` is the text as it was parsed, where it could be."""
        if self.longest:
            yield from (self._flag(line, "") for line in long_lines(text, self.longest))
        elif tree is not None:
            yield from (self._flag(line, name) for line, name in FINDERS[self.rule](tree, builtins))

    def _flag(self, line: int, name: str) -> Flag:
        reason = f"{name}: {self.reason}" if name else self.reason
        return Flag(line=line, severity=self.severity, rule=self.rule, reason=reason, instead=self.instead)


class _Module(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One module of the allow-list: the names a program may use of it, and its reachable submodules."""

    name: str
    names: frozenset[str] = frozenset()
    sub: frozenset[str] = frozenset()
    same_as: str = ""


class _Builtins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    allowed: frozenset[str]


class _Names(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    names: frozenset[str]


class _Strings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    functions: frozenset[str]
    formula_calls: frozenset[str]
    options: tuple[str, ...]
    style_keys: tuple[str, ...]
    style_keys_refused: frozenset[str]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reviewed: dict[str, tuple[str, ...]]
    modules_as_attributes: _Names
    builtins: _Builtins
    refused_names: tuple[_Rule, ...]
    refused_attributes: tuple[_Rule, ...]
    refused_keywords: tuple[_Rule, ...]
    refused_modules: tuple[_Rule, ...]
    misleading: tuple[Misleading, ...]
    strings: _Strings
    modules: tuple[_Module, ...]


class Why(msgspec.Struct, frozen=True):
    """Why a name is refused and what to write in its place."""

    reason: str
    instead: str


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The policy, ready for look-ups by name."""

    reviewed: dict[str, tuple[str, ...]]
    modules_as_attributes: frozenset[str]
    builtins: frozenset[str]
    names: dict[str, Why]
    attributes: dict[str, Why]
    keywords: dict[str, Why]
    refused_modules: dict[str, Why]
    misleading: tuple[Misleading, ...]
    modules: dict[str, _Module]
    strings: _Strings

    def may_import(self, module: str) -> bool:
        return module in self.modules

    def may_use(self, module: str, name: str) -> bool:
        """May a program use `module.name`, as a value or as a submodule?"""
        entry = self.modules.get(module)
        return entry is not None and (name in entry.names or name in entry.sub or name == "__version__")

    def other(self, name: str) -> str:
        """What to write instead of a module or a name that is not on the list."""
        why = self.attributes.get(name) or self.refused_modules.get(name.partition(".")[0])
        return (
            why.instead
            if why
            else "Use a part that is on the list (ARCHITECTURE.md says how it grows), or write it out."
        )


class BadRules(Exception):
    """`language.toml` contradicts its own examples."""


@cache
def rules() -> Rules:
    """The policy as shipped; loading fails when a rule does not do what its examples say."""
    text = resources.files("resources").joinpath("rules/language.toml").read_bytes()
    return build(msgspec.toml.decode(text, type=_File))


def build(file: _File) -> Rules:
    """Check every example, then index the rules by name."""
    for kind in ("names", "attributes", "keywords", "modules"):
        for rule in getattr(file, f"refused_{kind}"):
            _check_examples(kind, rule)
    for entry in file.misleading:
        _check_misleading(entry, file.builtins.allowed)
    modules = {entry.name: entry for entry in file.modules}
    return Rules(
        reviewed=file.reviewed,
        modules_as_attributes=file.modules_as_attributes.names,
        builtins=file.builtins.allowed,
        names=_by_name(file.refused_names),
        attributes=_by_name(file.refused_attributes),
        keywords=_by_name(file.refused_keywords),
        refused_modules=_by_name(file.refused_modules),
        misleading=file.misleading,
        modules={name: modules[entry.same_as] if entry.same_as else entry for name, entry in modules.items()},
        strings=file.strings,
    )


def _by_name(entries: tuple[_Rule, ...]) -> dict[str, Why]:
    return {name: Why(rule.reason, rule.instead) for rule in entries for name in rule.names}


def _check_examples(kind: str, rule: _Rule) -> None:
    if not rule.matches or not rule.does_not_match:
        raise BadRules(f"a rule of refused_{kind} has no example")
    for example in rule.matches:
        if not _mentioned(kind, example) & rule.names:
            raise BadRules(f"refused_{kind} does not catch {example!r}")
    for example in rule.does_not_match:
        if _mentioned(kind, example) & rule.names:
            raise BadRules(f"refused_{kind} catches {example!r}")


def _check_misleading(rule: Misleading, builtins: frozenset[str]) -> None:
    if not rule.matches or not rule.does_not_match or not (rule.longest or rule.rule in FINDERS):
        raise BadRules(f"{rule.rule} has no example, or nothing that looks for it")
    for examples, expected in ((rule.matches, True), (rule.does_not_match, False)):
        for example in examples:
            if any(rule.flags(example, ast.parse(example), builtins)) != expected:
                raise BadRules(f"{rule.rule} does the opposite of what it says with {example!r}")


def _mentioned(kind: str, line: str) -> set[str]:
    """The names that one line of Python mentions in the role `kind`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(line)):
        if kind == "names" and isinstance(node, ast.Name):
            found.add(node.id)
        elif kind == "attributes" and isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif kind == "keywords" and isinstance(node, ast.keyword):
            found.add(node.arg or "")
        elif kind == "modules" and isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            found |= {name.partition(".")[0] for name in names}
    return found
