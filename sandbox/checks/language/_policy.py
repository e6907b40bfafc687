"""RestrictedPython's transformer with our rules: a closed list of syntax, every attribute through a guard.

We keep its allow-list of syntax and its rules for names, and turn imports into calls of our own, so that
no statement of a program reaches the import machinery. Its guards on iteration, unpacking and item access
are left out: this policy has nothing to decide there, and they slow loops down by a factor of three.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import version
from typing import TypeVar

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

from sandbox.checks.language._reads import WATCHED
from sandbox.checks.language._refusing import MEMBER_ADVICE, METHODS, Refusing, hidden_advice
from sandbox.checks.language._rules import Rules, Why, rules
from sandbox.checks.language._spelling import TUPLE_HELPERS
from sandbox.errors import PolicyRefused

# Texts, exceptions, the members of an Enum, and what `type(x)` gives.
_READABLE = frozenset({"__name__", "__doc__", "__cause__", "__context__", "__members__", "__class__"})
_VERSION = "__version__"
# Arguments whose values are dicts of arguments.
_SETTINGS = frozenset({"prop", "fontdict", "title_fontproperties"})
_OPTIONS = ("options", "props", "kw", "kws", "kwds", "kwargs")
_FUTURE = frozenset({"annotations", "division", "print_function", "generator_stop"})


def require_reviewed() -> Rules:
    """The rules, or `PolicyRefused` when RestrictedPython is a release that nobody has read against them."""
    policy = rules()
    installed = version("RestrictedPython")
    known = policy.reviewed["RestrictedPython"]
    if installed not in known:
        raise PolicyRefused(
            f"RestrictedPython {installed} has not been reviewed against the language policy.",
            f"Install {known[-1]}; every program is refused until then.",
        )
    return policy


def suggest(name: str, why: Why) -> tuple[str, str]:
    return f"{name}: {why.reason}", why.instead


_Node = TypeVar("_Node", bound=ast.AST)


class Policy(Refusing):
    """Collects `flags` while it rewrites a respelled tree. Compile only when no flag refuses.

    `modules` are the names that the program binds to modules and to nothing else, `direct` the attributes that need no
    guard.
    """

    def __init__(self, policy: Rules, modules: dict[str, str], direct: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.direct = direct
        self.rules = policy
        self.modules = modules
        self.loaded: dict[str, int] = {}

    # Names.

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            self.loaded.setdefault(node.id, node.lineno)
        self.check_name(node, node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        text = node.value
        if (
            isinstance(text, str)
            and len(text) > 4
            and text.startswith("__")
            and text.endswith("__")
            and text != "__main__"
        ):
            self.refuse(node, "names", "The text is the name of an internal of Python.", "Leave it out.")
        return node

    # Attributes and items.

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A read goes through the guard of its name (`_reads`); `a.b = c` becomes `_write_(a, "b").b = c`."""
        from_module = bool(self._module(node.value))
        refused = len(self.flags)
        self._check_attribute(node)
        watched = (
            node.attr in WATCHED or len(self.flags) > refused
        )  # what is refused here is refused again when it runs
        plain = self.direct | METHODS | {_VERSION, *(_READABLE - {"__class__"})}
        node = self.node_contents_visit(node)
        if not isinstance(node.ctx, ast.Load):
            node.value = self._written(node.value, "_own_", ast.Constant(node.attr))
            return node
        if watched:
            call = ast.Call(ast.Name("_getattr_", ast.Load()), [node.value, ast.Constant(node.attr)], [])
            return _at(call, node)
        if from_module or node.attr in plain:
            return node
        return _at(ast.Call(ast.Name("_read_", ast.Load()), [node], []), node)

    def _written(self, value: ast.expr, known: str, *attribute: ast.expr) -> ast.expr:
        """What is written to, past its guard; a variable whose type is known to be harmless needs no call."""
        guarded = ast.Call(ast.Name("_write_", ast.Load()), [value, *attribute], [])
        if not isinstance(value, ast.Name):
            return _at(guarded, value)
        kind = ast.Call(ast.Name("_type_", ast.Load()), [ast.Name(value.id, ast.Load())], [])
        test = ast.Compare(kind, [ast.In()], [ast.Name(known, ast.Load())])
        return _at(ast.IfExp(test, ast.Name(value.id, ast.Load()), guarded), value)

    def _check_attribute(self, node: ast.Attribute) -> None:
        module = self._module(node.value)
        if module and node.attr == _VERSION and isinstance(node.ctx, ast.Load):
            return
        if module and not self.rules.may_use(module, node.attr):
            self._refuse_member(node, module, node.attr)
        elif module:
            return
        elif node.attr in self.rules.attributes:
            self.refuse(node, "attributes", *suggest(node.attr, self.rules.attributes[node.attr]))
        elif node.attr in INSPECT_ATTRIBUTES or (node.attr.startswith("_") and not self._may_be_hidden(node)):
            self.refuse(node, "attributes", f"{node.attr} is an internal of an object.", hidden_advice(node.attr))

    def _module(self, node: ast.expr) -> str:
        """The module that an expression such as `np.linalg` stands for, or nothing."""
        if isinstance(node, ast.Name):
            return self.modules.get(node.id, "")
        if isinstance(node, ast.Attribute) and (outer := self._module(node.value)):
            inner = f"{outer}.{node.attr}"
            return inner if self.rules.may_import(inner) else ""
        return ""

    def _may_be_hidden(self, node: ast.Attribute) -> bool:
        """`super().__init__(...)`, `type(problem).__name__` and the public helpers of named tuples."""
        of_super = isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "super"
        if isinstance(node.ctx, ast.Store) and node.attr == "__name__":  # of a function that aggregates, for its column
            return True
        if isinstance(node.ctx, ast.Load) and (node.attr in _READABLE or (of_super and node.attr in METHODS)):
            return True
        return node.attr == "_" or node.attr in TUPLE_HELPERS

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`a[b] = c` becomes `_write_(a)[b] = c`; reading an item needs no guard."""
        node = self.node_contents_visit(node)
        if not isinstance(node.ctx, ast.Load):
            node.value = self._written(node.value, "_items_")
        return node

    # Calls.

    def visit_Call(self, node: ast.Call) -> ast.AST:
        for keyword in node.keywords:
            if keyword.arg in self.rules.keywords:
                self.refuse(node, "keywords", *suggest(keyword.arg, self.rules.keywords[keyword.arg]))
            elif keyword.arg and keyword.arg.startswith("_"):
                self.refuse(node, "names", f"The argument {keyword.arg} begins with an underscore.", "Rename it.")
        if _sets_frozen(node):
            node.func = _at(ast.Name("_setattr_", ast.Load()), node.func)
            node.args = [self.visit(argument) for argument in node.args]
            return node
        node = self.node_contents_visit(node)
        for keyword in node.keywords:
            given, name = keyword.value, keyword.arg
            if name is None:
                keyword.value = _at(ast.Call(ast.Name("_named_", ast.Load()), [given], []), given)
            elif name in _SETTINGS or name.endswith(_OPTIONS):
                guarded = ast.Call(ast.Name("_settings_", ast.Load()), [given, ast.Constant(name)], [])
                keyword.value = _at(guarded, given)
        return node

    # Statements.

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """The target's container goes through `_write_`, which returns it; Python evaluates it once."""
        return self.node_contents_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Only fields of classes are left here, without their annotations."""
        return self.node_contents_visit(node)

    def guard_iter(self, node: ast.For | ast.comprehension) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_With(self, node: ast.With) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.check_name(node, node.name, allow_magic_methods=True)
        self.check_function_argument_names(node)
        return self.node_contents_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.check_name(node, node.name)
        if any(keyword.arg in (None, "metaclass") for keyword in node.keywords):
            self.refuse(
                node, "syntax", "A class can't have a metaclass here.", "Leave it out; derive from ABC or Enum."
            )
        return self.node_contents_visit(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self.node_contents_visit(node)

    # match: only patterns that read no attribute.

    def visit_Match(self, node: ast.Match) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_MatchSingleton(self, node: ast.MatchSingleton) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_MatchSequence(self, node: ast.MatchSequence) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_MatchOr(self, node: ast.MatchOr) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        if any(isinstance(part, ast.Attribute) for part in ast.walk(node.value)):
            self.refuse(node, "syntax", "A pattern may not read an attribute.", "Use `case x if x == Status.OPEN:`.")
        return self.node_contents_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:
        plain = isinstance(node.cls, ast.Name) and node.cls.id in {
            "str",
            "int",
            "float",
            "bool",
            "list",
            "dict",
            "tuple",
            "set",
        }
        if not plain or node.kwd_attrs or len(node.patterns) > 1:
            self.refuse(node, "syntax", "A pattern may not read attributes of a class.", "Use isinstance and an if.")
        return self.node_contents_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> ast.AST:
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        self.check_name(node, node.rest)
        if any(isinstance(part, ast.Attribute) for key in node.keys for part in ast.walk(key)):
            self.refuse(node, "syntax", "A pattern may not read an attribute.", "Use a literal key.")
        return self.node_contents_visit(node)

    # Imports become calls of `_import_` and `_import_from_`.

    def visit_Import(self, node: ast.Import) -> list[ast.AST]:
        return list(self._imports(node))

    def _imports(self, node: ast.Import) -> Iterator[ast.AST]:
        for alias in node.names:
            self._check_module(node, alias.name)
            bound = alias.asname or alias.name.partition(".")[0]
            self.check_name(node, bound)
            arguments: list[ast.expr] = [ast.Constant(alias.name), ast.Constant(alias.asname is None)]
            yield _bind(node, bound, ast.Call(ast.Name("_import_", ast.Load()), arguments, []))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.AST]:
        if node.module == "__future__" and all(alias.name in _FUTURE for alias in node.names):
            return []
        if node.level or not node.module:
            self.refuse(node, "modules", "A program has no package of its own.", "Import the module by its full name.")
            return []
        return list(self._imports_from(node, node.module))

    def _imports_from(self, node: ast.ImportFrom, module: str) -> Iterator[ast.AST]:
        known = self._check_module(node, module)
        for alias in node.names:
            if known and not self.rules.may_use(module, alias.name):
                self._refuse_member(node, module, alias.name)
            bound = alias.asname or alias.name
            if alias.name != "*":
                self.check_name(node, bound)
                arguments: list[ast.expr] = [ast.Constant(module), ast.Constant(alias.name)]
                yield _bind(node, bound, ast.Call(ast.Name("_import_from_", ast.Load()), arguments, []))

    def _refuse_member(self, node: ast.AST, module: str, name: str) -> None:
        why = self.rules.attributes.get(name)
        other = why.instead if why else f"Use another part of {module}, or write it out."
        instead = MEMBER_ADVICE.get((module, name), other)
        self.refuse(node, "modules", f"{name} of {module} is not on the list of what a program may use.", instead)

    def _check_module(self, node: ast.AST, module: str) -> bool:
        if self.rules.may_import(module):
            return True
        why = self.rules.refused_modules.get(module.partition(".")[0])
        if why:
            self.refuse(node, "modules", *suggest(module, why))
        else:
            self.refuse(
                node,
                "modules",
                f"{module} is not on the list of modules.",
                "Use pandas, numpy, scipy, statsmodels, matplotlib or the plain parts of the standard library.",
            )
        return False


def _sets_frozen(node: ast.Call) -> bool:
    """`object.__setattr__(self, "name", value)`, the way to compute a field of a frozen dataclass."""
    of_object = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "object"
    if not of_object or node.func.attr != "__setattr__" or len(node.args) != 3:  # type: ignore[attr-defined]
        return False
    return isinstance(node.args[1], ast.Constant) and not node.keywords


def _bind(node: ast.AST, name: str, value: ast.expr) -> ast.AST:
    return _at(ast.Assign([ast.Name(name, ast.Store())], value), node)


def _at(new: _Node, old: ast.AST) -> _Node:
    """Give a new node and its own new parts the position of the old one, for tracebacks and coverage."""
    if "lineno" in new._attributes and not hasattr(new, "lineno"):
        ast.copy_location(new, old)
        for part in ast.iter_child_nodes(new):
            _at(part, old)
    return new
