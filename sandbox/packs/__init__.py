"""Dictionary packs: what is known of a kind of database, as files that people read, sign and share.

    pack = read_pack(Path("omop-cdm-5.4.toml").read_bytes(), "omop-cdm-5.4.toml")
    table = applied(pack, proposed)              # or the same table, where the pack has none of that name and shape

A pack gives class, told, given, description, joins, grain, order and conventions of tables. It never loosens what
values showed to be a direct identifier or a secret, and a decision of the reviewer outranks it.
"""

from .applying import applied, apply_packs, shown_by_values
from .model import Pack, PackColumn, PackTable
from .reading import read_pack
from .shipped import shipped_pack, shipped_packs
from .writing import pack_toml

__all__ = [
    "Pack",
    "PackColumn",
    "PackTable",
    "applied",
    "apply_packs",
    "pack_toml",
    "read_pack",
    "shipped_pack",
    "shipped_packs",
    "shown_by_values",
]
