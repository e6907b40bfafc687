"""The rules for columns of an export are data whose examples hold, and broken rules are refused."""

from __future__ import annotations

import pytest

from sandbox.exports import _columns


def test_every_example_in_the_rules_holds() -> None:
    rules = _columns.rules()
    assert [kind for kind, _ in rules.kinds] == ["key", "group", "extreme", "share", "measure"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Readmitted within 30 days", None),
        ("readmitted", None),
        ("index stays", None),
        ("Rate (%)", "share"),
        ("admit_month", "group"),
        ("PAT_ID", "key"),
        ("encounter-key", "key"),
        ("person years", None),
    ],
)
def test_names_people_use_are_read_as_meant(name: str, kind: str | None) -> None:
    assert _columns.rules().kind_of_name(name) == kind


def test_an_example_that_does_not_hold_stops_the_loading() -> None:
    with pytest.raises(ValueError, match="does not hold: x"):
        _columns._expect(False, "x")
