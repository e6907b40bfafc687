"""A dictionary pack as facts: what one file says of the tables of a kind of database."""

from __future__ import annotations

import msgspec

from sandbox.checks.facts import Derivation, Given
from sandbox.dictionary.model import ColumnClass, Told


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base: frozen, named fields only, unknown fields refused."""


class PackColumn(_Part, frozen=True):
    """What the pack says of a column; what it leaves out stays as looking at the source found it.

    `joins` is the `table.column` of the same pack whose keys it holds. `values` are for whoever reads the pack: what
    is told is counted in each source anew.
    """

    column_class: ColumnClass | None = msgspec.field(name="class", default=None)
    told: Told | None = None
    given: Given | None = None
    derivation: Derivation | None = None
    domain: str = ""
    description: str = ""
    joins: str = ""
    values: tuple[str, ...] = ()


class PackTable(_Part, frozen=True):
    """One table under its usual name. `order` says by which columns its rows follow each other in time."""

    description: str = ""
    grain: str = ""
    order: str = ""
    conventions: tuple[str, ...] = ()
    reference: bool | None = None
    columns: dict[str, PackColumn] = {}


class Pack(_Part, frozen=True):
    """A whole pack.

    `facts_from` says where its facts are from. A table of a source is the pack's when its name is one of the pack's
    (any case, with one of `prefixes` before it and one of `suffixes` behind it) and at least `least_share` of the
    columns that the pack knows of it are there.
    """

    name: str
    version: str
    title: str
    about: str
    facts_from: str
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    least_share: float = 0.6
    tables: dict[str, PackTable] = {}

    @property
    def says(self) -> str:
        """The evidence on a column that the pack decided."""
        return f"the pack {self.title} says so"
