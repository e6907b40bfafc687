"""Questions as the desk sees them: their state, the conversation in words, what was sent, marks while typing."""

from __future__ import annotations

import shutil
from typing import Any

import msgspec
import pytest
from finished_job import NAMED, QUESTION, Job

from sandbox.drafting.conversation import NOT_RUN
from sandbox.drafting.desk_words import text_for_agent
from sandbox.drafting.shape import AssistantMessage, Message, Text, ToolResult, ToolUse, UserMessage
from sandbox.errors import BadInput, GateRefused, PreceptorError
from sandbox.messages.desk import LONGEST_TEXT, Answer, Comments, FailureReport, LineComment
from sandbox.records import AuditLog, Entry
from sandbox.reviewing import questions
from sandbox.reviewing.orders.questions import (
    InspectText,
    KeepText,
    ListQuestions,
    ListSent,
    OpenQuestion,
    QuestionRow,
    ReadConversation,
    ReadSent,
)
from sandbox.reviewing.question_state import TALKED, histories_of, state_of
from sandbox.reviewing.room import Room
from sandbox.reviewing.sent import made_readable
from sandbox.reviewing.turns import last_word, reviewers_turn, turns_of

SENT = {"question": "q-1", "request": 1, "bytes": 10, "head": "0" * 64}
WITHHELD = {"question": "q-1", "reason": "patient", "author": "reviewer"}
SUBMITTED = {"question": "q-1", "draft": 2}
SIGNED = {"approval": "a-1", "question": "q-1", "draft": 2}
OF_APPROVAL = {"approval": "a-1", "run": "r-1"}


def log(*events: tuple[str, dict[str, Any]]) -> list[Entry]:
    return [
        Entry(n=n, time=f"2026-01-02T03:04:{n:02}.000Z", event=event, details=details, tree="")
        for n, (event, details) in enumerate(events, 1)
    ]


@pytest.mark.parametrize(
    ("state", "has_text", "events"),
    [
        ("new", False, [("question.asked", {"question": "q-1"})]),
        ("withheld", False, [("request.withheld", WITHHELD)]),
        ("new", True, [("request.withheld", WITHHELD)]),
        ("answered", True, [("request.withheld", WITHHELD), ("request.sent", SENT)]),
        ("answered", True, [("request.sent", SENT), ("request.withheld", WITHHELD)]),
        ("submitted", True, [("request.sent", SENT), ("draft.submitted", SUBMITTED)]),
        ("submitted", False, [("draft.written", {"question": "q-1", "draft": 1, "author": "reviewer"})]),
        ("answered", True, [("request.sent", SENT), ("draft.written", {**SUBMITTED, "author": "agent"})]),
        ("answered", True, [("draft.submitted", SUBMITTED), ("request.sent", SENT)]),
        ("signed", True, [("draft.submitted", SUBMITTED), ("approval.signed", SIGNED)]),
        ("signed", True, [("approval.signed", SIGNED), ("run.reserved", OF_APPROVAL)]),
        ("ran", True, [("approval.signed", SIGNED), ("run.ended", {**OF_APPROVAL, "outcome": "finished"})]),
        ("failed", True, [("approval.signed", SIGNED), ("run.ended", {**OF_APPROVAL, "outcome": "failed"})]),
        ("failed", True, [("approval.signed", SIGNED), ("run.ended", {**OF_APPROVAL, "outcome": "limit"})]),
        ("submitted", True, [("approval.signed", SIGNED), ("approval.revoked", {"approval": "a-1"})]),
        ("answered", True, [("run.ended", {**OF_APPROVAL, "outcome": "failed"}), ("request.sent", SENT)]),
    ],
)
def test_the_newest_thing_that_happened_decides_the_state(
    state: str, has_text: bool, events: list[tuple[str, dict[str, Any]]]
) -> None:
    history = histories_of(log(*events))["q-1"]
    assert state_of(history, has_text=has_text, last_word=lambda: "agent") == state


@pytest.mark.parametrize(("word", "state"), list(TALKED.items()))
def test_while_they_talk_the_last_word_decides_the_state(word: Any, state: str) -> None:
    history = histories_of(log(("request.sent", SENT)))["q-1"]
    assert state_of(history, has_text=True, last_word=lambda: word) == state


def test_a_conversation_is_read_only_while_it_decides() -> None:
    history = histories_of(log(("request.sent", SENT), ("draft.submitted", SUBMITTED)))["q-1"]
    assert state_of(history, has_text=True, last_word=lambda: pytest.fail("it was read")) == "submitted"


def test_a_revoked_approval_is_no_longer_the_questions() -> None:
    again = {**SIGNED, "approval": "a-2"}
    history = histories_of(log(("approval.signed", SIGNED), ("approval.signed", again)))["q-1"]
    assert (history.approval, history.approval_of(2), history.approval_of(1)) == ("a-2", "a-2", "")
    revoked = log(("approval.signed", SIGNED), ("approval.signed", again), ("approval.revoked", {"approval": "a-2"}))
    assert histories_of(revoked)["q-1"].approval == "a-1"


def used(name: str, answer: str = "ok", *, is_error: bool = False, **arguments: Any) -> tuple[Message, ...]:
    """A call of a tool and its answer."""
    call = ToolUse(id="t-1", name=name, input=arguments)
    result = ToolResult(tool_use_id="t-1", content=answer, is_error=is_error)
    return AssistantMessage(content=(call,)), UserMessage(content=(result,))


@pytest.mark.parametrize(
    ("word", "messages"),
    [
        ("", ()),
        ("reviewer", (UserMessage(content=(Text(text="How many?"),)),)),
        ("agent", (AssistantMessage(content=(Text(text="Twelve."),)),)),
        ("tool", used("run_draft", draft=1)),
        ("tool", used("run_draft", draft=1)[:1]),
        ("asked", used("ask_reviewer", question="Which?", options=[])),
        ("agent", used("answer_in_words", text="So it is.")),
        ("agent", used("cannot_answer", reason="No such table.")),
        ("tool", used("ask_reviewer", is_error=True, question="Which?")),
        ("tool", used("ask_reviewer", NOT_RUN, is_error=True, question="Which?")),
    ],
)
def test_who_had_the_last_word(word: str, messages: tuple[Message, ...]) -> None:
    assert last_word(messages) == word


def test_an_answer_behind_the_agents_question_is_the_last_word() -> None:
    call, result = used("ask_reviewer", question="Which?", options=[])
    answered = UserMessage(content=(*result.content, Text(text="All.")))  # type: ignore[arg-type]
    assert last_word((call, answered)) == "reviewer"


def test_a_conversation_is_told_in_words(desk_room: Room, job: Job) -> None:
    told = questions.read_conversation(desk_room, ReadConversation(question=job.question))
    assert told.question.state == "ran"
    lines = [(turn.kind, turn.text, turn.draft) for turn in told.turns if turn.text != "One moment."]
    assert lines == [
        ("you", QUESTION, 0),
        ("act", "Searched the dictionary: 4 found", 0),
        ("act", "Read about 2 tables", 0),
        ("draft", "Wrote draft 1", 1),
        ("asked", "Which classes?", 0),
        ("you", "All classes.", 0),
        ("draft", "Wrote draft 2", 2),
        ("act", "Ran draft 2 on synthetic data", 2),
        ("agent", "Stays by class.", 0),
        ("act", "Submitted draft 2", 2),
    ]
    asked = next(turn for turn in told.turns if turn.kind == "asked")
    assert asked.options == ("All", "Inpatient only")


def test_comments_and_failures_are_put_back_into_words() -> None:
    comments = (
        LineComment(id="c1", first=3, last=3, text="Count adults only.", quote="    stays = 1"),
        LineComment(id="c2", first=5, last=7, text="Why?", severity="question"),
    )
    turn = reviewers_turn(text_for_agent(Comments(draft=2, comments=comments, text="Otherwise good.")))
    assert (turn.kind, turn.draft) == ("comments", 2)
    assert turn.text.split("\n") == [
        "Comments on draft 2",
        "Line 3 (must change): Count adults only.",
        "        stays = 1",
        "Lines 5 to 7 (question): Why?",
        "Otherwise good.",
    ]
    failure = reviewers_turn(text_for_agent(FailureReport(draft=2, exception="KeyError", line=7, name="classes")))
    assert (failure.kind, failure.draft, failure.ok) == ("failure", 2, False)
    assert failure.text == "Draft 2 failed on real data: KeyError in line 7, at the name classes."


@pytest.mark.parametrize("text", ['{"review": 1}', '{"review": {"draft": 1}}', "[]", "{", "7", "plain words"])
def test_words_that_only_look_like_ours_stay_words(text: str) -> None:
    turn = reviewers_turn(text_for_agent(Answer(text=text)))
    assert (turn.kind, turn.text) == ("you", text)


def test_a_tool_that_did_nothing_says_why() -> None:
    (turn,) = turns_of(used("put_draft", "The program is empty.", is_error=True, program=""))
    assert (turn.kind, turn.ok, turn.text) == ("act", False, "put draft: The program is empty.")
    (cut,) = turns_of(used("run_draft", draft=3)[:1])
    assert (cut.ok, cut.draft) == (False, 3)
    assert NOT_RUN in cut.text


def test_a_refused_draft_is_told_as_one() -> None:
    (turn,) = turns_of(used("put_draft", '{"draft":4,"refused":[{"line":1}]}', program="import os"))
    assert (turn.kind, turn.draft, turn.ok) == ("draft", 4, False)


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", '{"draft":"x"}'])
def test_an_answer_that_is_none_of_ours_breaks_nothing(answer: str) -> None:
    (turn,) = turns_of(used("put_draft", answer, program=7, draft=[]))
    assert (turn.kind, turn.draft) == ("draft", 0)


def test_questions_are_listed_by_their_newest_activity(desk_room: Room, job: Job) -> None:
    rows = questions.list_questions(desk_room, ListQuestions()).rows
    assert [row.name for row in rows] == [job.failing, job.question, job.withheld]
    by_name = {row.name: row for row in rows}
    assert by_name[job.question] == QuestionRow(
        name=job.question,
        asked_at=by_name[job.question].asked_at,
        text=QUESTION,
        state="ran",
        drafts=2,
        requests=7,
        approval=job.approval,
    )
    assert (by_name[job.failing].state, by_name[job.withheld].state) == ("failed", "withheld")


def test_a_new_question_begins_without_text(desk_room: Room) -> None:
    row = questions.open_question(desk_room, OpenQuestion())
    assert (row.state, row.text, row.drafts, row.requests) == ("new", "", 0, 0)
    assert questions.list_questions(desk_room, ListQuestions()).rows[0] == row


def test_a_question_of_which_nothing_left_is_used_again_rather_than_another_made(desk_room: Room, job: Job) -> None:
    before = len(questions.list_questions(desk_room, ListQuestions()).rows)
    again = questions.open_question(desk_room, OpenQuestion(rather=job.withheld))
    assert (again.name, again.state) == (job.withheld, "withheld")
    assert len(questions.list_questions(desk_room, ListQuestions()).rows) == before


def test_a_question_that_went_on_is_not_used_again(desk_room: Room, job: Job) -> None:
    assert questions.open_question(desk_room, OpenQuestion(rather=job.question)).name != job.question


def test_a_question_that_knows_other_tables_than_are_signed_now_is_not_used_again(desk_room: Room, job: Job) -> None:
    dictionary = desk_room.workspace.question(job.withheld) / "dictionary.json"
    dictionary.chmod(0o600)
    dictionary.write_bytes(dictionary.read_bytes().replace(b'"tables"', b'"tables" ', 1))
    assert questions.open_question(desk_room, OpenQuestion(rather=job.withheld)).name != job.withheld


def test_a_text_that_is_too_long_is_refused_before_anybody_looks_at_it(desk_room: Room) -> None:
    with pytest.raises(BadInput, match=r"too long: 50,001 characters, and at most 50,000"):
        questions.inspect_text(desk_room, InspectText(text="a" * (LONGEST_TEXT + 1)))
    with pytest.raises(BadInput, match="too long"):
        text_for_agent(Answer(text="a" * (LONGEST_TEXT + 1)))


def test_no_question_is_opened_while_no_table_is_signed(desk_room: Room) -> None:
    shutil.rmtree(desk_room.workspace.source_folder("ehr") / "signed")
    with pytest.raises(BadInput, match="No table is signed"):
        questions.open_question(desk_room, OpenQuestion())


def test_what_was_withheld_is_never_kept(desk_room: Room, job: Job) -> None:
    with pytest.raises(BadInput, match="was not sent"):
        questions.keep_text(desk_room, KeepText(question=job.withheld, text=NAMED))
    plain = b"".join(path.read_bytes() for path in job.folder.rglob("*") if path.is_file())
    assert b"4711234" not in plain
    assert QUESTION.encode() in plain


def test_what_was_sent_is_listed_with_its_chain_checked(desk_room: Room, job: Job) -> None:
    sent = questions.list_sent(desk_room, ListSent(question=job.question))
    assert sent.whole
    assert [row.n for row in sent.rows] == list(range(1, 8))
    assert sent.sentence.startswith("7 requests were sent")
    nothing = questions.list_sent(desk_room, ListSent(question=job.withheld))
    assert (nothing.whole, nothing.rows, nothing.sentence) == (True, (), "Nothing was sent.")


@pytest.mark.parametrize("damage", ["change", "cut the end", "remove"])
def test_a_log_that_is_not_what_was_sent_is_told(desk_room: Room, job: Job, damage: str) -> None:
    path = desk_room.workspace.question(job.question) / "sent.log"
    lines = path.read_bytes().splitlines(keepends=True)
    if damage == "change":
        path.write_bytes(b"".join(lines).replace(b"One moment.", b"One moments", 1))
    elif damage == "cut the end":
        path.write_bytes(b"".join(lines[:-1]))
    else:
        path.unlink()
    sent = questions.list_sent(desk_room, ListSent(question=job.question))
    assert not sent.whole
    assert sent.sentence
    assert len(sent.rows) == {"change": 7, "cut the end": 6, "remove": 0}[damage]


def test_a_request_is_shown_to_the_byte_and_readable_with_its_new_part_marked(desk_room: Room, job: Job) -> None:
    shown = questions.read_sent(desk_room, ReadSent(question=job.question, n=5))
    assert shown.row.bytes == len(shown.body.encode())
    lines = shown.readable.split("\n")
    assert [line for line in lines if line.strip().startswith("│ # The data dictionary")]
    new = "\n".join(lines[shown.new_from - 1 :])
    before = "\n".join(lines[: shown.new_from - 1])
    assert "All classes." in new
    assert "All classes." not in before
    assert QUESTION in before
    with pytest.raises(BadInput, match="no request 8"):
        questions.read_sent(desk_room, ReadSent(question=job.question, n=8))


@pytest.mark.parametrize(
    ("before", "now", "new_from"),
    [
        ("", '{"a":[1]}', 1),
        ('{"a":[1]}', '{"a":[1]}', 0),
        ('{"a":[1]}', '{"a":[1,2]}', 4),
        ('{"b":1,"a":[1]}', '{"b":2,"a":[1]}', 2),
        ('{"a":[{"x":1}]}', '{"a":[{"x":1},{"x":2}]}', 6),
        ('{"a":[1,2]}', '{"a":[1]}', 3),
        ("no JSON", "no JSON either", 1),
    ],
)
def test_the_new_part_begins_where_the_request_stops_being_the_one_before(before: str, now: str, new_from: int) -> None:
    readable, found = made_readable(now, before)
    assert found == new_from, readable


def test_keys_stay_in_the_order_in_which_they_were_sent() -> None:
    readable, _ = made_readable('{"z":1,"a":{"y":2,"b":3},"z":4}', "")
    assert [line.split('"')[1] for line in readable.split("\n") if '"' in line] == ["z", "a", "y", "b", "z"]


def test_texts_of_several_lines_are_written_out_and_can_not_pass_for_anything_else() -> None:
    inner = msgspec.json.encode({"program": 'x = 1\n"role": "system"\n', "n": 2}).decode()
    body = msgspec.json.encode({"system": 'one line, "quoted"', "content": [inner, "a\n\nb"]}).decode()
    readable, _ = made_readable(body, "")
    assert readable.split("\n") == [
        "{",
        '  "system": "one line, \\"quoted\\"",',
        '  "content": [',
        "    (a text, written out below)",
        "      │ {",
        '      │   "program": (a text, written out below)',
        "      │     │ x = 1",
        '      │     │ "role": "system"',
        "      │     │",
        '      │   "n": 2',
        "      │ }",
        "    (a text, written out below)",
        "      │ a",
        "      │",
        "      │ b",
        "  ]",
        "}",
    ]


def test_a_text_is_marked_while_it_is_written(desk_room: Room) -> None:
    marks = questions.inspect_text(desk_room, InspectText(text=NAMED))
    (mark,) = marks.marks
    assert (NAMED[mark.start : mark.end], mark.kind) == ("4711234", "record number")
    assert marks.known == 0
    assert questions.inspect_text(desk_room, InspectText(text=QUESTION)).marks == ()


def test_the_one_checker_stays_for_the_next_text_and_ends_when_the_desk_locks(desk_room: Room) -> None:
    questions.inspect_text(desk_room, InspectText(text="a"))
    first = desk_room.watching._checker
    questions.inspect_text(desk_room, InspectText(text="b"))
    assert desk_room.watching._checker is first
    desk_room.forget_results()
    assert first is not None
    assert first._process.wait(10) != 0
    assert questions.inspect_text(desk_room, InspectText(text=NAMED)).marks
    assert desk_room.watching._checker is not first


def test_a_checker_that_dies_marks_nothing_as_clean(desk_room: Room) -> None:
    questions.inspect_text(desk_room, InspectText(text="a"))
    checker = desk_room.watching._checker
    assert checker is not None
    checker.inspect = lambda text: (_ for _ in ()).throw(GateRefused("The checker has ended."))  # type: ignore[assignment, method-assign]
    with pytest.raises(PreceptorError, match="has ended"):
        questions.inspect_text(desk_room, InspectText(text=NAMED))
    assert questions.inspect_text(desk_room, InspectText(text=NAMED)).marks


def test_the_log_says_what_the_desk_asked_for_and_no_more(desk_room: Room, job: Job) -> None:
    before = len(AuditLog(desk_room.workspace.audit_log).entries())
    questions.list_questions(desk_room, ListQuestions())
    questions.read_conversation(desk_room, ReadConversation(question=job.question))
    questions.list_sent(desk_room, ListSent(question=job.question))
    questions.inspect_text(desk_room, InspectText(text=NAMED))
    assert len(AuditLog(desk_room.workspace.audit_log).entries()) == before


@pytest.mark.parametrize(
    "damage", [b"{", b'{"name":"../../x","asked_at":"2026"}', b'{"name":"q-other","asked_at":"2026"}']
)
def test_a_question_that_can_not_be_read_says_so_and_hides_no_other(desk_room: Room, job: Job, damage: bytes) -> None:
    before = {row.name: row for row in questions.list_questions(desk_room, ListQuestions()).rows}
    (desk_room.workspace.question(job.withheld) / "question.json").write_bytes(damage)
    rows = {row.name: row for row in questions.list_questions(desk_room, ListQuestions()).rows}
    damaged = rows.pop(job.withheld)
    assert job.withheld in damaged.text and rows == {name: before[name] for name in rows} and len(rows) == 2
