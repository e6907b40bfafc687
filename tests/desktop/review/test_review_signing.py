"""Signing: never by accident, never unseen, never what a check refuses."""

from __future__ import annotations

import pytest
from fakes import FakeDesk
from review_facts import BEFORE, FIRST_LOOK, FULL, PROGRAM, View, refusal, shown, warning

from desktop.review.program_presenter import ProgramPresenter
from desktop.review.signing_presenter import SigningPresenter, Terms
from sandbox.errors import WrongPassphrase
from sandbox.review.diff import compare_lines
from sandbox.reviewing.orders.review import ApprovalRow, DraftShown, SignDraft

SIGNED = ApprovalRow(
    id="a-7",
    question="q-1",
    draft=2,
    kind="full",
    purpose="p",
    reviewer="A Reviewer",
    fingerprint="f",
    signed_at="2026-01-02T03:04:05Z",
    expires_at="2026-01-02T11:04:05Z",
    runs=1,
    used=0,
    may_run=True,
)
TERMS = Terms(kind="full", purpose="Readmissions", hours=24, runs=2)


class Scene:
    def __init__(self, facts: DraftShown | None = None) -> None:
        self.view, self.desk = View(), FakeDesk()
        self.desk.asks.answers[SignDraft] = SIGNED
        self.read_again = 0
        self.program = ProgramPresenter(self.view)
        self.signing = SigningPresenter(self.view, self.view.offer, self.program, self.desk, self._signed)
        facts = facts or shown()
        self.program.show(facts, 1)
        self.signing.show(facts)

    def _signed(self) -> None:
        self.read_again += 1

    def look(self, first: int, last: int, letters: int) -> None:
        """These rows of the sheet that is shown are on the screen."""
        self.program.on_screen(self.view.told["show_sheets"][0][-1], first, last, letters)

    def see_all(self) -> None:
        self.look(1, 1000, 80)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_dialog_says_exactly_what_is_signed(scene: Scene) -> None:
    scene.see_all()
    scene.signing.open()
    (form,) = scene.view.told["open_sign"]
    assert form.title == "Sign draft 2"
    assert form.statement == (
        "You sign draft 2, these exact bytes (abababababab). It reads 2 columns of 1 table. No table is read for the "
        "first time. 1 made-up patient, as expected. No flag is open."
    )
    assert form.not_seen == "" and form.kinds == (FIRST_LOOK, FULL)
    assert form.terms == Terms(kind="first_look", purpose="Readmissions of heart failure", hours=8, runs=1)


def test_what_a_check_refuses_opens_no_dialog() -> None:
    scene = Scene(shown({"flags": (refusal(),)}))
    scene.signing.open()
    assert "open_sign" not in scene.view.told


def test_without_any_kind_on_offer_there_is_no_dialog() -> None:
    scene = Scene(shown(kinds=(FULL.__class__(kind="full", name="Full", meaning="m", refused="It reads nothing."),)))
    scene.signing.open()
    assert "open_sign" not in scene.view.told


def test_unseen_lines_are_named_and_shown_and_keep_the_signature_away(scene: Scene) -> None:
    scene.look(1, 40, 80)
    scene.signing.open()
    assert scene.view.told["open_sign"][0].not_seen == "You have not seen lines 40–61 yet."
    scene.signing.sign(TERMS, "secret")
    assert not scene.desk.asks.given
    scene.signing.go_to_missing()
    assert scene.view.told["go_to_row"] == (41,)


def test_a_signature_is_on_the_bytes_that_were_on_the_screen(scene: Scene) -> None:
    scene.see_all()
    scene.signing.open()
    scene.signing.sign(TERMS, "secret")
    assert scene.desk.asks.given == [
        SignDraft(
            question="q-1",
            draft=2,
            sha256="ab" * 32,
            cover="cd" * 32,
            kind="full",
            purpose="Readmissions",
            hours=24,
            runs=2,
            passphrase="secret",
        )
    ]
    assert scene.view.dialog.working == ["Checking the draft again and signing it…"]
    assert "signing" in scene.desk.busy_with
    scene.desk.asks.answer_all()
    assert not scene.desk.busy_with


def test_a_signed_draft_can_be_run_from_the_notice(scene: Scene) -> None:
    scene.see_all()
    scene.signing.open()
    scene.signing.sign(TERMS, "secret")
    scene.desk.asks.answer_all()
    tone, sentence, action, do = scene.view.told["offer"]
    assert tone == "good" and sentence.startswith("Approval a-7: may run once until ") and action == "Run it"
    assert scene.view.dialog.finished and scene.read_again == 1 and scene.desk.refreshed == 1
    do()
    assert scene.desk.went == [("runs", {"approval": "a-7"})]


def test_a_wrong_passphrase_stays_in_the_dialog(scene: Scene) -> None:
    scene.desk.asks.answers[SignDraft] = WrongPassphrase("The passphrase does not open your key.")
    scene.see_all()
    scene.signing.open()
    scene.signing.sign(TERMS, "wrong")
    scene.desk.asks.answer_all()
    assert scene.view.dialog.problems == ["The passphrase does not open your key."]
    assert not scene.view.dialog.finished and "offer" not in scene.view.told


def test_what_was_filled_in_is_there_when_the_dialog_is_opened_again(scene: Scene) -> None:
    scene.see_all()
    scene.signing.open()
    scene.signing.keep(TERMS)
    scene.signing.open()
    assert scene.view.told["open_sign"][0].terms == TERMS


def test_what_was_seen_of_a_draft_is_remembered_with_it(scene: Scene) -> None:
    scene.see_all()
    scene.program.show(shown({"number": 3, "program": f"{PROGRAM}\n", "diff": compare_lines("", f"{PROGRAM}\n")}), 1)
    assert scene.program.missing
    scene.program.show(shown(), 1)
    assert not scene.program.missing


def test_a_program_put_in_the_place_of_one_that_was_seen_is_not_seen(scene: Scene) -> None:
    scene.see_all()
    scene.signing.open()
    changed = PROGRAM.replace("line_7 = 7", "line_7 = 8")
    facts = shown({"program": changed, "sha256": "ef" * 32, "diff": compare_lines(BEFORE, changed)})
    scene.program.show(facts, 1)
    scene.signing.show(facts)
    assert scene.program.missing
    scene.signing.sign(TERMS, "secret")
    assert not scene.desk.asks.given


def test_a_dialog_signs_nothing_but_what_it_speaks_of(scene: Scene) -> None:
    scene.see_all()
    scene.signing.open()
    scene.signing.show(shown({"flags": (warning(),)}))
    scene.signing.sign(TERMS, "secret")
    assert not scene.desk.asks.given and scene.view.dialog.problems == ["The draft has changed since this was opened."]


def test_against_a_signed_version_only_its_changes_must_be_seen() -> None:
    facts = shown(last_signed=1)
    scene = Scene(facts)
    scene.program.set_folded(True)
    scene.look(1, 1000, 80)
    assert not scene.program.missing


def test_open_flags_and_new_tables_are_in_the_statement() -> None:
    facts = shown({"flags": (warning(), warning(13))})
    table = facts.reads[0].__class__(table="ehr.lab", columns=("value",), first_use=True)
    scene = Scene(shown({"flags": (warning(), warning(13))}, reads=(*facts.reads, table), patients=()))
    scene.signing.open()
    statement = scene.view.told["open_sign"][0].statement
    assert "It reads 3 columns of 2 tables. Read for the first time: ehr.lab." in statement
    assert statement.endswith("It has no made-up patients. 2 flags to look at are open.")
