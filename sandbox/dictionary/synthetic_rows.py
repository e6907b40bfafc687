"""Made-up data for a dictionary, from the dictionary alone: nothing of a real row goes in.

    tables = synthetic(dictionary, seed=1, literals=("I50.21", "I50%"))
    tables["ehr.encounters"]        # pa.Table under dictionary names; tokens as int64, the rest as in the source

Keys join inside a domain, a patient has several events, they end after they begin and lie between birth
and death, codes come from what was signed. The same seed gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .model import Dictionary

if TYPE_CHECKING:
    import pyarrow as pa

EDGE_PATIENTS = 25


def synthetic(
    dictionary: Dictionary,
    seed: int,
    *,
    patients: int = 200,
    edge: bool = False,
    literals: Iterable[str | int | float] = (),
) -> dict[str, pa.Table]:
    """Every table of the dictionary filled with made-up rows, by `source.table`.

    `literals` are those of the program (SQL `LIKE` patterns included): where one of them is in a column's
    signed values or reference table, about a third of the rows carry it. `edge` gives the awkward data
    instead: empty tables, columns of nulls, duplicates, ties, the 29th of February.
    """
    from ._synthetic_maker import make_tables  # numpy and pyarrow, which the command line can do without

    return make_tables(dictionary, seed, EDGE_PATIENTS if edge else patients, edge, tuple(literals))
