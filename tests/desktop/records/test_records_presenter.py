"""What the screen *Records* says of records, and what can be done with them."""

from __future__ import annotations

import msgspec
import pytest
from fakes import FakeDesk
from records_parts import APPROVAL, LISTS, LOG, RUN, VERDICT, RememberingView

from desktop.records.presenter import RecordsPresenter
from desktop.records.words import state_of, verdict
from sandbox.errors import BadInput, RecordRefused, WrongPassphrase
from sandbox.reviewing.orders.records import (
    BundleMade,
    CheckShown,
    ListRecords,
    MakeBundle,
    ReadApproval,
    ReadLog,
    RecordLists,
    Revoke,
    VerdictShown,
    VerifyBundle,
)
from sandbox.reviewing.orders.review import ApprovalRow

NOW = "2026-01-10T00:00:00Z"


@pytest.fixture
def view() -> RememberingView:
    return RememberingView()


@pytest.fixture
def presenter(view: RememberingView, desk: FakeDesk) -> RecordsPresenter:
    return RecordsPresenter(view, desk)  # type: ignore[arg-type]


def arrived(presenter: RecordsPresenter, desk: FakeDesk, **place: str) -> None:
    presenter.arrive(place)
    desk.asks.answer_all()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "May run"),
        ({"may_run": False, "revoked": True}, "Revoked"),
        ({"may_run": False, "used": 2}, "Used up"),
        ({"may_run": False, "expires_at": "2026-01-09T00:00:00Z"}, "Expired"),
        ({"may_run": False, "sentence": "The columns that were signed for have changed since."}, "Void"),
        ({"may_run": False, "signed_at": "", "runs": 0, "used": 0}, "Not reliable"),
    ],
)
def test_the_state_of_an_approval_is_one_word(changes: dict[str, object], state: str) -> None:
    row: ApprovalRow = msgspec.structs.replace(APPROVAL, **changes)
    assert state_of(row, NOW)[0] == state


def test_approvals_and_runs_are_listed_with_their_state_in_words(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    arrived(presenter, desk)
    (approval,), (run,) = view.last("show_lists")
    assert (approval.title, approval.kind, approval.runs, approval.draft) == (
        "Readmissions within 30 days, by month",
        "Full",
        "1 of 2",
        "3",
    )
    assert (run.outcome, run.icon, run.approval) == ("Finished", "check", APPROVAL.id)
    assert view.last("show_approval") is None


def test_a_chosen_approval_is_shown_in_full(presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk) -> None:
    arrived(presenter, desk, approval=APPROVAL.id)
    details = view.last("show_approval")
    assert dict(details.lines)["Signed by"] == "A Reviewer"
    assert "def main" in details.program and "in-toto" in details.statement
    assert [(one.action, one.refused, one.danger) for one in details.buttons] == [
        ("run", "", False),
        ("review", "", False),
        ("bundle", "", False),
        ("revoke", "", True),
    ]
    assert view.last("mark") == (APPROVAL.id, "")


def test_what_may_not_run_says_why_on_its_button(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    revoked = msgspec.structs.replace(APPROVAL, may_run=False, revoked=True, sentence="The approval was revoked.")
    desk.asks.answers[ListRecords] = RecordLists(approvals=(revoked,), runs=())
    arrived(presenter, desk, approval=APPROVAL.id)
    refused = {one.action: one.refused for one in view.last("show_approval").buttons}
    assert refused["run"] == "The approval was revoked."
    assert refused["revoke"] == "It is revoked already."


def test_a_record_whose_signature_does_not_hold_is_not_shown(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    desk.asks.answers[ReadApproval] = RecordRefused("Its signature is not that of a key you trust.")
    arrived(presenter, desk, approval=APPROVAL.id)
    assert view.last("show_approval") is None
    assert "signature" in view.last("show_problem").sentence


def test_the_buttons_lead_to_the_other_screens(presenter: RecordsPresenter, desk: FakeDesk) -> None:
    arrived(presenter, desk, approval=APPROVAL.id)
    presenter.signed.act("run")
    presenter.signed.act("review")
    presenter.turn_to("runs")
    desk.asks.answer_all()
    presenter.signed.choose_run(RUN.id)
    presenter.signed.act("results")
    presenter.signed.act("approval")
    assert desk.went == [
        ("runs", {"approval": APPROVAL.id}),
        ("review", {"question": APPROVAL.question, "draft": "3"}),
        ("runs", {"run": RUN.id}),
        ("records", {"approval": APPROVAL.id}),
    ]


def test_revoking_signs_with_a_reason_and_shows_the_new_state(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    arrived(presenter, desk, approval=APPROVAL.id)
    presenter.signed.act("revoke")
    assert view.last("show_revoke") == "Readmissions within 30 days, by month"
    desk.asks.answers[Revoke] = msgspec.structs.replace(APPROVAL, may_run=False, revoked=True)
    presenter.signed.revoke("The definition was wrong.", "secret")
    desk.asks.answer_all()
    assert desk.asks.of(Revoke) == [
        Revoke(approval=APPROVAL.id, reason="The definition was wrong.", passphrase="secret")
    ]
    assert view.was_told("finish_form")
    assert len(desk.asks.of(ListRecords)) == 2


def test_a_refused_revocation_stays_in_its_form(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    arrived(presenter, desk, approval=APPROVAL.id)
    desk.asks.answers[Revoke] = WrongPassphrase("The passphrase does not open the key.")
    presenter.signed.revoke("Wrong.", "wrong")
    desk.asks.answer_all()
    assert isinstance(view.last("show_form_problem"), WrongPassphrase)
    assert not view.was_told("finish_form")


def test_a_bundle_is_made_and_can_be_verified_at_once(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    arrived(presenter, desk, approval=APPROVAL.id)
    desk.asks.answers[MakeBundle] = BundleMade(path="/home/bundle", files=("a",), sentence="28 files are in bundle.")
    presenter.signed.make_bundle("/home/bundle")
    desk.asks.answer_all()
    assert view.last("show_bundle_made") == ("28 files are in bundle.", "/home/bundle")
    presenter.verify_made("/home/bundle")
    desk.asks.answer_all()
    assert view.last("show_tab") == "verify"
    assert desk.asks.of(VerifyBundle) == [VerifyBundle(path="/home/bundle", own=True)]
    assert view.last("show_verdict").tone == "good"


def test_the_log_says_first_whether_it_is_whole(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    arrived(presenter, desk, tab="log")
    page = view.last("show_log")
    assert (page.tone, page.icon, page.advice) == ("good", "verify", "")
    assert page.shown == "The newest 2 of 214 entries"
    assert page.more == 212
    assert [row.n for row in page.rows] == [214, 213]
    presenter.read_log(len(page.rows) + page.more)
    assert desk.asks.of(ReadLog)[-1] == ReadLog(last=214)


def test_a_log_that_was_changed_says_what_to_do(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    changed = "Entry 12 of the audit log was changed after it was written."
    desk.asks.answers[ReadLog] = msgspec.structs.replace(LOG, whole=False, sentence=changed)
    arrived(presenter, desk, tab="log")
    page = view.last("show_log")
    assert (page.sentence, page.tone, page.icon) == (changed, "bad", "bad")
    assert "Do not rely on it" in page.advice


def test_failing_checks_stand_first(presenter: RecordsPresenter) -> None:
    failed = CheckShown(name="program.py", ok=False, sentence="program.py was changed.")
    found = verdict(VerdictShown(ok=False, trusted=False, sentence="Not intact.", checks=(*VERDICT.checks, failed)))
    assert found.headline == "Not intact" and found.tone == "bad"
    assert [(one.name, one.word) for one in found.checks][0] == ("program.py", "Failed")
    assert found.held == "2 of 3 checks held"


def test_an_unknown_signer_is_explained() -> None:
    found = verdict(msgspec.structs.replace(VERDICT, trusted=False, sentence="Intact, signer unknown: …"))
    assert found.headline == "Intact, signer unknown"
    assert "compare the fingerprint" in found.explanation and found.fingerprint == VERDICT.fingerprint


def test_another_signer_than_the_trusted_one_is_not_called_changed() -> None:
    signer = CheckShown(name="signer", ok=False, sentence="Signed with another key.")
    found = verdict(
        VerdictShown(ok=False, trusted=False, sentence="…", checks=(VERDICT.checks[0], signer), fingerprint="ef" * 32)
    )
    assert found.headline == "Intact, but signed with another key" and found.tone == "bad"


@pytest.mark.parametrize(
    ("trust", "key", "order"),
    [
        ("own", "", VerifyBundle(path="/b", own=True)),
        ("key", " abcd ", VerifyBundle(path="/b", trusted=("abcd",))),
        ("nobody", "ignored", VerifyBundle(path="/b")),
    ],
)
def test_whose_key_is_trusted_is_said_in_the_order(
    presenter: RecordsPresenter, desk: FakeDesk, trust: str, key: str, order: VerifyBundle
) -> None:
    presenter.verifying.start(" /b ", trust, key)  # type: ignore[arg-type]
    assert desk.asks.given == [order]


@pytest.mark.parametrize(("path", "trust"), [("", "own"), ("/b", "key")])
def test_what_is_missing_for_a_verification_is_named(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk, path: str, trust: str
) -> None:
    presenter.verifying.start(path, trust, "")  # type: ignore[arg-type]
    assert isinstance(view.last("show_problem"), BadInput)
    assert not desk.asks.given


def test_a_place_with_a_path_verifies_it(presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk) -> None:
    arrived(presenter, desk, path="/home/bundle")
    assert view.last("fill_in") == ("/home/bundle", "own")
    assert desk.asks.given == [VerifyBundle(path="/home/bundle", own=True)]


def test_a_bundle_that_can_not_be_read_is_a_problem_without_a_verdict(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    desk.asks.answers[VerifyBundle] = RecordRefused("There is no bundle at this place.")
    arrived(presenter, desk, path="/nowhere")
    assert view.last("show_verdict") is None
    assert view.last("show_verifying") == ""
    assert "no bundle" in view.last("show_problem").sentence


def test_coming_back_shows_what_was_shown(presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk) -> None:
    arrived(presenter, desk, run=RUN.id)
    assert view.last("show_tab") == "runs"
    presenter.leave()
    arrived(presenter, desk)
    assert view.last("show_tab") == "runs"
    assert view.last("show_run").name == RUN.id


def test_an_approval_that_is_gone_is_not_shown_any_more(
    presenter: RecordsPresenter, view: RememberingView, desk: FakeDesk
) -> None:
    arrived(presenter, desk, approval=APPROVAL.id)
    desk.asks.answers[ListRecords] = RecordLists(approvals=(), runs=LISTS.runs)
    arrived(presenter, desk)
    assert view.last("show_approval") is None
