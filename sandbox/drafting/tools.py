"""The agent's tools, run on this side of the pipe. What comes in is validated again; what goes back is inspected.

    toolbox = Toolbox(workspace, question, dictionary)
    used = toolbox.use("search_dictionary", b'{"query": "readmission"}')

A tool never raises for what the agent did: a mistake is an answer with `is_error`, in words it can act on. No such
answer repeats an argument: it says which patient or table by its place ("the second table"), because what goes back
is compared with the patients known here, and whoever chose the words would learn the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from sandbox.codesets import Opened, describe_code_set, is_code_set
from sandbox.dictionary import Search, describe, hits_text
from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.drafting import summaries
from sandbox.drafting.drafts import DraftTools
from sandbox.drafting.telling import short
from sandbox.errors import BadInput, LimitReached, PolicyRefused, QueryRefused
from sandbox.messages import desk
from sandbox.messages.model_door import ToolAnswer
from sandbox.workspace import Workspace

Outcome = Literal["", "submitted", "answered", "asked", "cannot"]
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_MOST_TABLES = len(_ORDINALS)
# Told to the model. Any other refusal (no jail, a damaged record, a full disk) is for the reviewer.
_AGENTS_MISTAKES = (BadInput, LimitReached, PolicyRefused, QueryRefused)


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool did: the answer for the model, what the desk is told, and how the turn ends, if it does."""

    answer: ToolAnswer
    told: tuple[msgspec.Struct, ...] = ()
    outcome: Outcome = ""
    sentence: str = ""


class _Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the arguments: the same fields as the schemas in `sandbox/agent/tools.py` (a test compares them)."""


class SearchDictionary(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="search_dictionary"):
    query: str


class DescribeTables(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="describe_tables"):
    tables: tuple[str, ...]


class PutRows(_Arguments, frozen=True, kw_only=True):
    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[str | int | float | bool | None, ...], ...]


class PutExpectation(_Arguments, frozen=True, kw_only=True):
    label: str
    value: str | int | float | bool | None


class PutPatient(_Arguments, frozen=True, kw_only=True):
    name: str
    says: str
    rows: tuple[PutRows, ...]
    expect: tuple[PutExpectation, ...]


class PutDraft(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="put_draft"):
    program: str
    made_up_patients: tuple[PutPatient, ...]
    notes: str


class RunDraft(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="run_draft"):
    draft: int


class SubmitForReview(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="submit_for_review"):
    draft: int
    understood: str
    definitions: tuple[str, ...]
    assumptions: tuple[str, ...]
    would_change: tuple[str, ...]


class AnswerInWords(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="answer_in_words"):
    text: str


class AskReviewer(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="ask_reviewer"):
    question: str
    options: tuple[str, ...]


class CannotAnswer(_Arguments, frozen=True, kw_only=True, tag_field="tool", tag="cannot_answer"):
    reason: str


ARGUMENTS: dict[str, type[_Arguments]] = {
    "search_dictionary": SearchDictionary,
    "describe_tables": DescribeTables,
    "put_draft": PutDraft,
    "run_draft": RunDraft,
    "submit_for_review": SubmitForReview,
    "answer_in_words": AnswerInWords,
    "ask_reviewer": AskReviewer,
    "cannot_answer": CannotAnswer,
}


class Toolbox:
    """The tools of one question."""

    def __init__(
        self,
        workspace: Workspace,
        question: str,
        dictionary: Dictionary,
        files: Mapping[str, ReferenceIndex] | None = None,
        lists: Opened | None = None,
    ) -> None:
        """`files` of reference tables and `lists` of code sets were opened before the door closed."""
        self._dictionary = dictionary
        self._lists = lists or {}
        self._search = Search(dictionary, files)
        self._drafts = DraftTools(workspace, question, dictionary, files or {})
        self._uses: dict[str, Callable[[Any], Used]] = {
            "search_dictionary": self._find,
            "describe_tables": self._describe,
            "put_draft": self._put,
            "run_draft": self._run,
            "submit_for_review": self._submit,
            "answer_in_words": _answer,
            "ask_reviewer": _ask,
            "cannot_answer": _cannot,
        }

    def use(self, name: str, untrusted_arguments: bytes) -> Used:
        """Run one tool."""
        if name not in ARGUMENTS:
            return failed("unknown tool", "There is no such tool.")
        try:
            arguments = _read(name, untrusted_arguments)
            return self._uses[name](arguments)
        except _AGENTS_MISTAKES as refusal:
            return failed(name, f"{refusal.sentence} {refusal.advice}".strip())

    def rest(self) -> None:
        """The turn is over: end whatever still works for it."""
        self._drafts.rest()

    def _find(self, arguments: SearchDictionary) -> Used:
        text = short(hits_text(self._search.find(arguments.query)))
        return _used("search_dictionary", summaries.searched(text), text)

    def _describe(self, arguments: DescribeTables) -> Used:
        names = arguments.tables
        if not 0 < len(names) <= _MOST_TABLES:
            raise BadInput(f"Name 1 to {_MOST_TABLES} tables.", "Call again for the rest.")
        text = "\n".join(self._described(place, name) for place, name in enumerate(names))
        return _used("describe_tables", summaries.described(len(names)), text)

    def _described(self, place: int, name: str) -> str:
        try:
            if is_code_set(name, self._dictionary):
                return describe_code_set(name, self._dictionary.code_sets, self._lists)
            return describe(self._dictionary, (name,))
        except BadInput as problem:
            raise BadInput(
                f"The {_ORDINALS[place]} table is not in the dictionary, or is in several sources.",
                "Search the dictionary for the right name, and write source.table.",
            ) from problem

    def _put(self, arguments: PutDraft) -> Used:
        patients = [_patient(number, patient) for number, patient in enumerate(arguments.made_up_patients, 1)]
        written, text = self._drafts.put(arguments.program, patients, arguments.notes)
        return _used("put_draft", summaries.wrote(written.draft), text, written, ok=written.refusals == 0)

    def _run(self, arguments: RunDraft) -> Used:
        clean, text = self._drafts.run(arguments.draft)
        return _used("run_draft", summaries.ran(arguments.draft, clean), text, ok=clean)

    def _submit(self, arguments: SubmitForReview) -> Used:
        notes = {
            "understood": arguments.understood,
            "definitions": "\n".join(arguments.definitions),
            "assumptions": "\n".join(arguments.assumptions),
            "would change": "\n".join(arguments.would_change),
        }
        self._drafts.submit(arguments.draft, {topic: text for topic, text in notes.items() if text})
        told = (
            _acted("submit_for_review", summaries.submitted(arguments.draft)),
            desk.Submitted(draft=arguments.draft),
        )
        answer = ToolAnswer(text=f"Draft {arguments.draft} is with the reviewer.", ends_turn=True)
        return Used(answer=answer, told=told, outcome="submitted", sentence=arguments.understood)


def failed(name: str, sentence: str) -> Used:
    """A tool that did nothing, and why."""
    told = (_acted(name, summaries.did_nothing(name, sentence), ok=False),)
    return Used(answer=ToolAnswer(text=short(sentence), is_error=True), told=told)


def _used(name: str, summary: str, text: str, *more: msgspec.Struct, ok: bool = True) -> Used:
    return Used(answer=ToolAnswer(text=short(text)), told=(_acted(name, summary, ok=ok), *more))


def _acted(name: str, summary: str, *, ok: bool = True) -> desk.Acted:
    return desk.Acted(tool=name, summary=summary, ok=ok)


def _answer(arguments: AnswerInWords) -> Used:
    answer = ToolAnswer(text="The reviewer has read it.", ends_turn=True)
    return Used(answer=answer, outcome="answered", sentence=arguments.text)


def _ask(arguments: AskReviewer) -> Used:
    told = (desk.AgentAsked(question=arguments.question, options=arguments.options),)
    answer = ToolAnswer(text="The reviewer will answer in the next message.", ends_turn=True)
    return Used(answer=answer, told=told, outcome="asked")


def _cannot(arguments: CannotAnswer) -> Used:
    answer = ToolAnswer(text="The reviewer has read it.", ends_turn=True)
    return Used(answer=answer, outcome="cannot", sentence=arguments.reason)


def _read(name: str, untrusted: bytes) -> _Arguments:
    try:
        value = msgspec.json.decode(untrusted, type=dict[str, Any])
        value.pop("tool", None)
        return msgspec.convert({**value, "tool": name}, type=ARGUMENTS[name])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput(f"The arguments do not fit the schema: {_misfit(problem)}.") from problem


def _misfit(problem: Exception) -> str:
    """A validation error in words of our own schema; only where it complains of a field does it quote a foreign one."""
    if not isinstance(problem, msgspec.ValidationError):
        return "not a JSON object"
    text = str(problem)
    return "a field that the schema does not have" if "unknown field" in text else text


def _patient(number: int, put: PutPatient) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for place, part in enumerate(put.rows, 1):
        for values in part.values:
            if len(values) != len(part.columns):
                raise BadInput(
                    f"Made-up patient {number}: a row of its table {place} has another length than its columns."
                )
            rows.setdefault(part.table, []).append(dict(zip(part.columns, values, strict=True)))
    return {"name": put.name, "says": put.says, "rows": rows, "expect": {one.label: one.value for one in put.expect}}
