"""What the drafting tests share: a small dictionary, invented people, turns of a model."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from resources.demo.conversation import Conversation, Text, ToolUse, Turn
from sandbox.dictionary.model import Column, Dictionary, ReferenceRows, Table
from sandbox.messages import desk
from sandbox.sessions import Session

KNOWN_KEY = bytes(range(32))
QUESTION = "q-1"
PEOPLE = {
    "last_name": ["Kowalczyk", "Okonkwo", "Brannigan"],
    "first_name": ["Ada", "Chidi", "Tomas"],
    "mrn": ["MRN-0042117", "MRN-0099120", "MRN-0077001"],
    "phone": ["(617) 555-0142", None, "617-555-0199"],
}


def small_dictionary() -> Dictionary:
    """Stays with keys, dates and a coded column, and a reference table of the codes."""
    stays = Table(
        source="ehr",
        name="stays",
        description="Hospital stays",
        grain="One row per stay",
        columns=(
            Column(
                name="pat_id", type="BIGINT", column_class="patient_key", told="name", given="token", domain="patient"
            ),
            Column(name="stay_id", type="BIGINT", column_class="event_key", told="name", given="token", domain="stay"),
            Column(name="admit_dt", type="DATE", column_class="date", told="name", given="full"),
            Column(name="disch_dt", type="DATE", column_class="date", told="name", given="full"),
            Column(
                name="dx", type="VARCHAR", column_class="plain", told="values", given="full", values=("I50.21", "J18.9")
            ),
        ),
        rows_band=1000,
    )
    codes = Table(
        source="ehr",
        name="dx_codes",
        description="Diagnosis codes",
        reference=True,
        columns=(
            Column(name="code", type="VARCHAR", column_class="plain", told="values", given="full"),
            Column(name="meaning", type="VARCHAR", column_class="plain", told="values", given="full"),
        ),
    )
    rows = (("I50.21", "Acute systolic heart failure"), ("J18.9", "Pneumonia, unspecified organism"))
    reference = ReferenceRows(table="ehr.dx_codes", columns=("code", "meaning"), rows=rows)
    return Dictionary(tables=(stays, codes), dialects={"ehr": "duckdb"}, references=(reference,))


def says(text: str, **stop: Any) -> Turn:
    return Turn(content=(Text(text=text),), **stop)


def calls(name: str, **arguments: Any) -> Turn:
    return Turn(content=(Text(text="One moment."), ToolUse(name=name, input=arguments)))


def talk(*turns: Turn) -> Conversation:
    return Conversation(name="test", turns=turns)


def until_over(session: Session) -> list[Any]:
    """Everything the session says up to the end of the turn."""
    return list(session.until(desk.TurnOver, desk.Withheld, timeout=90))


def wait_until(so: Callable[[], object], seconds: float = 30.0) -> None:
    """Return when `so()` is true; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
