"""What the drafting session and a drafting worker say to each other: one draft, its trials."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.checks.facts import Exclusion, Fact, RowScope
from sandbox.dictionary.model import Dictionary

from .made_up import MadeUpPatient


class Setting(Fact, frozen=True, kw_only=True):
    """The synthetic data of one trial: which seed, and whether the awkward kind."""

    seed: int = 1
    edge: bool = False


class TryDraft(Fact, frozen=True, kw_only=True, tag="try"):
    """Try the draft that is in the payload (a `TryPayload` as JSON) on each of `settings`, one trial each."""

    settings: tuple[Setting, ...] = (Setting(),)
    seconds: float = 60.0


class TryPayload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Too large for a frame's message: a dictionary can have thousands of tables.

    `rows` and `exclusions` come from a reviewer who tries what they are about to sign; an agent's trial has neither.
    """

    program: str
    dictionary: Dictionary
    patients: tuple[MadeUpPatient, ...] = ()
    parameters: dict[str, Any] = {}
    rows: dict[str, tuple[RowScope, ...]] = {}
    exclusions: tuple[Exclusion, ...] = ()


class WorkerWarm(Fact, frozen=True, kw_only=True, tag="warm"):
    """Imports are done; the worker waits for its one draft."""

    versions: dict[str, str] = {}


class Phase(Fact, frozen=True, kw_only=True, tag="phase"):
    """What the program runs on from now on: the synthetic data (-1), or a made-up patient by position."""

    patient: int = -1


class Tried(Fact, frozen=True, kw_only=True, tag="tried"):
    """One trial is over; it is the payload, as JSON."""


FromWorker = WorkerWarm | Phase | Tried
