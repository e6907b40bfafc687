"""A workspace with a reviewer's key and one source, a DuckDB file with people's names in its names."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb

from sandbox.dictionary import introspect
from sandbox.dictionary.model import Proposal
from sandbox.files import replace_file
from sandbox.keystore import Keystore, open_keystore
from sandbox.records import AuditLog, ReviewerKey, Trust
from sandbox.review.decisions import carried
from sandbox.review.renaming import with_names
from sandbox.review.using_packs import knowing, packs_of
from sandbox.sources import connect
from sandbox.workspace import Settings, SourceSettings, Workspace, readable_json


class PackDesk(NamedTuple):
    workspace: Workspace
    keystore: Keystore
    key: ReviewerKey

    @property
    def trust(self) -> Trust:
        return Trust.open(self.workspace, self.keystore)

    def look(self) -> Proposal:
        """What a look does, without its jail: propose, name, carry the decisions, keep."""
        source = self.workspace.source("ehr")
        with connect(source, None) as opened:
            fresh = introspect(opened, "ehr", 11, knowing(packs_of(self.workspace, "ehr")))
        proposal = carried(self.workspace, with_names(self.workspace, fresh))
        replace_file(self.workspace.source_folder("ehr") / "proposal.json", readable_json(proposal))
        return proposal


def make_pack_desk(folder: Path, *, never: tuple[str, ...] = (), name: str = "Dr. Jane Example") -> PackDesk:
    database = folder / "ehr.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            CREATE TABLE patient(PATIENT_ID INTEGER PRIMARY KEY, SEX VARCHAR);
            INSERT INTO patient SELECT range, CASE WHEN range % 2 = 0 THEN 'F' ELSE 'M' END FROM range(400);
            CREATE TABLE DR_SMITH_CLINIC_LIST(
              PATIENT_ID INTEGER, KOWALSKI_SCORE INTEGER, SRV04_STATUS VARCHAR, ENCOUNTER_DT DATE,
              FOREIGN KEY (PATIENT_ID) REFERENCES patient(PATIENT_ID));
            COMMENT ON TABLE DR_SMITH_CLINIC_LIST IS 'Visits to the clinic. Moved from Elsewhere Net last year.';
            INSERT INTO DR_SMITH_CLINIC_LIST
              SELECT range % 400, range % 7, CASE WHEN range % 3 = 0 THEN 'Elsewhere Net' ELSE 'here' END,
              DATE '2022-01-01' + (range % 300)::INTEGER FROM range(1200);
            """
        )
    workspace = Workspace.create(
        folder / "workspace", store="throwaway", settings=Settings(reviewer=name, never_told=never)
    )
    keystore = open_keystore(workspace)
    key = ReviewerKey.create(workspace, keystore, name, "four unrelated plain words")
    workspace.save_source(SourceSettings(name="ehr", kind="duckdb", location=str(database)))
    AuditLog(workspace.audit_log).append("workspace.created", reviewer=name)
    return PackDesk(workspace, keystore, key)
