"""The check of a program's text, without running it."""

from __future__ import annotations

import ast
from collections import Counter
from types import CodeType

from sandbox.checks.facts import Flag, ProgramCheck
from sandbox.checks.language._characters import doubtful_characters
from sandbox.checks.language._contract import Contract, guarded_main, is_main_guard
from sandbox.checks.language._policy import Policy, require_reviewed, suggest
from sandbox.checks.language._reads import direct_names
from sandbox.checks.language._rules import Rules
from sandbox.checks.language._spelling import respell
from sandbox.checks.language._versions import version_flags

# What a person can't review is refused; it also bounds the time of this check, which grows with the program.
LONGEST = 100_000  # characters of a program
MOST_LINES = 4_000
FILENAME = "<program>"


def check_program(text: str) -> ProgramCheck:
    """Say what the language policy thinks of a program: flags, its literal queries, its defaults.

    1. Every character is what it looks like, and the text is short enough to review.
    2. The text is Python.
    3. It keeps the contract: main, literal PARAMETERS, literal queries.
    4. It uses only allowed syntax, names, attributes and modules.
    Raises `PolicyRefused` only when the installed RestrictedPython was never reviewed.
    """
    return examine(text)[0]


def examine(text: str) -> tuple[ProgramCheck, CodeType | None]:
    """The check, and the guarded code when nothing refuses it."""
    policy = require_reviewed()
    flags = [*version_flags(), *_check_text(text)]  # (1)
    tree = _parse(text, flags)  # (2)
    flags += [flag for rule in policy.misleading for flag in rule.flags(text, tree, policy.builtins)]
    if tree is None:
        return _verdict(flags), None
    try:
        contract = Contract(tree)  # (3)
        flags += [*contract.flags, *_notes(tree)]
        tree.body = [statement for statement in tree.body if not is_main_guard(statement)]
        flags += _transform(policy, tree)  # (4)
        code = None if _refuses(flags) else _compile(tree, flags)
    except RecursionError:
        return _verdict([*flags, _refusal(0, "syntax", "The program is nested too deeply.", _SPLIT)]), None
    return _verdict(flags, contract), code


_SPLIT = "Split long expressions."


def _verdict(flags: list[Flag], contract: Contract | None = None) -> ProgramCheck:
    """Flags by line, each finding once."""
    ordered = sorted(dict.fromkeys(flags), key=lambda flag: (flag.line, flag.rule, flag.reason))
    if contract is None:
        return ProgramCheck(flags=tuple(ordered), queries=(), parameters={})
    return ProgramCheck(
        flags=tuple(ordered), queries=contract.queries, parameters=contract.parameters, title=contract.title
    )


def _notes(tree: ast.Module) -> list[Flag]:
    notes = []
    if line := guarded_main(tree):
        notes.append(Flag(line=line, severity="note", rule="main", reason="This block never runs here."))
    for node in ast.walk(tree):
        if _prints(node):
            reason, instead = "What is printed or logged goes nowhere.", "Use report.text(…) or report.value(…)."
            line = getattr(node, "lineno", 0)
            notes.append(Flag(line=line, severity="note", rule="print", reason=reason, instead=instead))
    return notes


def _prints(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name == "logging" for alias in node.names)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def _transform(policy: Rules, tree: ast.Module) -> list[Flag]:
    """Rewrite the tree in place into guarded form; what the policy refuses of it."""
    prefix = respell(tree)
    bound = _bound_names(tree)
    transformer = Policy(policy, _module_names(policy, tree, bound), direct_names(tree))
    transformer.visit(tree)
    for name, line in transformer.loaded.items():
        if name not in bound and name not in policy.builtins and not name.startswith("_"):
            transformer.flags.append(_unknown(policy, name.removeprefix(prefix), line))
    return transformer.flags


def _refuses(flags: list[Flag]) -> bool:
    return any(flag.severity == "refuse" for flag in flags)


def _compile(tree: ast.Module, flags: list[Flag]) -> CodeType | None:
    """Some mistakes (a stray `return`, `nonlocal` at the top) only show when code is generated."""
    try:
        return compile(tree, FILENAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", 0) or 0
        flags.append(_refusal(line, "syntax", "The line is no valid Python where it stands.", "Correct it."))
        return None


def _check_text(text: str) -> list[Flag]:
    found = [_refusal(line, "characters", reason, instead) for line, reason, instead in doubtful_characters(text)]
    if _too_long(text):
        found.append(
            _refusal(0, "length", "The program is too long to be reviewed.", "Answer one question per program.")
        )
    return found


def _too_long(text: str) -> bool:
    return len(text) > LONGEST or text.count("\n") >= MOST_LINES


def _parse(text: str, flags: list[Flag]) -> ast.Module | None:
    if _too_long(text):
        return None
    try:
        return ast.parse(text, FILENAME)
    except SyntaxError as problem:
        reason = f"This is no valid Python: {problem.msg}."
        flags.append(_refusal(problem.lineno or 0, "syntax", reason, "Correct the line."))
    except (ValueError, MemoryError, RecursionError):
        flags.append(_refusal(0, "syntax", "This can't be read as Python.", "Split long expressions, remove NULs."))
    return None


def _bound_names(tree: ast.AST) -> Counter[str]:
    """How often the program binds each name; reading any other is either a builtin or a mistake."""
    bound: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound[node.id] += 1
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            bound[node.name or ""] += 1
        elif isinstance(node, ast.MatchMapping):
            bound[node.rest or ""] += 1
        elif isinstance(node, ast.arg):
            bound[node.arg] += 1
        elif isinstance(node, ast.alias):
            bound[node.asname or node.name.partition(".")[0]] += 1
    return bound


def _module_names(policy: Rules, tree: ast.AST, bound: Counter[str]) -> dict[str, str]:
    """Names bound once, by an import of a module: what is read of them can be checked before anything runs."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: _imported(alias) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name: module for name, module in names.items() if policy.may_import(module)}
    return {name: module for name, module in found.items() if bound[name] == 1 and policy.may_import(module)}


def _imported(alias: ast.alias) -> str:
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _unknown(policy: Rules, name: str, line: int) -> Flag:
    if name in policy.names:
        return _refusal(line, "names", *suggest(name, policy.names[name]))
    return _refusal(line, "names", f"The name {name} is not defined.", "Define or import it, or correct the spelling.")


def _refusal(line: int, rule: str, reason: str, instead: str) -> Flag:
    return Flag(line=line, severity="refuse", rule=rule, reason=reason, instead=instead)
