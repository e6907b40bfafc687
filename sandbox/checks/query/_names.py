"""Names as the engine takes them: its folding of case, and where it reads the name of an output.

Everything that is written out is quoted, in the form that is set here, so what this check resolves is what the
engine resolves, whatever it would do to a bare name.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from sandbox.checks.facts import TableSchema
from sandbox.checks.query._rules import DialectRules
from sandbox.errors import QueryRefused

_Sources = dict[str, frozenset[str] | None]
_CLAUSES = {
    "expressions": "SELECT",
    "where": "WHERE",
    "group": "GROUP BY",
    "having": "HAVING",
    "joins": "ON",
    "distinct": "DISTINCT ON",
}


def fold(tree: exp.Query, rules: DialectRules) -> None:
    """Bring every name to one form, in place; a bare name in any case is the dictionary's, in small letters.

    PostgreSQL makes bare names small and leaves quoted ones as they are. Oracle makes them capital: there the two
    cases change places, so that PAT_ID, pat_id and "PAT_ID" are one name, and "pat_id" is another. The rest take names
    in any case for the same, quoted or not.
    """
    for node in tree.find_all(exp.Identifier):
        name = node.this
        node.meta["spelled"] = name
        if rules.folds_to_one_case or not node.args.get("quoted"):
            name = name.lower()
        elif rules.own.fold == "swap":
            name = name.swapcase()
        node.set("this", name)
        node.set("quoted", True)
    for table in tree.find_all(exp.Table):
        if not table.alias:  # the resolver's own would be in the dialect's case
            table.set("alias", exp.TableAlias(this=table.this.copy()))


def spelled(column: exp.Column) -> str:
    """A column's name as its author wrote it, for a refusal."""
    return str(column.this.meta.get("spelled", column.name))


def spellings(tree: exp.Query, tables: Mapping[str, TableSchema]) -> dict[str, str]:
    """How the names that the query gives with AS are spelled, by their folded form: those with one spelling, and
    those of no column of the dictionary."""
    found: dict[str, set[str]] = {}
    for alias in tree.find_all(exp.Alias):
        name = alias.args["alias"]
        found.setdefault(name.this, set()).add(name.meta.get("spelled", name.this))
    columns = {column for table in tables.values() for column in table.every_column}
    return {name: min(ways) for name, ways in found.items() if len(ways) == 1 and name not in columns}


def first_select(tree: exp.Expr) -> exp.Select:
    """The SELECT that names the outputs of a set operation."""
    while not isinstance(tree, exp.Select):
        if not isinstance(tree, exp.SetOperation | exp.Subquery):
            raise QueryRefused("A query may only be a SELECT.", "Write a SELECT on both sides of UNION.")
        tree = tree.this
    return tree


def output_aliases(tree: exp.Query) -> list[str]:
    """The names that the outputs are given with AS; every computed output must have one."""
    projections = first_select(tree).expressions
    for projection in projections:
        if not isinstance(projection, exp.Alias | exp.Column | exp.Star):
            raise QueryRefused("A computed column has no name.", "Name it: count(*) AS n.")
    return [part.alias for part in projections if isinstance(part, exp.Alias)]


def name_outputs(tree: exp.Query, names: Mapping[str, str], rules: DialectRules) -> None:
    """Give the outputs back the spelling that the program expects, and whatever speaks of them with it."""
    first = first_select(tree)
    if not rules.folds_to_one_case:
        for column in list(tree.find_all(exp.Column)):
            if not column.table and column.name in names and _speaks_of(column, tree, first):
                column.this.set("this", names[column.name])
    for projection in first.expressions:
        if isinstance(projection, exp.Alias) and projection.alias in names:
            projection.args["alias"].set("this", names[projection.alias])


def _speaks_of(column: exp.Column, tree: exp.Query, first: exp.Select) -> bool:
    """Whether a bare name, after resolution, is an output of the whole query: of its first SELECT or its union."""
    return column.parent_select in (first, None) or (tree is not first and column.parent_select is tree)


def require_alias_use(tree: exp.Query, rules: DialectRules, tables: Mapping[str, TableSchema]) -> None:
    """Refuse the name of an output where the engine does not read it, or might read a column of that name instead."""
    for select in tree.find_all(exp.Select):
        made = {
            part.alias
            for part in select.expressions
            if isinstance(part, exp.Alias) and not (isinstance(part.this, exp.Column) and part.this.name == part.alias)
        }
        if rules.name != "duckdb":
            _check_ordinals(select, rules)
        if not made and not select.args.get("having"):
            continue
        sources = _sources(select, tables)
        for column in list(select.find_all(exp.Column)):
            if not column.table and column.parent_select is select:
                if column.name in made:
                    _check_use(column, select, sources, rules)
                elif _clause(column, select) == "having":  # the resolver looks there last, in some dialects not at all
                    _set_table(column, sources)


def _check_ordinals(select: exp.Select, rules: DialectRules) -> None:
    group = select.args.get("group")
    if (
        group is not None
        and not rules.own.ordinals
        and any(isinstance(part, exp.Literal) for part in group.expressions)
    ):
        raise QueryRefused("GROUP BY needs a column, not its place.", "Write the expression again in GROUP BY.")


def _check_use(column: exp.Column, select: exp.Select, sources: _Sources, rules: DialectRules) -> None:
    clause = _clause(column, select)
    having = [alias for alias, columns in sources.items() if columns is None or column.name in columns]
    if clause == "distinct" and rules.name == "postgres" and having:
        raise _two_meanings(column.name)  # DISTINCT ON reads the output, as ORDER BY does
    if clause == "order":
        if having and not (isinstance(column.parent, exp.Ordered) and column.parent.parent is select.args["order"]):
            raise _two_meanings(column.name)
    elif rules.name == "duckdb":
        return  # it reads the name everywhere else, and which comes first is the resolver's rule, too
    elif clause in rules.own.alias_in:
        if having and clause in rules.own.alias_first:
            raise _two_meanings(column.name)
    elif not having:
        raise QueryRefused(
            f"{spelled(column)} is the name of an output, which {_CLAUSES.get(clause, clause.upper())} can't use.",
            "Write the expression again there, or nest the query: SELECT … FROM (SELECT …) q WHERE ….",
        )
    else:
        _set_table(column, sources)


def _set_table(column: exp.Column, sources: _Sources) -> None:
    """Where the engine reads a column, so do we; one that several tables have stays bare, and is refused."""
    having = [alias for alias, columns in sources.items() if columns is None or column.name in columns]
    if len(having) == 1 and sources[having[0]] is not None:
        column.set("table", exp.to_identifier(having[0], quoted=True))


def _clause(node: exp.Expr, select: exp.Select) -> str:
    while node.parent is not select and node.parent is not None:
        node = node.parent
    return node.arg_key or ""


def _sources(select: exp.Select, tables: Mapping[str, TableSchema]) -> _Sources:
    """The columns of each part of its FROM by alias, None where a star of a nested query hides them."""
    found: _Sources = {}
    from_ = select.args.get("from_")
    for source in [*([from_.this] if from_ else []), *(join.this for join in select.args.get("joins") or ())]:
        if isinstance(source, exp.Table) and source.db:
            columns = set(tables[f"{source.db}.{source.name}"].columns)
        elif isinstance(source, exp.Subquery):
            columns = set(source.this.named_selects)
        else:
            columns = _named_query_outputs(select, source.name)
        found[source.alias_or_name] = None if "*" in columns else frozenset(columns)
    return found


def _named_query_outputs(select: exp.Select, name: str) -> set[str]:
    node: exp.Expr | None = select
    while node is not None:
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ else ():
            if cte.alias == name:
                return set(cte.this.named_selects)
        node = node.parent
    return {"*"}


def _two_meanings(name: str) -> QueryRefused:
    return QueryRefused(f"The name {name} is an output and a column at once.", "Give the output another name.")
