"""Orders on questions: the list, a conversation, what was sent, live marks."""

from __future__ import annotations

from pathlib import Path

from sandbox.drafting.conversation import Conversation as KeptConversation
from sandbox.drafting.shape import read_body
from sandbox.drafting.wire_log import Entry as SentEntry
from sandbox.errors import BadInput, RecordRefused, WorkspaceRefused
from sandbox.messages.desk import check_length
from sandbox.records import AuditLog
from sandbox.review import questions as kept
from sandbox.review.draft import draft_numbers
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.questions import (
    Conversation,
    InspectText,
    KeepText,
    ListQuestions,
    ListSent,
    Marks,
    OpenQuestion,
    QuestionList,
    QuestionRow,
    ReadConversation,
    ReadSent,
    SentList,
    SentRequest,
    SentRow,
)
from sandbox.reviewing.question_state import History, LastWord, histories_of, state_of
from sandbox.reviewing.room import Room
from sandbox.reviewing.sent import SentLog, logged_heads, made_readable, read_sent_log
from sandbox.reviewing.turns import last_word, turns_of
from sandbox.workspace import Workspace


def list_questions(room: Room, order: ListQuestions) -> QuestionList:
    """All questions, newest activity first. One pass over the log; conversations are read only where they decide."""
    workspace = room.workspace
    histories = histories_of(AuditLog(workspace.audit_log).entries())
    found = [_row_of(workspace, name, histories[name]) for name in kept.folders_of_questions(workspace)]
    found.sort(key=lambda row: histories[row.name].last_at or row.asked_at, reverse=True)
    return QuestionList(rows=tuple(found))


def open_question(room: Room, order: OpenQuestion) -> QuestionRow:
    """Make a new question with the dictionary as it is signed now."""
    workspace = room.workspace
    row = question_row(workspace, order.rather) if order.rather else None
    if row and row.state == "withheld" and kept.knows_what_is_signed(workspace, room.keystore, row.name):
        return row
    name = kept.open_question(workspace, room.keystore)
    return question_row(workspace, name)


def keep_text(room: Room, order: KeepText) -> Done:
    """Keep the first text of a question. Only what was sent is kept: words that were withheld are written nowhere."""
    workspace = room.workspace
    kept.read_question(workspace, order.question)
    sent = read_sent_log(_sent_path(workspace, order.question), {})
    if not any(order.text in read_body(one.body.encode()).texts() for one in sent.requests):
        raise BadInput("This text was not sent, so it is not kept.", "Send it first.")
    kept.keep_text(workspace, order.question, order.text)
    return Done()


def read_conversation(room: Room, order: ReadConversation) -> Conversation:
    """What was said so far, from disk."""
    workspace = room.workspace
    row = question_row(workspace, order.question)
    messages = KeptConversation.open(_conversation_path(workspace, order.question)).messages
    return Conversation(question=row, turns=turns_of(messages))


def inspect_text(room: Room, order: InspectText) -> Marks:
    """What the checker finds in a text that is being written."""
    check_length(order.text)
    return room.watching.marks(room.workspace, order.text)


def list_sent(room: Room, order: ListSent) -> SentList:
    """What was sent for a question, after checking its chain and the audit log's word on it."""
    sent = _sent(room, order.question)
    rows = tuple(map(_sent_row, sent.requests))
    if sent.problem:
        return SentList(rows=rows, whole=False, sentence=sent.problem, head=sent.head)
    words = {0: "Nothing was sent.", 1: "One request was sent; it is as it was written."}
    whole = f"{len(rows)} requests were sent; they are as they were written, in this order, and no other is missing."
    return SentList(rows=rows, whole=True, sentence=words.get(len(rows), whole), head=sent.head)


def read_sent(room: Room, order: ReadSent) -> SentRequest:
    """The exact bytes of one request, and the same made readable."""
    requests = _sent(room, order.question).requests
    if not 1 <= order.n <= len(requests):
        raise BadInput(f"There is no request {order.n} of this question.", "Choose one of the list.")
    entry = requests[order.n - 1]
    before = requests[order.n - 2].body if order.n > 1 else ""
    readable, new_from = made_readable(entry.body, before)
    return SentRequest(
        row=_sent_row(entry), headers=entry.headers, body=entry.body, readable=readable, new_from=new_from
    )


def question_row(workspace: Workspace, name: str) -> QuestionRow:
    """One question as the list shows it."""
    question = kept.read_question(workspace, name)
    return _row(workspace, question, histories_of(AuditLog(workspace.audit_log).entries())[name])


def _row_of(workspace: Workspace, name: str, history: History) -> QuestionRow:
    """A question that can't be read is a row that says so: it hides no other."""
    try:
        return _row(workspace, kept.read_question(workspace, name), history)
    except (BadInput, RecordRefused, WorkspaceRefused) as problem:
        return QuestionRow(name=name, asked_at="", text=problem.sentence, state="new")


def _row(workspace: Workspace, question: kept.Question, history: History) -> QuestionRow:
    def who() -> LastWord:
        return last_word(KeptConversation.open(_conversation_path(workspace, question.name)).messages)

    return QuestionRow(
        name=question.name,
        asked_at=question.asked_at,
        text=question.text,
        state=state_of(history, has_text=bool(question.text), last_word=who),
        drafts=len(draft_numbers(workspace, question.name)),
        requests=history.requests,
        approval=history.approval,
    )


def _sent(room: Room, question: str) -> SentLog:
    workspace = room.workspace
    kept.read_question(workspace, question)
    heads = logged_heads(AuditLog(workspace.audit_log).entries(), question)
    return read_sent_log(_sent_path(workspace, question), heads)


def _sent_row(entry: SentEntry) -> SentRow:
    return SentRow(
        n=entry.n,
        time=entry.time,
        method=entry.method,
        url=entry.url,
        bytes=len(entry.body.encode()),
        sha256=entry.sha256,
    )


def _sent_path(workspace: Workspace, question: str) -> Path:
    return workspace.question(question) / "sent.log"


def _conversation_path(workspace: Workspace, question: str) -> Path:
    return workspace.question(question) / "conversation.json"
