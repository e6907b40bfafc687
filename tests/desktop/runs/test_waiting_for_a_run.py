"""A session is ready for what is on offer, and for nothing else."""

from __future__ import annotations

from runs_parts import APPROVAL, Screen

from desktop.runs.waiting import KEPT, LOOKED_AT
from sandbox.errors import ApprovalRefused
from sandbox.messages.desk import Prepare, Prepared, Ready, Run, RunBegan

READY = Ready(jails={})


def offered(screen: Screen) -> None:
    screen.arrive(approval=APPROVAL.id)
    screen.desk.clock.pass_by(LOOKED_AT)


def running(screen: Screen) -> int:
    return len([line for line in screen.desk.sessions.lines if line.kind == "running"])


def test_what_is_looked_at_is_prepared_and_not_run(screen: Screen) -> None:
    offered(screen)
    screen.session.hear(READY)
    screen.session.hear(Prepared())
    assert screen.session.sent == [Prepare(approval=APPROVAL.id)]
    assert screen.view.page == "show_offer"


def test_who_walks_past_an_offer_has_nothing_prepared(screen: Screen) -> None:
    screen.arrive(approval=APPROVAL.id)
    screen.presenter.choose_approval("")
    screen.desk.clock.pass_by(LOOKED_AT)
    assert running(screen) == 0


def test_the_run_is_given_to_the_session_that_waits(screen: Screen) -> None:
    offered(screen)
    screen.session.hear(READY)
    screen.session.hear(Prepared())
    screen.presenter.start()
    assert running(screen) == 1
    assert screen.session.sent == [Prepare(approval=APPROVAL.id), Run(approval=APPROVAL.id)]
    screen.session.hear(RunBegan(run="r-20260102-aaaaaa", seconds=0.02))
    assert screen.view.page == "show_progress"
    assert not screen.session.killed


def test_a_run_asked_for_before_the_session_is_up_is_given_to_it_when_it_is(screen: Screen) -> None:
    offered(screen)
    screen.presenter.start()
    assert screen.session.sent == []
    screen.session.hear(READY)
    assert screen.session.sent == [Run(approval=APPROVAL.id)]
    assert running(screen) == 1


def test_a_session_that_refused_what_it_prepared_says_nothing_and_a_fresh_one_runs(screen: Screen) -> None:
    offered(screen)
    screen.session.hear(READY)
    screen.session.hear(ApprovalRefused("The approval expired on 3 January 2026."))
    assert screen.view.page == "show_offer"
    screen.presenter.start()
    assert running(screen) == 2
    assert screen.session.sent == []


def test_leaving_the_offer_ends_the_session_that_waits(screen: Screen) -> None:
    for leave in (screen.presenter.leave, screen.presenter.lock, lambda: screen.presenter.choose_run("")):
        offered(screen)
        assert not screen.session.killed
        leave()
        assert screen.session.killed


def test_a_session_does_not_wait_for_ever(screen: Screen) -> None:
    offered(screen)
    screen.session.hear(READY)
    screen.desk.clock.pass_by(KEPT)
    assert screen.session.killed
    screen.presenter.start()
    assert running(screen) == 2
