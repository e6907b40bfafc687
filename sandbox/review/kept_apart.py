"""No two tables of a source are called the same, nor two columns of a table: what is new makes way for what was named.

    kept_apart({"grade": "note", "note": "note"}, {"grade": "note"})  ->  {"note": "note_2"}

A decision is kept by the name of its column. A new column that took the name would take the decision with it, and
what was opened for a grade would be given of a free text.
"""

from __future__ import annotations

from collections.abc import Mapping


def kept_apart(
    now: Mapping[str, str], given: Mapping[str, str], former: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The numbered names of those that must change. All three go by the name that looking gives, but `former`.

    `given` are the names of an earlier look, also of what is gone since: it may come back. `former` has by the name
    that a table had once which table that was; its envelope may still be signed under it.
    """
    taken: dict[str, str] = {}
    for original, name in given.items():
        taken.setdefault(name, original)
    for name, original in (former or {}).items():
        taken.setdefault(name, original)
    first = {name: original for original, name in now.items() if taken.get(name) == original}
    changed: dict[str, str] = {}
    for original in sorted(now, key=lambda one: first.get(now[one]) != one):
        name, number = now[original], 2
        while (name != now[original] and name in now.values()) or taken.setdefault(name, original) != original:
            name, number = f"{now[original]}_{number}", number + 1
        if name != now[original]:
            changed[original] = name
    return changed
