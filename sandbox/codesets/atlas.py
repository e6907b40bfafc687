"""A concept set as ATLAS exports it: concepts with flags for their descendants and for being left out."""

from __future__ import annotations

import msgspec

from sandbox.errors import BadInput

_ADVICE = "Export the concept set from ATLAS as JSON, and bring that file."


class Concept(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a concept set."""

    id: str
    name: str = ""
    excluded: bool = False
    descendants: bool = False
    mapped: bool = False


class _About(msgspec.Struct):
    CONCEPT_ID: int | str
    CONCEPT_NAME: str | None = None


class _Item(msgspec.Struct):
    concept: _About
    isExcluded: bool = False
    includeDescendants: bool = False
    includeMapped: bool = False


class _Set(msgspec.Struct):
    items: list[_Item]


class _Wrapped(msgspec.Struct):
    expression: _Set


def read_concepts(data: bytes) -> tuple[Concept, ...]:
    """The concepts of the file, or `BadInput`. Whatever else stands in it is passed over without being kept."""
    found = _decoded(data)
    concepts = tuple(
        Concept(
            id=str(item.concept.CONCEPT_ID).strip(),
            name=" ".join((item.concept.CONCEPT_NAME or "").split()),
            excluded=item.isExcluded,
            descendants=item.includeDescendants,
            mapped=item.includeMapped,
        )
        for item in found.items
    )
    if not any(not one.excluded for one in concepts):
        raise BadInput("The concept set includes no concept.", _ADVICE)
    return concepts


def _decoded(data: bytes) -> _Set:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return msgspec.json.decode(data, type=_Set)
        except msgspec.ValidationError:
            return msgspec.json.decode(data, type=_Wrapped).expression
    except msgspec.ValidationError as problem:
        raise BadInput("The file is JSON, but no concept set of ATLAS.", _ADVICE) from problem
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise BadInput("The file is no JSON.", _ADVICE) from problem
    except RecursionError as problem:
        raise BadInput("The file is nested too deeply to be a concept set.", _ADVICE) from problem
