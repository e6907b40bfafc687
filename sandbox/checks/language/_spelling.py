"""The pre-pass: ordinary spellings that RestrictedPython would refuse are rewritten into ones it knows.

Private names (`_rate`, `self._cache`) get other names, so that nothing in the program begins with the
underscore that marks the guards; annotations are erased, because they are expressions that libraries may
evaluate later; `__name__` becomes a constant, and what a module says of itself (`__all__`, `__version__`) is left out,
for nothing imports a program. Whatever the pass does not know keeps its underscore and is
refused by the policy.
"""

from __future__ import annotations

import ast

MODULE = "program"  # what `__name__` is, and the `__module__` of classes that a program defines
# Public on named tuples in spite of the underscore, and what an Enum looks for in the body of its class.
ENUM_HOOKS = frozenset({"_missing_", "_generate_next_value_", "_ignore_", "_order_"})
TUPLE_HELPERS = frozenset({"_asdict", "_replace", "_fields", "_make", "_field_defaults"})
# Names that modules give themselves for others to read.
OF_MODULES = frozenset({"__all__", "__author__", "__version__", "__date__", "__license__", "__copyright__"})
_LITERAL = (ast.Constant, ast.List, ast.Tuple, ast.Load)
_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "__setattr__", "attrgetter"})


def respell(tree: ast.Module) -> str:
    """Rewrite the tree in place; what now stands before each private name."""
    spelling = _Spelling(_identifiers(tree), own_attributes(tree))
    spelling.visit(tree)
    ast.fix_missing_locations(tree)
    return spelling.prefix


def _identifiers(tree: ast.AST) -> set[str]:
    """Every identifier of the program, in whatever field of the grammar it stands."""
    found: set[str] = set()
    for node in ast.walk(tree):
        for field in ("id", "arg", "name", "attr", "asname", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found.add(value)
        if isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return found


def own_attributes(tree: ast.AST) -> set[str]:
    """Attributes that the program itself defines: assigned, or declared in the body of a class."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            found |= {name for statement in node.body for name in _defined(statement)}
    return found


def _defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_" and name not in ENUM_HOOKS


class _Spelling(ast.NodeTransformer):
    def __init__(self, taken: set[str], own_attributes: set[str]) -> None:
        self._own_attributes = own_attributes
        self.prefix = "private"
        while any(name.startswith(self.prefix) for name in taken):
            self.prefix += "x"

    def _respell(self, name: str) -> str:
        return f"{self.prefix}{name}" if is_private(name) else name

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("name", "arg", "asname", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not isinstance(node, ast.keyword | ast.alias):
                setattr(node, field, self._respell(value))
        return super().generic_visit(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = [ast.copy_location(ast.Pass(), one) if _is_of_module(one) else one for one in node.body]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == "__name__" and isinstance(node.ctx, ast.Load):
            return ast.copy_location(ast.Constant(MODULE), node)
        node.id = self._respell(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr in self._own_attributes and node.attr not in TUPLE_HELPERS:
            node.attr = self._respell(node.attr)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A private name that is passed as a text: `getattr(self, "_cache", None)`."""
        if getattr(node.func, "id", getattr(node.func, "attr", "")) in _BY_NAME:
            self._respell_texts(*node.args)
        return self.generic_visit(node)

    def _respell_texts(self, *nodes: ast.expr) -> None:
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in self._own_attributes:
                node.value = self._respell(node.value)

    def visit_alias(self, node: ast.alias) -> ast.AST:
        node.asname = self._respell(node.asname) if node.asname else None
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._respell(name) for name in node.names]
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._respell(name) for name in node.names]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.decorator_list = [_registering(decorator, node.args) for decorator in node.decorator_list]
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for statement in node.body:
            if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "__slots__":
                names = statement.value.elts if isinstance(statement.value, ast.Tuple | ast.List) else [statement.value]
                self._respell_texts(*names)
        node.body = [
            _field(statement) if isinstance(statement, ast.AnnAssign) else statement for statement in node.body
        ]
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if _is_field(node):
            return self.generic_visit(node)
        statement = ast.Assign([node.target], node.value) if node.value else ast.Pass()
        return self.visit(ast.copy_location(statement, node))  # type: ignore[no-any-return]


def _registering(decorator: ast.expr, arguments: ast.arguments) -> ast.expr:
    """`@show.register` reads the type from an annotation, which is erased: it becomes `@show.register(int)`."""
    first = next((argument.annotation for argument in arguments.args), None)
    if not isinstance(decorator, ast.Attribute) or decorator.attr != "register" or first is None:
        return decorator
    return ast.copy_location(ast.Call(decorator, [first], []), decorator)


def _field(node: ast.AnnAssign) -> ast.stmt:
    """A field of a dataclass or named tuple keeps its place among the fields, not its annotation."""
    if "ClassVar" in ast.dump(node.annotation) or not isinstance(node.target, ast.Name):
        return node
    node.annotation = ast.copy_location(ast.Constant(None), node.annotation)
    return node


def _is_field(node: ast.AnnAssign) -> bool:
    return isinstance(node.annotation, ast.Constant) and node.annotation.value is None


def _is_of_module(statement: ast.stmt) -> bool:
    """`__all__ = ["main"]` and the like, with nothing in it that could be done."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    literal = all(isinstance(part, _LITERAL) for part in ast.walk(statement.value))
    return isinstance(target, ast.Name) and target.id in OF_MODULES and literal
