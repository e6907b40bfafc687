"""What one run rests on, read once and verified before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.checks.exclusions import domain_of
from sandbox.checks.facts import Exclusion, KeyList, Schema
from sandbox.dictionary import Dictionary, schema_of
from sandbox.errors import ApprovalRefused, BadInput, RecordRefused
from sandbox.records import (
    Approval,
    AuditLog,
    InForce,
    Trust,
    exclusions_in_force,
    load_signed,
    newest_tables,
    read_approval,
    sha256,
)
from sandbox.workspace import SourceSettings, Workspace


class Approved(NamedTuple):
    """A verified approval with the exact bytes it is about, and the exclusions that hold whatever it says.

    `schema` has the granted tables only; the other tables of their sources are `unseen` in it.
    """

    approval: Approval
    envelope_sha256: str
    program: bytes
    dictionary: Dictionary
    schema: Schema
    sources: tuple[SourceSettings, ...]
    in_force: InForce

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """Those that are of a source of this run."""
        names = {source.name for source in self.sources}
        return tuple(one for one in self.in_force.all if one.source in names)

    @property
    def lists(self) -> tuple[KeyList, ...]:
        """Every list of identifiers that a query of this run can need."""
        scopes = [scope.keys for scopes in self.approval.grant.rows.values() for scope in scopes]
        found = [keys for keys in (*scopes, *(one.keys for one in self.exclusions)) if keys is not None]
        return tuple({keys.name: keys for keys in found}.values())

    @property
    def patient_keys(self) -> tuple[str, ...]:
        """Names of the granted columns that hold patient tokens."""
        names = {
            name
            for table, granted in self.approval.grant.tables.items()
            for name, column in self.schema.tables[table].columns.items()
            if column.key == "patient" and name in granted
        }
        return tuple(sorted(names))


def read_approved(workspace: Workspace, trust: Trust, name: str, log: AuditLog) -> Approved:
    """The approval `name` and what belongs to it, or a refusal. No secret is needed for this.

    1. The envelope is read once, and only these bytes are looked at from here on.
    2. The pinned reviewer signed them.
    3. The program is read once. Whether it is the signed one, `check_may_run` says.
    4. The dictionary of the granted sources is read, each table's signature verified.
    5. So are the exclusions, those that the log names as the newest.
    """
    envelope = _read(workspace, name)  # (1)
    approval = read_approval(envelope, trust)  # (2)
    if approval.id != name:
        raise RecordRefused(f"The file of approval {name} holds another approval.")
    program = _program(workspace, approval)  # (3)
    sources = tuple(
        workspace.source(source) for source in sorted({table.partition(".")[0] for table in approval.grant.tables})
    )
    signed = load_signed(workspace, trust, [source.name for source in sources])  # (4)
    whole = schema_of(signed.dictionary)
    schema = Schema(
        tables={table: facts for table, facts in whole.tables.items() if table in approval.grant.tables},
        dialects=whole.dialects,
        unseen={table: facts for table, facts in whole.tables.items() if table not in approval.grant.tables},
    )
    in_force = exclusions_in_force(workspace, trust, log)  # (5)
    _check_exclusions(in_force, schema, signed.envelopes, log)
    return Approved(approval, sha256(envelope), program, signed.dictionary, schema, sources, in_force)


def _check_exclusions(in_force: InForce, schema: Schema, envelopes: Mapping[str, str], log: AuditLog) -> None:
    """An exclusion that has lost its table, or one on the way to it, would leave nobody out, silently.

    So would one whose table is back to how it was signed once, without the key or join that its patients are found by.
    """
    for one in in_force.all:
        if one.source in schema.dialects and domain_of(one, schema) is None:
            raise RecordRefused(
                f"The exclusion {one.words!r} rests on the patient key of {one.table}, which is signed no more.",
                "Sign the table again, or remove the exclusion.",
            )
    excluding = {one.source for one in in_force.all} & set(schema.dialects)
    newest = newest_tables(log) if excluding else {}
    for table in sorted(table for table in newest if table.partition(".")[0] in excluding):
        if table not in envelopes:
            raise RecordRefused(
                f"The signature of {table} is gone, and exclusions may find their patients through it.",
                "Sign the table again, or remove the exclusions.",
            )
        if envelopes[table] != newest[table]:
            raise RecordRefused(
                f"{table} is not as it was signed last, and exclusions may find their patients through it.",
                "Sign the table again.",
            )


def check_parameters(approval: Approval, wanted: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a run. What was signed is what runs; there is no signed range yet."""
    for name, value in wanted.items():
        if name not in approval.parameters:
            raise ApprovalRefused(f"The signed program has no parameter {name}.", "Leave it out.")
        if value != approval.parameters[name] or type(value) is not type(approval.parameters[name]):
            raise ApprovalRefused(f"The parameter {name} was signed with another value.")
    return dict(approval.parameters)


def _read(workspace: Workspace, name: str) -> bytes:
    try:
        return workspace.approval(name).read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(f"There is no approval {name!r}.", "See `preceptor sign --list`.") from problem
    except OSError as problem:
        raise RecordRefused(f"Approval {name} can't be read ({type(problem).__name__}).") from problem


def _program(workspace: Workspace, approval: Approval) -> bytes:
    try:
        return (workspace.draft(approval.question, approval.draft) / "program.py").read_bytes()
    except OSError as problem:
        raise ApprovalRefused("The signed program is not where its draft was kept.") from problem
