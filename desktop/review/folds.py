"""Which sections of the evidence are folded, kept between two starts in the desk's own small file."""

from __future__ import annotations

import msgspec

from desktop.kept import Kept, kept_path

_PREFIX = "review."


def read_folded() -> frozenset[str]:
    """The keys of the sections that were folded."""
    return frozenset(key.removeprefix(_PREFIX) for key in Kept.read(kept_path()).folded if key.startswith(_PREFIX))


def write_folded(key: str, is_folded: bool) -> None:
    """Keep that this section is folded, or is not."""
    path = kept_path()
    kept = Kept.read(path)
    others = tuple(one for one in kept.folded if one != _PREFIX + key)
    msgspec.structs.replace(kept, folded=(*others, _PREFIX + key) if is_folded else others).write(path)
