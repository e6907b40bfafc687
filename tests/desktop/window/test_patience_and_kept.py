"""What is late is said; what the desk keeps of itself survives damage."""

from __future__ import annotations

from pathlib import Path

from fakes import FakeClock

from desktop.kept import Kept
from desktop.patience import LONGER, PATIENT_FOR, Patience


class Waits:
    def __init__(self) -> None:
        self.answer = ("", 0.0)

    def waiting_longest(self) -> tuple[str, float]:
        return self.answer


def told_after(order: str, seconds: float) -> list[str]:
    waits, clock, told = Waits(), FakeClock(), []
    Patience(waits, clock, told.append).watch()
    waits.answer = (order, seconds)
    clock.pass_by(2.0)
    waits.answer = ("", 0.0)
    clock.pass_by(4.0)
    return told


def test_a_late_answer_is_said_and_taken_back_once_it_has_come() -> None:
    told = told_after("ListRuns", PATIENT_FOR)
    assert "has not answered" in told[0] and told[1:] == [""]


def test_work_that_takes_long_by_its_nature_is_not_late_so_soon() -> None:
    assert told_after("LookAt", PATIENT_FOR + 1) == []
    assert told_after("LookAt", LONGER)


def test_what_is_kept_comes_back_and_damage_is_as_good_as_nothing(tmp_path: Path) -> None:
    path = tmp_path / "preceptor" / "desk.json"
    assert Kept.read(path) == Kept()
    Kept(last_root="/somewhere").write(path)
    assert Kept.read(path).last_root == "/somewhere"
    path.write_bytes(b"\x00 not json")
    assert Kept.read(path) == Kept()


def test_a_place_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    Kept().write(tmp_path / "file" / "desk.json")
    (tmp_path / "desk.json").mkdir()  # as a full disk: the file itself can't be put there
    Kept().write(tmp_path / "desk.json")


def test_every_screen_says_which_keys_it_takes() -> None:
    from desktop.navigation import SCREENS
    from desktop.shortcuts import shortcuts_of

    assert all(shortcuts_of(name) for name in SCREENS)
