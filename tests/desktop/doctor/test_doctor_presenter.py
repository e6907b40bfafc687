"""The doctor shows what was found last, tries again only when asked, and says what it found in words."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes import FakeDesk

import sandbox.jail
from desktop.doctor.presenter import DoctorPresenter
from desktop.doctor.probe_words import ROLES, WORDS, way_out, who
from desktop.doctor.told import EVERYBODY, inside_words, outside_words, shown
from sandbox.errors import JailRefused, StorageFault
from sandbox.jail.probes import PROBES
from sandbox.jail.profile import Role
from sandbox.jail.proving_ground import PROVED_DOORS
from sandbox.jail.selftest import STARTED_BEHIND_DOOR, behind_its_door
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.settings import DoctorReport, Finding, Probe, ReadDoctor, RunDoctor

REPORT = DoctorReport(
    ok=True,
    sentence="All 3 ways out are blocked.",
    findings=(
        Finding(name="Keyring", ok=True, sentence="It answers."),
        Finding(name="Disk", ok=False, sentence="Little room is left.", advice="Free some space."),
    ),
    probes=(
        Probe(name="read_home", role="agent", outside="allowed", inside="blocked: EACCES", held=True),
        Probe(name="tcp", role="agent", outside="allowed", inside="blocked: EPERM", held=True),
        Probe(name="read_home", role="program", outside="allowed", inside="blocked: EACCES", held=True),
    ),
    layers={"agent": {"seccomp": "on", "landlock": "6"}},
    kernel="6.8.0",
    landlock=6,
    seconds=7.25,
    tested_at="2026-01-02T03:04:05Z",
)
LEAKING = msgspec.structs.replace(
    REPORT,
    ok=False,
    sentence="read_home works inside the jail of agent.",
    probes=(Probe(name="read_home", role="agent", outside="allowed", inside="allowed", held=False),),
)

UNTRIED = msgspec.structs.replace(REPORT, ok=False, probes=(), tested_at="")


class View:
    def __init__(self) -> None:
        self.reports: list[Any] = []
        self.progress: list[Progress | None] = []
        self.problems: list[Any] = []

    def show_report(self, report: Any) -> None:
        self.reports.append(report)

    def say_progress(self, progress: Progress | None) -> None:
        self.progress.append(progress)

    def show_problem(self, problem: Any) -> None:
        self.problems.append(problem)

    def clear_problem(self) -> None:
        self.problems.clear()


class Arrived:
    def __init__(self, kept: Any) -> None:
        self.desk = FakeDesk()
        self.view = View()
        self.presenter = DoctorPresenter(self.view, self.desk)
        self.desk.asks.answers = {ReadDoctor: kept, RunDoctor: REPORT}
        self.presenter.arrive({})
        self.desk.asks.answer_all()


def test_the_kept_report_is_shown_and_nothing_is_tried() -> None:
    arrived = Arrived(REPORT)
    assert arrived.view.reports[0].verdict == "Isolation holds on this computer"
    assert not arrived.desk.asks.of(RunDoctor)
    arrived.presenter.arrive({})
    assert len(arrived.desk.asks.given) == 1


def test_what_was_never_tried_is_not_said_to_have_failed() -> None:
    arrived = Arrived(UNTRIED)
    assert arrived.view.reports[0].verdict == "Not tried on this computer yet"
    assert arrived.view.reports[0].tone == "warn"
    arrived.presenter.arrive({})
    assert len(arrived.desk.asks.of(ReadDoctor)) == 2


def test_a_report_that_can_not_be_read_is_a_problem() -> None:
    assert Arrived(StorageFault("It can't be read.")).view.problems


def test_trying_again_says_how_far_it_is_and_shows_the_new_report() -> None:
    arrived = Arrived(LEAKING)
    arrived.presenter.run()
    arrived.presenter.run()
    assert len(arrived.desk.asks.of(RunDoctor)) == 1
    assert arrived.desk.busy_with["doctor"]
    arrived.desk.asks.tell_progress(Progress(sentence="The agent's jail", done=1, of=7))
    assert arrived.view.progress[-1] == Progress(sentence="The agent's jail", done=1, of=7)
    arrived.desk.asks.answer_all()
    assert arrived.view.progress[-1] is None
    assert [report.tone for report in arrived.view.reports] == ["bad", "good"]
    assert arrived.desk.told == [REPORT.sentence]
    assert not arrived.desk.busy_with


def test_a_trial_that_can_not_be_made_says_why_and_can_be_repeated() -> None:
    arrived = Arrived(UNTRIED)
    arrived.desk.asks.answers[RunDoctor] = JailRefused("Isolation on 'darwin' has not been verified.")
    for _ in range(2):
        arrived.presenter.run()
        arrived.desk.asks.answer_all()
    assert len(arrived.desk.asks.of(RunDoctor)) == 2
    assert arrived.view.problems
    assert arrived.view.progress[-1] is None


def test_the_verdict_tells_a_leak_from_other_trouble() -> None:
    assert shown(LEAKING).tone == "bad"
    other = shown(msgspec.structs.replace(REPORT, ok=False))
    assert (other.tone, other.verdict) == ("warn", "Isolation holds, but something else needs you")
    nothing = shown(msgspec.structs.replace(REPORT, ok=False, probes=()))
    assert (nothing.tone, nothing.roles) == ("bad", ())


def test_what_needs_the_reviewer_comes_first() -> None:
    assert [finding.name for finding in shown(REPORT).findings] == ["Disk", "Keyring"]
    leak = msgspec.structs.replace(REPORT, probes=(*REPORT.probes, *LEAKING.probes))
    assert [way.held for way in shown(leak).ways_out] == [False, True, True, True]


def test_advice_is_seen_before_what_needs_nothing_and_changes_no_verdict() -> None:
    slower = Finding(name="Start", ok=True, sentence="It is slower than it could be.", advice="Compile.")
    found = shown(msgspec.structs.replace(REPORT, findings=(*REPORT.findings, slower)))
    assert [finding.name for finding in found.findings] == ["Disk", "Start", "Keyring"]
    assert (found.tone, found.verdict) == ("good", "Isolation holds on this computer")


def test_ways_out_are_counted_for_each_role_and_for_all() -> None:
    roles = shown(REPORT).roles
    assert [(role.id, role.tried, role.held) for role in roles] == [
        (EVERYBODY, 3, 3),
        ("agent", 2, 2),
        ("program", 1, 1),
    ]
    assert roles[1].layers == (("landlock", "6"), ("seccomp", "on"))
    assert shown(LEAKING).roles[0].held == 0


def test_every_way_out_has_an_id_of_its_own() -> None:
    ways = shown(REPORT).ways_out
    assert len({way.id for way in ways}) == len(ways)


def test_every_probe_and_every_role_of_the_engine_has_words() -> None:
    """Those of every system: the report of another one may be shown as well."""
    folder = Path(str(sandbox.jail.__file__)).parent
    back_ends = [import_module(f"sandbox.jail.{path.parent.name}.backend") for path in folder.glob("*/backend.py")]
    assert {"linux", "macos", "windows"} <= {one.NAME for one in back_ends}
    probes = set(PROBES).union(*(one.MORE_PROBES for one in back_ends), *(one.PROBES or () for one in back_ends))
    assert set(WORDS) == probes
    assert len(set(WORDS.values())) == len(WORDS)
    behind = map(behind_its_door, STARTED_BEHIND_DOOR)
    assert set(ROLES) == {*Role, *behind, *(door.name for door in PROVED_DOORS)}


def test_a_new_probe_is_shown_by_its_own_name() -> None:
    assert way_out("open_moon_door") == "Open moon door"
    assert who("new_role") == "New role"


@pytest.mark.parametrize(
    ("outcome", "outside", "inside"),
    [
        ("allowed", "works", "gets out"),
        ("blocked: EPERM", "impossible here", "blocked (EPERM)"),
        ("unclear: EMFILE", "impossible here", "unclear (EMFILE)"),
    ],
)
def test_outcomes_are_said_in_words(outcome: str, outside: str, inside: str) -> None:
    assert outside_words(outcome) == outside
    assert inside_words(outcome) == inside
