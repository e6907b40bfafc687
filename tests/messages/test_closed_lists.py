"""What may be said between processes is a closed list, and none of it can carry rows to the drafting session."""

from __future__ import annotations

import types
import typing

import msgspec
import pytest

from sandbox.messages import data_door, desk, model_door

HARMLESS = {str, int, float, bool}


def members(union: object) -> tuple[type[msgspec.Struct], ...]:
    return typing.get_args(union)


def leaves(annotation: object) -> set[object]:
    """The types at the ends of an annotation: what a field can really hold."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        hints = typing.get_type_hints(annotation)
        return set().union(*(leaves(hints[field]) for field in annotation.__struct_fields__))
    arguments = [one for one in typing.get_args(annotation) if one is not ...]
    if typing.get_origin(annotation) in (tuple, dict, types.UnionType, typing.Union):
        return set().union(*(leaves(one) for one in arguments))
    return {annotation}


def test_nothing_that_goes_to_the_drafting_session_can_carry_rows() -> None:
    assert {one.__name__ for one in members(desk.ToDrafting)} == {
        "Ask", "Comments", "Answer", "FailureReport", "Cancel", "End",
    }  # fmt: skip
    assert set().union(*(leaves(one) for one in members(desk.ToDrafting))) <= HARMLESS


def test_the_rule_would_notice_rows() -> None:
    class Leak(msgspec.Struct):
        table: list[dict[str, typing.Any]]

    assert not leaves(Leak) <= HARMLESS


@pytest.mark.parametrize(
    "union",
    [
        desk.ToDrafting,
        desk.FromDrafting,
        desk.ToRunning,
        desk.FromRunning,
        model_door.FromAgent,
        model_door.ToAgent,
        data_door.FromProgram,
        data_door.ToProgram,
    ],
)
def test_every_message_has_a_tag_of_its_own_and_refuses_unknown_fields(union: object) -> None:
    tags = [one.__struct_config__.tag for one in members(union)]
    assert len(set(tags)) == len(tags)
    for one in members(union):
        assert one.__struct_config__.frozen and one.__struct_config__.forbid_unknown_fields
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b'{"type":"%s","surprise":1}' % str(one.__struct_config__.tag).encode(), type=union)
