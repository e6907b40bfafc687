"""Orders on the workspace as a whole: open it, set it up, lock and unlock, where things stand."""

from __future__ import annotations

from typing import Literal

from ._base import Done, Order, Shown


class SourceStanding(Shown, frozen=True):
    """How far a source is: looked at, how many tables, signed, undecided columns; are its identifiers indexed."""

    name: str
    location: str
    login: bool
    looked: bool = False
    tables: int = 0
    columns: int = 0
    undecided: int = 0
    signed: int = 0
    known: bool = False
    known_is_old: bool = False  # columns that identify were found since, or nobody knows what was indexed
    catalog_tables: int = 0  # of which `tables` are open
    catalog_columns: int = 0


class DemoScript(Shown, frozen=True):
    """The reviewer's half of the recorded conversation, in a demo workspace."""

    question: str
    comment: str
    comment_on: str
    purpose: str
    tables: tuple[str, ...]


class Standing(Shown, frozen=True):
    """Where things stand. `exists` without `finished`: setting up was interrupted and can go on.

    `keyring` is empty when the operating system's keyring answers, else the sentence why not.
    `demo` is set in a demo workspace, whose model is a recording.
    """

    root: str
    exists: bool
    finished: bool
    store: Literal["os", "throwaway"] = "os"
    keyring: str = ""
    reviewer: str = ""
    fingerprint: str = ""
    sources: tuple[SourceStanding, ...] = ()
    questions: int = 0
    model: str = ""
    model_url: str = ""
    has_model_key: bool = False
    has_pin: bool = False
    lock_after_minutes: int = 10
    shortest_passphrase: int = 12
    demo: DemoScript | None = None


class Open(Order[Standing], frozen=True):
    """Open the workspace for this desk alone; refused while another desk has it. First of all orders."""


class ReadStanding(Order[Standing], frozen=True):
    """Where things stand now."""


class SetUp(Order[Standing], frozen=True):
    """Make the workspace (or finish an interrupted one): name, passphrase, both keys, the first log entry."""

    name: str
    passphrase: str
    store: Literal["os", "throwaway"] = "os"


class BuildDemo(Order[Standing], frozen=True):
    """In a demo workspace: write the made-up hospital beside it and connect its two sources. Tells progress."""

    patients: int = 2000


class Lock(Order[Done], frozen=True):
    """Forget every opened result."""


class Unlock(Order[Done], frozen=True):
    """Check the PIN (when `pin`) or the passphrase; refused when wrong. Five wrong PINs need the passphrase."""

    secret: str
    pin: bool = False


class SetPin(Order[Done], frozen=True):
    """Set the PIN that unlocks an idle desk (4 digits or more); an empty one takes it away."""

    passphrase: str
    pin: str
