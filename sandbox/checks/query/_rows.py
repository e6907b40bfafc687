"""Which rows of a table a query may see: the conditions of row scopes and exclusions, for its narrowing.

    rows = Rows(schema, grant.rows, exclusions, "duckdb")
    rows.conditions("ehr.labs")         # one expression each, on the physical columns of the table `t`
    rows.looked, rows.keys              # the tables they look into, the temporary tables they need

They stand inside the innermost projection of every reference of the table, so no form of query can go around them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from sandbox.checks.exclusions import Route, domain_of, reaches, routes
from sandbox.checks.facts import ColumnSchema, Exclusion, KeyList, KeyRelation, RowScope, Schema, TableSchema
from sandbox.checks.query._condition import bound_condition, read_condition
from sandbox.checks.query._narrow import cohort_name, identifier, physical_table
from sandbox.errors import QueryRefused

_NARROWED = "t"  # the alias of a table inside its projection
_LOOKED_INTO = "x"  # the alias of another one inside a condition; everything there is qualified


class Rows:
    """Builds the conditions for one query, and remembers what they need."""

    def __init__(
        self,
        schema: Schema,
        scopes: Mapping[str, tuple[RowScope, ...]],
        exclusions: Iterable[Exclusion],
        dialect: str,
    ) -> None:
        self._schema = schema
        self._scopes = scopes
        self._exclusions = tuple(exclusions)
        self._dialect = dialect
        self.looked: dict[str, TableSchema] = {}
        self.keys: dict[str, KeyRelation] = {}

    def conditions(self, table: str) -> list[exp.Expr]:
        """All that must hold of a row of `table`. A NULL on the way leaves the row out."""
        facts = self._facts(table)
        scopes = [self._scope(scope, table, facts) for scope in self._scopes.get(table, ())]
        domains = {domain_of(one, self._schema) for one in self._exclusions if reaches(one, table, self._schema)}
        return [
            *scopes,
            *(
                condition
                for domain in sorted(domain for domain in domains if domain is not None)
                for condition in self._exclude(table, domain)
            ),
        ]

    # Row scopes.

    def _scope(self, scope: RowScope, table: str, facts: TableSchema) -> exp.Expr:
        if scope.keys is None:
            return self._condition(scope.condition, scope.columns, table, facts, _NARROWED)
        column = facts.every_column.get(scope.key)
        if column is None or (column.key == "none" and not column.identifies) or scope.condition:
            raise QueryRefused(f"The rows of {table} are scoped by {scope.key}, which is no key there.")
        return self._listed(scope.keys, table, scope.key, _column(scope.key, column, _NARROWED))

    def _condition(
        self, condition: str, signed: tuple[str, ...], table: str, facts: TableSchema, alias: str
    ) -> exp.Expr:
        tree, columns = read_condition(condition, table, facts, self._dialect)
        if columns != signed:
            raise QueryRefused(f"A condition on {table} reads other columns than were signed for.", "Sign it again.")
        return bound_condition(tree, facts, lambda name, column: _column(name, column, alias))

    def _listed(self, keys: KeyList, table: str, column: str, value: exp.Expr) -> exp.In:
        """`value IN (SELECT k …)`; a list is brought in the type of each column that it is compared with."""
        name = cohort_name(f"{len(self.keys)}_listed_keys", self._dialect)
        wanted = KeyRelation(list=keys.name, table=table, column=column)
        name = next((known for known, relation in self.keys.items() if relation == wanted), name)
        self.keys[name] = wanted
        found = exp.Select(expressions=[exp.Column(this=identifier("k"))]).from_(
            exp.Table(this=identifier(name)), copy=False
        )
        return exp.In(this=value, query=found.subquery(copy=False))

    # Exclusions. A row is out when one of its patients is, and when nothing tells whose it is.

    def _exclude(self, table: str, domain: str) -> list[exp.Expr]:
        ways = routes(table, domain, self._schema)
        facts = self._facts(table)
        free = [self._free(way, facts, domain, table.partition(".")[0]) for way in ways]
        return [*free, _any_of([self._known(way, facts, _NARROWED) for way in ways])]

    def _free(self, way: Route, facts: TableSchema, domain: str, source: str) -> exp.Expr:
        """The patient (or event) of this column is not among the excluded; where it is NULL another may tell."""
        value = _column(way.column, facts.every_column[way.column], _NARROWED)
        out = _any_of(self._out(way, facts, domain, source, _NARROWED))
        return exp.Paren(this=exp.Or(this=_is_null(value), expression=exp.Not(this=out)))

    def _out(self, way: Route, facts: TableSchema, domain: str, source: str, alias: str) -> list[exp.Expr]:
        value = _column(way.column, facts.every_column[way.column], alias)
        if not way.through:
            mine = [one for one in self._exclusions if one.source == source]
            return [self._excluded(one, value.copy()) for one in mine if domain_of(one, self._schema) == domain]
        there = self._facts(way.through)
        found = [out for further in way.further for out in self._out(further, there, domain, source, _LOOKED_INTO)]
        return [exp.In(this=value, query=self._select(way.through, way.to, _any_of(found)))]

    def _excluded(self, one: Exclusion, value: exp.Expr) -> exp.Expr:
        """The key `value` is of a patient who is out by this exclusion."""
        facts = self._facts(one.table)
        if one.keys is None:
            condition = self._condition(one.condition, one.columns, one.table, facts, _LOOKED_INTO)
            return exp.In(this=value, query=self._select(one.table, one.key, condition))
        if one.identifier == one.key:
            return self._listed(one.keys, one.table, one.key, value)
        column = facts.every_column.get(one.identifier)
        if column is None or one.condition:
            raise QueryRefused(f"An exclusion names {one.identifier}, which {one.table} has not any more.")
        listed = self._listed(one.keys, one.table, one.identifier, _column(one.identifier, column, _LOOKED_INTO))
        return exp.In(this=value, query=self._select(one.table, one.key, listed))

    def _known(self, way: Route, facts: TableSchema, alias: str) -> exp.Expr:
        """Something tells whose row it is."""
        value = _column(way.column, facts.every_column[way.column], alias)
        if not way.through:
            return exp.Not(this=_is_null(value))
        there = self._facts(way.through)
        known = _any_of([self._known(further, there, _LOOKED_INTO) for further in way.further])
        return exp.In(this=value, query=self._select(way.through, way.to, known))

    def _select(self, table: str, column: str, condition: exp.Expr) -> exp.Subquery:
        """`(SELECT column FROM table WHERE condition)` without NULL, which would make every NOT IN unknown."""
        facts = self._facts(table)
        self.looked[table] = facts
        place = physical_table(table, facts)
        place.set("alias", exp.TableAlias(this=identifier(_LOOKED_INTO)))
        value = _column(column, facts.every_column[column], _LOOKED_INTO)
        select = exp.Select(expressions=[value]).from_(place, copy=False)
        return select.where(condition, exp.Not(this=_is_null(value.copy())), copy=False).subquery(copy=False)

    def _facts(self, table: str) -> TableSchema:
        facts = self._schema.table(table)
        if facts is None:
            raise QueryRefused(f"An exclusion needs {table}, which is not in the signed dictionary any more.")
        return facts


def _column(name: str, column: ColumnSchema, alias: str) -> exp.Column:
    return exp.Column(this=identifier(column.physical or name), table=identifier(alias))


def _is_null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value.copy(), expression=exp.Null())


def _any_of(conditions: list[exp.Expr]) -> exp.Expr:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = exp.Or(this=whole, expression=condition)
    return exp.Paren(this=whole)
