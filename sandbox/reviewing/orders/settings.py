"""Orders on settings and on whether the jails hold here."""

from __future__ import annotations

from sandbox.workspace import Settings

from ._base import Done, Order, Shown


class SettingsShown(Shown, frozen=True):
    """The settings, who the reviewer is, where the secrets are, and the versions that the checks are bound to."""

    settings: Settings
    root: str
    fingerprint: str
    store: str
    keyring: str
    has_model_key: bool
    model_key_for: str
    has_pin: bool
    versions: dict[str, str]
    public_key: str = ""


class ReadSettings(Order[SettingsShown], frozen=True):
    pass


class ChangeSettings(Order[SettingsShown], frozen=True):
    """Change settings; each is checked before any is kept. The reviewer's name can't be changed."""

    settings: Settings


class KeepModelKey(Order[Done], frozen=True):
    """Keep the model's key in the keyring, bound to the address in the settings; an empty one forgets it."""

    key: str


class Finding(Shown, frozen=True):
    """One line of the doctor's report. `ok` False carries what to do in `advice`."""

    name: str
    ok: bool
    sentence: str
    advice: str = ""


class Probe(Shown, frozen=True):
    name: str
    role: str
    outside: str
    inside: str
    held: bool


class DoctorReport(Shown, frozen=True):
    """What holds on this workstation: findings first (keyring, jails, log, disk, versions), each probe below."""

    ok: bool
    sentence: str
    findings: tuple[Finding, ...]
    probes: tuple[Probe, ...]
    layers: dict[str, dict[str, str]]
    kernel: str
    landlock: int
    seconds: float
    tested_at: str = ""


class RunDoctor(Order[DoctorReport], frozen=True):
    """Try every way out of every jail now (several seconds; tells progress) and look at the rest."""


class ReadDoctor(Order[DoctorReport], frozen=True):
    """The last report that still speaks for this machine, boot and code, without trying again."""
