"""The agent's tools, as the model is told of them. They run outside the jail (`sandbox/drafting/tools.py`).

Strict schemas are compiled and cached by the model's server apart from messages, so no table, column or value
of a source ever stands in one. No optional parameters: every field is always sent.
"""

from __future__ import annotations

from typing import Any

import msgspec

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_NUMBER: Schema = {"type": "integer"}
_CELL: Schema = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "null"}]}


def _object(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _tool(name: str, description: str, **fields: Schema) -> Schema:
    return {"name": name, "description": description, "strict": True, "input_schema": _object(**fields)}


def _said(schema: Schema, description: str) -> Schema:
    return schema | {"description": description}


_ROWS = _object(
    table=_said(_TEXT, "source.table"),
    columns=_TEXTS,
    values=_said(_array(_array(_CELL)), "One array per row, in the order of columns. Dates as YYYY-MM-DD."),
)
_PATIENT = _object(
    name=_said(_TEXT, "What the patient shows, e.g. 'readmitted on day 30'. No person's name."),
    says=_said(_TEXT, "What the program must say of them, and why, in one sentence."),
    rows=_array(_ROWS),
    expect=_said(
        _array(_object(label=_TEXT, value=_CELL)),
        "Labels of report.value (or of a step: its rows) with what is expected of this patient alone.",
    ),
)

TOOLS: tuple[Schema, ...] = (
    _tool(
        "search_dictionary",
        "Find tables, columns, codes of reference tables and the reviewer's code sets by words: first what matches "
        "every word, then a few weaker hits. I50 or I50* lists all codes that begin so.",
        query=_TEXT,
    ),
    _tool(
        "describe_tables",
        "Columns of up to 8 tables: type, meaning, what a program is given, values, joins, conventions; all codes of "
        "small reference tables. Of a code set (codeset.NAME): its codes, page by page.",
        tables=_said(_TEXTS, "Names as source.table, or codeset.NAME"),
    ),
    _tool(
        "put_draft",
        "Write a complete program as a new draft. Returns its number and what the checks say; refusals must be mended.",
        program=_said(_TEXT, "The whole program."),
        made_up_patients=_said(
            _array(_PATIENT), "The specification: one or more for every boundary of the definition."
        ),
        notes=_said(_TEXT, "What changed and why, for the reviewer."),
    ),
    _tool(
        "run_draft",
        "Run a draft on synthetic data (3 seeds and an edge case) and its made-up patients. Returns every run, and "
        "in full what does not hold.",
        draft=_NUMBER,
    ),
    _tool(
        "submit_for_review",
        "Hand a draft to the reviewer. Only a draft that ran clean everywhere and whose made-up patients all hold. "
        "The texts replace earlier ones: always complete.",
        draft=_NUMBER,
        understood=_said(_TEXT, "The question as you understood it, in one or two sentences."),
        definitions=_said(_TEXTS, "Each definition used: cohort, event, window, denominator."),
        assumptions=_said(_TEXTS, "What you had to assume."),
        would_change=_said(_TEXTS, "Readings you did not choose, and what each would change."),
    ),
    _tool(
        "answer_in_words",
        "Answer a question about the dictionary, a draft or a method that needs no program.",
        text=_TEXT,
    ),
    _tool(
        "ask_reviewer",
        "Ask when two readings would give different results and the plainest is not obvious.",
        question=_TEXT,
        options=_said(_TEXTS, "Two to four readings, each with what it would change."),
    ),
    _tool(
        "cannot_answer",
        "Say that the dictionary can't answer the question, and what is missing.",
        reason=_TEXT,
    ),
)


def tools_json() -> bytes:
    """All tools as the JSON array that goes into every request, always the same bytes."""
    return msgspec.json.encode(TOOLS)
