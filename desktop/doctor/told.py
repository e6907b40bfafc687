"""The doctor's report, ready to be shown: a verdict, findings, and the ways out by who tried them. No Qt in here."""

from __future__ import annotations

from typing import Literal, NamedTuple

from desktop import words
from desktop.doctor.probe_words import way_out, who
from sandbox.reviewing.orders.settings import DoctorReport, Finding, Probe

Tone = Literal["good", "warn", "bad"]
EVERYBODY = ""


class WayOut(NamedTuple):
    """One attempt, in words; `id` is unique in a report."""

    id: str
    role: str
    who: str
    what: str
    outside: str
    inside: str
    held: bool
    measured: str


class Role(NamedTuple):
    """Everything that one kind of process tried; `id` "" is all of them together."""

    id: str
    name: str
    tried: int
    held: int
    layers: tuple[tuple[str, str], ...]


class Shown(NamedTuple):
    tone: Tone
    verdict: str
    sentence: str
    about: str
    findings: tuple[Finding, ...]
    roles: tuple[Role, ...]
    ways_out: tuple[WayOut, ...]


def shown(report: DoctorReport, *, was_tried: bool = True) -> Shown:
    """`was_tried` False: the report was read, and what it does not hold may never have been tried."""
    # What needs the reviewer comes first; the order is otherwise the doctor's.
    ways = tuple(sorted(map(_way_out, report.probes), key=lambda way: way.held))
    tone, verdict = _verdict(report, was_tried)
    findings = tuple(sorted(report.findings, key=lambda finding: (finding.ok, not finding.advice)))
    return Shown(tone, verdict, report.sentence, _about(report), findings, _roles(report, ways), ways)


def _verdict(report: DoctorReport, was_tried: bool) -> tuple[Tone, str]:
    if report.ok:
        return "good", "Isolation holds on this computer"
    if not report.probes and not was_tried:
        return "warn", "Not tried on this computer yet"
    if report.probes and all(probe.held for probe in report.probes):
        return "warn", "Isolation holds, but something else needs you"
    return "bad", "Programs will not run here"


def _about(report: DoctorReport) -> str:
    landlock = f"Landlock {report.landlock}" if report.landlock else "no Landlock"
    tried = f"tried {words.when(report.tested_at)}, in {words.seconds(report.seconds)}" if report.tested_at else ""
    return ", ".join(part for part in (f"Kernel {report.kernel}", landlock, tried) if part)


def _roles(report: DoctorReport, ways: tuple[WayOut, ...]) -> tuple[Role, ...]:
    names = list(dict.fromkeys(probe.role for probe in report.probes))
    each = [_role(name, who(name), [way for way in ways if way.role == name], report) for name in names]
    return (_role(EVERYBODY, "All of them", list(ways), report), *each) if each else ()


def _role(id: str, name: str, ways: list[WayOut], report: DoctorReport) -> Role:
    layers = tuple(sorted(report.layers.get(id, {}).items()))
    return Role(id, name, len(ways), sum(way.held for way in ways), layers)


def _way_out(probe: Probe) -> WayOut:
    return WayOut(
        id=f"{probe.role}/{probe.name}",
        role=probe.role,
        who=who(probe.role),
        what=way_out(probe.name),
        outside=outside_words(probe.outside),
        inside=inside_words(probe.inside),
        held=probe.held,
        measured=f"{probe.name}: outside {probe.outside}, inside {probe.inside}",
    )


def outside_words(outcome: str) -> str:
    if outcome == "allowed":
        return "works"
    return "impossible here"


def inside_words(outcome: str) -> str:
    """What became of it; neither out nor blocked is what "unclear: EMFILE" and "broken: …" say of the probe."""
    if outcome == "allowed":
        return "gets out"
    kind, _, cause = outcome.partition(":")
    return f"{kind} ({cause.strip()})"
