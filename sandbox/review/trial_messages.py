"""What the drafting session and a drafting worker say to each other: one request, one trial."""

from __future__ import annotations

from typing import Any, Union

import msgspec

from sandbox.checks.facts import Fact
from sandbox.dictionary.model import Dictionary

from .made_up import MadeUpPatient


class TryDraft(Fact, frozen=True, kw_only=True, tag="try"):
    """Try the draft that is in the payload (a `TryPayload` as JSON)."""

    seed: int = 1
    edge: bool = False
    seconds: float = 60.0


class TryPayload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Too large for a frame's message: a dictionary can have thousands of tables."""

    program: str
    dictionary: Dictionary
    patients: tuple[MadeUpPatient, ...] = ()
    parameters: dict[str, Any] = {}


class WorkerWarm(Fact, frozen=True, kw_only=True, tag="warm"):
    """Imports are done; the worker waits for its one draft."""

    versions: dict[str, str] = {}


class Phase(Fact, frozen=True, kw_only=True, tag="phase"):
    """What the program runs on from now on."""

    name: str


class Tried(Fact, frozen=True, kw_only=True, tag="tried"):
    """The trial is over; it is the payload, as JSON."""


FromWorker = Union[WorkerWarm, Phase, Tried]
