"""A question on disk: what was asked, the dictionary it may use, its drafts.

name = open_question(workspace, keystore)
keep_text(workspace, name, "How many …?")         # once the checker let it pass
latest_draft(workspace, name)
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from sandbox.codesets import with_code_sets
from sandbox.dictionary.model import Dictionary
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file
from sandbox.keystore import Keystore
from sandbox.records import AuditLog, Trust, load_dictionary
from sandbox.review.draft import draft_numbers
from sandbox.review.reference_marks import remove_unused
from sandbox.workspace import Workspace, new_name, now, readable_json

_Kind = TypeVar("_Kind")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the reviewer asks. `text` is empty until it has passed the checker: blocked words are kept nowhere."""

    name: str
    asked_at: str
    text: str = ""


def open_question(workspace: Workspace, keystore: Keystore) -> str:
    """Make the folder of a new question, with the signed dictionary as its one read-only file; its name.

    Only tables whose signature holds are in that file: it is all a drafting session is given.
    """
    dictionary = _signed_dictionary(workspace, keystore)
    remove_unused(workspace, dictionary)
    name = new_name("q")
    folder = workspace.question(name)
    folder.mkdir(mode=0o700)
    question = Question(name=name, asked_at=now())
    replace_file(folder / "dictionary.json", readable_json(dictionary), mode=0o400)
    replace_file(folder / "question.json", readable_json(question))
    AuditLog(workspace.audit_log).append("question.asked", question=name, tables=len(dictionary.tables))
    return name


def knows_what_is_signed(workspace: Workspace, keystore: Keystore, name: str) -> bool:
    """Whether a new question would be given exactly the dictionary that this one has."""
    signed = readable_json(_signed_dictionary(workspace, keystore))
    kept = workspace.question(name) / "dictionary.json"
    return kept.exists() and kept.read_bytes() == signed


def read_question(workspace: Workspace, name: str) -> Question:
    """The question of that name, which its file bears as well."""
    question = _read(workspace.question(name) / "question.json", Question, name)
    if question.name != name:
        raise RecordRefused(f"What lies in the folder of question {name} is another question.")
    return question


def keep_text(workspace: Workspace, name: str, text: str) -> None:
    """Keep the first text of a question that was let through; later ones are in the conversation."""
    question = read_question(workspace, name)
    if not question.text:
        kept = msgspec.structs.replace(question, text=text.strip())
        replace_file(workspace.question(name) / "question.json", readable_json(kept))


def question_names(workspace: Workspace) -> list[str]:
    """All questions, oldest first."""
    found = [read_question(workspace, name) for name in folders_of_questions(workspace)]
    return [question.name for question in sorted(found, key=lambda one: one.asked_at)]


def folders_of_questions(workspace: Workspace) -> list[str]:
    """What is there, readable or not."""
    return sorted(path.parent.name for path in workspace.questions.glob("*/question.json"))


def latest_draft(workspace: Workspace, name: str) -> int:
    """The newest draft's number, or `BadInput`."""
    read_question(workspace, name)
    numbers = draft_numbers(workspace, name)
    if not numbers:
        raise BadInput(f"Question {name} has no draft yet.", f"Ask for one: `preceptor ask --question {name} …`.")
    return numbers[-1]


def _signed_dictionary(workspace: Workspace, keystore: Keystore) -> Dictionary:
    dictionary = load_dictionary(workspace, Trust.open(workspace, keystore))
    if not dictionary.tables:
        raise BadInput("No table is signed yet, so an agent would know nothing.", "Run `preceptor dictionary sign`.")
    return with_code_sets(workspace, dictionary)


def _read(path: Path, kind: type[_Kind], name: str) -> _Kind:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError as problem:
        raise BadInput(f"There is no question {name!r}.", "See `preceptor ask --list`.") from problem
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise RecordRefused(f"{path.name} of question {name} can't be read.", "Restore it from a backup.") from problem
