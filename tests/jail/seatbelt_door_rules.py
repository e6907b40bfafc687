"""What a door's Seatbelt profile may allow beside reading code, by rules that know nothing of how it was made.

    door_objections(read(text), Kept(ports=(443,), processes=True))     # sentences; empty for a door that keeps to it

What is not one of these few forms, word for word, is judged as a jail's rule is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seatbelt_rules import Form, filters, objections

_MADE = ({"REGULAR-FILE"}, {"DIRECTORY"})
_WRITING = {"file-write-data", "file-write-unlink"}


@dataclass(frozen=True)
class Kept:
    """What this door is for."""

    ports: tuple[int, ...] = ()
    inet: bool = False
    unix: bool = False
    processes: bool = False


def door_objections(rules: list[Form], kept: Kept) -> list[str]:
    """What of the profile is more than reading code and what the door keeps."""
    others = [rule for rule in rules[2:] if not _is_of_a_door(rule, kept)]
    return [*objections(rules[:2] + others), *_misused(others), *_lacks(rules)]


def _is_of_a_door(rule: Form, kept: Kept) -> bool:
    does = {word for word in rule[1:] if isinstance(word, str)}
    given = [part for part in rule if isinstance(part, list)]
    if rule[0] != "allow":
        return False
    if does == {"process-fork"} or does == {"process-exec"}:
        return kept.processes and (bool(given) != ("process-fork" in does)) and all(map(_is_started, given))
    if not given:
        return False
    if does == {"signal", "process-info-rusage"}:
        return given == [["target", "children"]]
    if does == {"network-outbound"}:
        return all(_is_for(one, kept) for one in given)
    if does == {"file-write-create"}:
        return all(_is_made(one) for one in given)
    if does == {"file-read*"}:
        return all(_is_place(one, "READ_") for one in given)
    if does <= _WRITING | {"file-read*"} and does & _WRITING:
        nowhere = [["literal", '"/dev/null']]
        return all(_is_place(one, "WRITE_") for one in given) or (does == {"file-write-data"} and given == nowhere)
    return False


def _misused(rules: list[Form]) -> Iterator[str]:
    """A jail has no parameters of these names: they are data, and not code to be mapped or executed."""
    for rule in rules:
        for _, value in filters(rule):
            if value.startswith(("$READ_", "$WRITE_", "$LINK_", "$RESOLVER")) and rule[1] != "file-read-metadata":
                yield f"{rule[1:]} is no use of {value}"


def _is_place(one: Form | str, kind: str) -> bool:
    return (
        len(one) == 2
        and one[0] in ("literal", "subpath")
        and isinstance(one[1], list)
        and one[1][0] == "param"
        and str(one[1][1]).startswith('"' + kind)
    )


def _is_started(one: Form | str) -> bool:
    return one[0] == "literal" and _is_place(one, "START_")


def _is_made(one: Form | str) -> bool:
    if one[0] != "require-all" or len(one) != 3:
        return False
    place, kind = one[1], one[2]
    return _is_place(place, "WRITE_") and kind[0] == "vnode-type" and set(kind[1:]) in _MADE


def _is_for(one: Form | str, kept: Kept) -> bool:
    if one == ["remote", "unix-socket"]:
        return kept.unix
    if one == ["literal", ["param", '"RESOLVER']]:
        return kept.inet
    return kept.inet and one in [["remote", "tcp", f'"*:{port}'] for port in kept.ports]


def _lacks(rules: list[Form]) -> Iterator[str]:
    """A door that can't end its jails, or measure them for their watch, leaves them running or kills them."""
    if ["allow", "signal", "process-info-rusage", ["target", "children"]] not in rules:
        yield "its children are out of its hands"
