"""The published schemas are those of the code."""

from __future__ import annotations

import json

import pytest

from sandbox.records.kinds import Kind
from sandbox.records.schemas import PREDICATES, schema_file, schema_of_kind


@pytest.mark.parametrize("kind", sorted(PREDICATES))
def test_the_published_schema_is_that_of_the_code(kind: Kind) -> None:
    assert json.loads(schema_file(kind).read_text("utf-8")) == json.loads(json.dumps(schema_of_kind(kind)))


def test_every_kind_but_exports_has_a_schema() -> None:
    assert set(Kind) - set(PREDICATES) == {Kind.EXPORT}
