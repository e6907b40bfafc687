"""A whole job done once on a small made-up hospital, with real parts: asked, drafted, signed, run, failed, withheld."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import msgspec

from resources.demo.conversation import Conversation, Text, ToolUse, Turn
from resources.demo.model_server import ModelServer
from sandbox.dictionary.model import Column, Table
from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.messages import desk
from sandbox.records import ReviewerKey, sign_table, signed_path
from sandbox.review.connecting import add_source
from sandbox.review.setting_up import set_up
from sandbox.reviewing import questions, review
from sandbox.reviewing.orders.questions import KeepText, OpenQuestion
from sandbox.reviewing.orders.review import LookAt, SignDraft, WriteDraft
from sandbox.reviewing.room import Room
from sandbox.sessions import Session
from sandbox.workspace import Workspace

PASSPHRASE = "correct horse battery staple"
QUESTION = "How many stays are there by class?"
NAMED = "Why was the patient with MRN 4711234 readmitted?"
SECONDS = 120.0

PROGRAM = '''"""Stays by class."""
import matplotlib.pyplot as plt

PARAMETERS = {"least": 0}


def main(data, report, least):
    stays = data.sql("SELECT pat_id, enc_class, charge FROM ehr.encounters WHERE charge >= :least", least=least)
    report.step("stays", stays)
    report.value("stays", len(stays))
    report.text("note", "By class of stay.")
    by = stays.groupby("enc_class").agg(stays=("charge", "size"), mean=("charge", "mean")).reset_index()
    report.table("By class", by)
    figure, axes = plt.subplots()
    axes.bar(by.enc_class, by.stays)
    report.figure("Bars", figure)
'''
FIRST = PROGRAM.replace('    report.text("note", "By class of stay.")\n', "")
FAILING = '''"""Fails on real data."""


def main(data, report):
    stays = data.sql("SELECT enc_class FROM ehr.encounters")
    classes = dict.fromkeys(stays.enc_class)
    report.value("never", classes["NO SUCH CLASS"])
'''
PATIENT = {
    "name": "two stays",
    "says": "Both count.",
    "rows": [
        {
            "table": "ehr.encounters",
            "columns": ["pat_id", "enc_class", "charge"],
            "values": [["p1", "IP", 1.0], ["p1", "ED", 2.0]],
        }
    ],
    "expect": [{"label": "stays", "value": 2}],
}
KEY: dict[str, Any] = {"column_class": "patient_key", "told": "name", "given": "token", "domain": "patient"}
PLAIN: dict[str, Any] = {"column_class": "plain", "told": "name", "given": "full"}
TABLES = (
    Table(
        source="ehr",
        name="encounters",
        physical=("src", "main", "encounters"),
        description="One row per stay.",
        columns=(
            Column(name="pat_id", type="BIGINT", **KEY),
            Column(name="enc_class", type="VARCHAR", **{**PLAIN, "told": "values"}, values=("ED", "IP", "OP")),
            Column(name="charge", type="DOUBLE", **PLAIN),
        ),
    ),
    Table(
        source="ehr",
        name="patients",
        physical=("src", "main", "patients"),
        columns=(
            Column(name="pat_id", type="BIGINT", **KEY),
            Column(name="birth_year", type="DATE", **{**PLAIN, "given": "derived"}, derivation="year"),
        ),
    ),
)


class Job(NamedTuple):
    """What was left: the workspace's folder, and the names in it."""

    root: str
    question: str
    withheld: str
    failing: str
    approval: str
    run: str
    failed_run: str

    @property
    def folder(self) -> Path:
        return Path(self.root)


def do_the_job(folder: Path) -> Job:
    """Takes some seconds: trials, runs and the agent's session are real."""
    root = folder / "study"
    _make_workspace(folder, root)
    room = Room(root)
    room.open()
    try:
        withheld = questions.open_question(room, OpenQuestion()).name
        _talk(room, withheld, desk.Ask(text=NAMED))
        asked = questions.open_question(room, OpenQuestion()).name
        _talk(room, asked, desk.Ask(text=QUESTION))
        questions.keep_text(room, KeepText(question=asked, text=QUESTION))
        _talk(room, asked, desk.Answer(text="All classes."))
        review.look_at(room, LookAt(question=asked, draft=1))  # the agent never tried it; looking at it does
        approval = sign(room, asked, 2)
        failing = questions.open_question(room, OpenQuestion()).name
        review.write_draft(room, WriteDraft(question=failing, program=FAILING))
        failed = sign(room, failing, 1)
        return Job(
            root=str(root),
            question=asked,
            withheld=withheld,
            failing=failing,
            approval=approval,
            run=run(room.workspace, approval),
            failed_run=run(room.workspace, failed),
        )
    finally:
        room.end_children()


def sign(room: Room, question: str, draft: int, **terms: Any) -> str:
    """Sign a draft as it lies there; the approval's name."""
    wanted: dict[str, Any] = {"kind": "full", "purpose": "A test", "hours": 24, "runs": 1} | terms
    return review.sign_draft(room, sign_order(room, question, draft, **wanted)).id


def sign_order(room: Room, question: str, draft: int, **terms: Any) -> SignDraft:
    """The order, after a look at the draft as it lies there."""
    shown = review.look_at(room, LookAt(question=question, draft=draft))
    wanted: dict[str, Any] = {
        "kind": "full",
        "purpose": "A test",
        "hours": 24,
        "runs": 1,
        "sha256": shown.evidence.sha256,
        "cover": shown.cover,
        "passphrase": PASSPHRASE,
    }
    return SignDraft(question=question, draft=draft, **(wanted | terms))


def run(workspace: Workspace, approval: str) -> str:
    """Run an approval in a session of its own; the run's name."""
    with Session.running(workspace) as session:
        session.send(desk.Run(approval=approval))
        ended = list(session.until(desk.RunEnded, timeout=SECONDS))[-1]
    return str(ended.run)


def calls(name: str, **arguments: Any) -> Turn:
    return Turn(content=(Text(text="One moment."), ToolUse(name=name, input=arguments)))


TURNS = (
    calls("search_dictionary", query="stays by class"),
    calls("describe_tables", tables=["ehr.encounters", "ehr.patients"]),
    calls("put_draft", program=FIRST, made_up_patients=[PATIENT], notes="a first try"),
    calls("ask_reviewer", question="Which classes?", options=["All", "Inpatient only"]),
    calls("put_draft", program=PROGRAM, made_up_patients=[PATIENT], notes="with a note"),
    calls("run_draft", draft=2),
    calls(
        "submit_for_review",
        draft=2,
        understood="Stays by class.",
        definitions=["a stay is a row"],
        assumptions=[],
        would_change=[],
    ),
)


def _talk(room: Room, question: str, message: msgspec.Struct) -> None:
    """One exchange with the recorded agent, to its end."""
    workspace = room.workspace
    with ModelServer(Conversation(name="test", turns=TURNS)) as server:
        workspace.change_settings(msgspec.structs.replace(workspace.settings, model_url=server.url))
        with Session.drafting(workspace, question) as session:
            session.send(message)
            list(session.until(desk.TurnOver, desk.Withheld, timeout=SECONDS))


def _make_workspace(folder: Path, root: Path) -> None:
    workspace = set_up(root, "Dr A Reviewer", PASSPHRASE, store="throwaway")
    keystore = open_keystore(workspace)
    add_source(workspace, keystore, "ehr", _hospital(folder / "ehr.duckdb"), None)
    key = ReviewerKey.unlock(workspace, keystore, PASSPHRASE)
    for table in TABLES:
        replace_file(signed_path(workspace, "ehr", table.name), sign_table(table, (), key))


def _hospital(path: Path) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE MACRO preceptor_demo_mark() AS 1;  -- a throwaway store connects made-up sources only
            CREATE TABLE patients AS
            SELECT 1000 + i AS pat_id, DATE '1940-01-01' + (i * 37 % 20000)::INT AS birth_year FROM range(40) r(i);
            CREATE TABLE encounters AS
            SELECT 1000 + (i * 7 % 40) AS pat_id,
                   CASE i % 3 WHEN 0 THEN 'IP' WHEN 1 THEN 'OP' ELSE 'ED' END AS enc_class,
                   ((i * 29 % 97) + 0.5)::DOUBLE AS charge
            FROM range(300) r(i);
            """
        )
    return path
