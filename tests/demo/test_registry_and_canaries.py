"""The registry knows some of the hospital's patients by other numbers; canaries cover what identifies people."""

from __future__ import annotations

from typing import Any

import numpy as np
from demo_parts import LOGIN, reading

from resources.demo.canaries import canaries, distinctive
from resources.demo.hospital import is_demo_source
from resources.demo.registry import misspelt


def test_the_registry_shares_people_but_no_numbers(demo: Any, hospital: Any) -> None:
    known = {row[0] for row in hospital.execute("SELECT pat_id FROM PATIENT").fetchall()}
    assert len(demo.registry.matches) > 50
    assert set(demo.registry.matches.values()) <= known
    with reading(demo.registry.path) as registry:
        ids = [row[0] for row in registry.execute("SELECT hfr_id FROM hf_participant").fetchall()]
        assert len(ids) == len(set(ids)) > len(demo.registry.matches)
        assert registry.execute(
            "SELECT count(*) FROM hf_visit WHERE hfr_id NOT IN (SELECT hfr_id FROM hf_participant)"
        ).fetchone() == (0,)
    assert not set(canaries(demo.registry.path, LOGIN)) & {str(number) for number in known}
    assert is_demo_source(demo.registry.path, LOGIN)


def test_some_names_are_spelt_otherwise_and_most_are_not(demo: Any, hospital: Any) -> None:
    names = dict(hospital.execute("SELECT pat_id, PAT_LAST_NAME FROM PATIENT").fetchall())
    with reading(demo.registry.path) as registry:
        there = dict(registry.execute("SELECT hfr_id, family_nm FROM hf_participant").fetchall())
    same = [there[theirs] == names[ours] for theirs, ours in demo.registry.matches.items()]
    assert 0.75 < np.mean(same) < 1.0


def test_a_slip_of_the_keyboard_changes_at_most_a_letter_or_two() -> None:
    random = np.random.default_rng(0)
    for name in ("Li", "Ng", "Eze", "García", "Kamakawiwoʻole"):
        for _ in range(20):
            assert abs(len(misspelt(random, name)) - len(name)) <= 1


def test_canaries_hold_every_identifier_of_every_patient(demo: Any, hospital: Any) -> None:
    found = set(canaries(demo.hospital.path, LOGIN))
    rows = hospital.execute(
        "SELECT PAT_FIRST_NAME, PAT_LAST_NAME, PAT_FIRST_NAME || ' ' || PAT_LAST_NAME, PAT_MRN_ID, SSN, HOME_PHONE, "
        "EMAIL_ADDRESS, ADD_LINE_1, pat_id::VARCHAR FROM PATIENT"
    ).fetchall()
    assert {value for row in rows for value in row if value} <= found


def test_every_note_holds_a_canary(demo: Any, hospital: Any) -> None:
    found = distinctive(canaries(demo.hospital.path, LOGIN))
    names = [canary for canary in found if " " in canary or "," in canary]
    notes = hospital.execute("SELECT NOTE_TEXT FROM clin_note USING SAMPLE 40 ROWS (reservoir, 1)").fetchall()
    assert all(any(name in text for name in names) for (text,) in notes)


def test_distinctive_canaries_do_not_turn_up_in_innocent_text() -> None:
    kept = distinctive(
        ["May", "Li", "Young", "Parkinson", "Villaseñor", "1234567", "4000112648", "Bob May", "E00120567"]
    )
    assert kept == ["Villaseñor", "4000112648", "Bob May", "E00120567"]
