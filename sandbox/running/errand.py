"""What this side does with a source, from the moment it is verified: what is known of it, and what it is done with.

    errand = Errand(run=run, approved=approved, known=ready.known, …)
    meet(workspace, errand, equipment, secrets, door, log, room)        # in `broker`, behind the door

Where a door is a process of its own (Windows), the errand and the secrets of this one are what it is handed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from sandbox.checks.facts import CheckedQuery, KeyList
from sandbox.dictionary import Proposal, Table
from sandbox.errors import CredentialMissing, StoreUnavailable
from sandbox.jail import Child
from sandbox.keystore import Keystore
from sandbox.matching import Tokens
from sandbox.records import WorkstationKey
from sandbox.workspace import SourceSettings

from .approved import Approved
from .desk_line import DeskLine
from .limits import RunLimits
from .memory import MemoryFiles
from .memory_used import MemoryUsed
from .query_check import CheckedQueries

KNOWN_KEY = "key/known"


class _Errand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all errands."""


class LookAt(_Errand, frozen=True, tag="look"):
    """Propose a dictionary for these tables of a source, or for all; `signed` is what is signed of it."""

    source: SourceSettings
    tables: tuple[str, ...]
    signed: tuple[Table, ...] = ()


class IndexOf(_Errand, frozen=True, tag="index"):
    """Index the values of a source that identify, as its proposal says."""

    source: SourceSettings
    proposal: Proposal


class Stored(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column as the source knows it."""

    table: tuple[str, ...]
    column: str


class CountOf(_Errand, frozen=True, tag="count"):
    """Count how much of an exclusion in force is in its source: `keys` is its list, if it has one."""

    source: SourceSettings
    query: CheckedQuery
    stored: Stored
    keys: KeyList | None


class Errand(_Errand, frozen=True, tag="run"):
    """One run. `began_at` is of the machine's monotonic clock; `jail` is what the record will say of its walls."""

    run: str
    began_at: float
    approved: Approved
    known: CheckedQueries
    parameters: dict[str, Any]
    libraries: dict[str, str]
    limits: RunLimits
    jail: dict[str, Any]


class Equipment(NamedTuple):
    """The jailed program and the ways to it and to the desk; an engine for each source."""

    program: Child
    memory_used: MemoryUsed
    files: MemoryFiles
    engines: dict[str, Any]
    desk: DeskLine


class Secrets(NamedTuple):
    """What a run needs from the keyring, fetched once; afterwards the keyring is out of reach."""

    logins: dict[str, str | None]
    workstation: WorkstationKey
    results: bytes
    tokens: Tokens
    lists: dict[str, tuple[str, ...]]


class Fetched:
    """A keystore that remembers what was asked of it: the secrets of one errand, to be handed over and forgotten."""

    def __init__(self, keystore: Keystore) -> None:
        self._keystore = keystore
        self.secrets: dict[str, str] = {}

    def get(self, name: str) -> str:
        self.secrets[name] = self._keystore.get(name)
        return self.secrets[name]

    def put(self, name: str, secret: str) -> None:
        self._keystore.put(name, secret)
        self.secrets[name] = secret

    def delete(self, name: str) -> None:
        self._keystore.delete(name)


class Handed:
    """The same secrets where no keyring is in reach. What was not handed over is not there, and nothing can be kept."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self._secrets = secrets

    def get(self, name: str) -> str:
        try:
            return self._secrets[name]
        except KeyError as problem:
            raise CredentialMissing(f"The door was not handed {name!r}.") from problem

    def put(self, name: str, secret: str) -> None:
        raise StoreUnavailable("A door keeps no secrets.")

    def delete(self, name: str) -> None:
        raise StoreUnavailable("A door keeps no secrets.")
