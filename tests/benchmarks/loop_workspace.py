"""The workspace of `bench_desk_loop.py`: a million made-up stays, a signed program that reads them, two dictionaries.

`python loop_workspace.py FOLDER` makes it in a process of its own, which ends before the window takes the workspace,
and says what is in it as JSON.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "reviewing"))

import duckdb
import finished_job as job

from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.files import replace_file
from sandbox.keystore import Keystore, open_keystore
from sandbox.records import ReviewerKey, sign_table, signed_path
from sandbox.review.connecting import add_source
from sandbox.review.setting_up import set_up
from sandbox.reviewing import questions, review
from sandbox.reviewing.orders.questions import OpenQuestion
from sandbox.reviewing.orders.review import WriteDraft
from sandbox.reviewing.room import Room
from sandbox.workspace import Workspace, readable_json

HUGE, WIDE = "Every stay", "Wide"  # the tables of the run's results
STAYS = """
CREATE OR REPLACE TABLE encounters AS
SELECT 1000 + (i * 7 % 40) AS pat_id,
       CASE i % 3 WHEN 0 THEN 'IP' WHEN 1 THEN 'OP' ELSE 'ED' END AS enc_class,
       (i * 29 % 9973) + 0.5 AS charge
FROM range(1000000) r(i);
"""
PROGRAM = f'''"""Every stay there is."""
import pandas as pd


def main(data, report):
    stays = data.sql("SELECT pat_id, enc_class, charge FROM ehr.encounters")
    report.step("stays", stays)
    report.value("stays", len(stays))
    report.table("{HUGE}", stays)
    report.table("{WIDE}", pd.DataFrame({{f"column_{{n}}": [n + row for row in range(1000)] for n in range(300)}}))
'''
PLAIN: dict[str, Any] = {"type": "DOUBLE", "column_class": "plain", "told": "name", "given": "full"}
UNKNOWN: dict[str, Any] = {"type": "VARCHAR", "column_class": "unknown", "told": "nothing", "given": "nothing"}


def make(folder: Path) -> dict[str, str]:
    root = folder / "study"
    workspace = set_up(root, "Dr A Reviewer", job.PASSPHRASE, store="throwaway")
    keystore = open_keystore(workspace)
    hospital = job._hospital(folder / "ehr.duckdb")
    with duckdb.connect(str(hospital)) as connection:
        connection.execute(STAYS)
    add_source(workspace, keystore, "ehr", hospital, None)
    key = ReviewerKey.unlock(workspace, keystore, job.PASSPHRASE)
    for table in job.TABLES:
        replace_file(signed_path(workspace, "ehr", table.name), sign_table(table, (), key))
    _propose(workspace, keystore, hospital, "wide", tables=1, columns=3000)
    _propose(workspace, keystore, hospital, "many", tables=300, columns=10)
    return {"root": str(root), "approval": _signed_program(root), "passphrase": job.PASSPHRASE}


def _propose(
    workspace: Workspace, keystore: Keystore, hospital: Path, source: str, *, tables: int, columns: int
) -> None:
    """A source about which a proposal of that size was written; nobody has to read a table of that size for it."""
    place = hospital.with_name(f"{source}.duckdb")
    shutil.copy(hospital, place)
    add_source(workspace, keystore, source, place, None)
    each = tuple(Column(name=f"column_{n}", **(UNKNOWN if n % 7 == 0 else PLAIN)) for n in range(columns))
    names = (f"table_{n}" for n in range(tables))
    every = tuple(Table(source=source, name=one, physical=("main", one), columns=each) for one in names)
    proposal = Proposal(source=source, dialect="duckdb", tables=every)
    replace_file(workspace.source_folder(source) / "proposal.json", readable_json(proposal))


def _signed_program(root: Path) -> str:
    """The approval of the program, good for three runs."""
    room = Room(root)
    room.open()
    try:
        question = questions.open_question(room, OpenQuestion()).name
        review.write_draft(room, WriteDraft(question=question, program=PROGRAM))
        return job.sign(room, question, 1, runs=3)
    finally:
        room.end_children()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(Path(sys.argv[1]))))
