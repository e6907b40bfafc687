"""A bundle names who signed it; that name is no patient's, and everything around it is still looked at."""

from __future__ import annotations

import json

import pytest

from sandbox.drafting.inspection import Hit
from sandbox.drafting.recognisers import Recognisers
from sandbox.exports.bundling import without


def recognise(text: str) -> list[Hit]:
    return list(Recognisers.load().find(text))


NAMES = ("Dr. Ann O'Neill", "Anna Schmidt", "Jürgen Müller")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_signers_name_is_no_patient(name: str, ascii_only: bool) -> None:
    text = json.dumps({"meaning": "I have reviewed this program.", "reviewer": name}, ensure_ascii=ascii_only)
    assert "the reviewer" in without(text, name)
    assert not recognise(without(text, name))


def test_the_name_is_flagged_when_it_is_not_taken_out() -> None:
    assert any(recognise(json.dumps({"reviewer": name})) for name in NAMES)


def test_a_patient_beside_the_signer_is_still_found() -> None:
    text = "Reviewed by Anna Schmidt. Patient: Gisela Pfeiffer, MRN 4711234."
    assert recognise(without(text, "Anna Schmidt"))
