"""The query check: a query is understood whole, checked against the grant, and narrowed, or refused.

    checked = check_query("SELECT pat_id FROM ehr.encounters WHERE los > :days", schema, grant)
    source.read(checked.narrowed, {"days": 3}, {})

Only `checked.narrowed` ever reaches a database; the program's own text is never executed. The closed list of
syntax and functions is data: `resources/rules/sql.toml`, and `sql/DIALECT.toml` for each of the six dialects.
"""

from sandbox.checks.query._check import check_query
from sandbox.checks.query._condition import check_condition

__all__ = ["check_condition", "check_query"]
