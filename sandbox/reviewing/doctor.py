"""What holds on this workstation: the isolation, tried; the keyring, the log, the disk, the index, the versions, the
libraries."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime

from sandbox.errors import JailRefused, PreceptorError
from sandbox.jail import SelfTest, self_test
from sandbox.jail.selftest import keep_self_test, kept_self_test
from sandbox.reviewing.checkup import compiled_finding, disk_findings, known_findings, version_finding
from sandbox.reviewing.orders.settings import DoctorReport, Finding, Probe, ReadDoctor, RunDoctor
from sandbox.reviewing.room import Room

_ISOLATION = "Isolation"


def run_doctor(room: Room, order: RunDoctor) -> DoctorReport:
    """Try every way out now. A test that fails is kept too: no program runs until one has passed."""
    try:
        test = self_test(room.progress)
    except JailRefused as problem:
        return _report(room, None, Finding(name=_ISOLATION, ok=False, sentence=problem.sentence, advice=problem.advice))
    if room.is_open:
        keep_self_test(room.workspace.self_test, test)
    return _report(room, test, _isolation(test), tested_at=_moment(datetime.now(UTC)))


def read_doctor(room: Room, order: ReadDoctor) -> DoctorReport:
    """The kept test, if there is one that speaks for this machine as it is now."""
    test = kept_self_test(room.workspace.self_test) if room.is_open else None
    if test is None:
        untried = Finding(
            name=_ISOLATION,
            ok=False,
            sentence="The isolation was not tried yet, or not since this computer was started or Preceptor updated.",
            advice="Try it now; it takes a few seconds. Otherwise it is tried before the next run.",
        )
        return _report(room, None, untried)
    kept_at = datetime.fromtimestamp(room.workspace.self_test.stat().st_mtime, UTC)
    return _report(room, test, _isolation(test), tested_at=_moment(kept_at))


def _report(room: Room, test: SelfTest | None, isolation: Finding, tested_at: str = "") -> DoctorReport:
    room.progress("Looking at keyring, log and disk")
    findings = (isolation, *_findings(room))
    open_ones = sum(not finding.ok for finding in findings)
    return DoctorReport(
        ok=open_ones == 0,
        sentence=_verdict(isolation.ok, open_ones),
        findings=findings,
        probes=tuple(
            Probe(name=one.name, role=one.role, outside=one.outside, inside=one.inside, held=one.passed)
            for one in (test.probes if test else ())
        ),
        layers=test.layers if test else {},
        kernel=test.kernel if test else platform.release(),
        landlock=test.abi if test else 0,
        seconds=test.seconds if test else 0.0,
        tested_at=tested_at,
    )


def _verdict(holds: bool, open_ones: int) -> str:
    if not open_ones:
        return "Everything that Preceptor rests on holds on this computer."
    if not holds:
        return "The isolation is not shown to hold on this computer, so no program is run."
    others = "One thing needs" if open_ones == 1 else f"{open_ones} things need"
    return f"The isolation holds. {others} your attention."


def _isolation(test: SelfTest) -> Finding:
    failed = test.failures()
    if test.passed and not failed:
        works = sum(probe.outside == "allowed" for probe in test.probes)
        tried = f"{len(test.probes)} ways out were tried, {works} of which work without isolation; none led out."
        return Finding(name=_ISOLATION, ok=True, sentence=tried)
    names = ", ".join(sorted({f"{probe.name} ({probe.role})" for probe in failed})[:5])
    return Finding(
        name=_ISOLATION,
        ok=False,
        sentence=f"{len(failed)} of {len(test.probes)} ways out were not blocked: {names}.",
        advice="No program is run. The layers below say which one is missing, and how to get it.",
    )


def _findings(room: Room) -> Iterator[Finding]:
    if room.is_open:
        yield _keyring(room)
        if room.workspace.audit_log.exists():
            yield _log(room)
        yield from disk_findings(room.workspace)
        yield from known_findings(room.workspace)
    yield version_finding()
    yield compiled_finding()


def _keyring(room: Room) -> Finding:
    if room.workspace.store == "throwaway":
        sentence = "This demo keeps its secrets in a throwaway file, which protects nothing. Its patients are made up."
        return Finding(name="Keyring", ok=True, sentence=sentence)
    from sandbox.review.unlocking import has_pin

    try:
        has_pin(room.keystore)
    except PreceptorError as problem:
        return Finding(name="Keyring", ok=False, sentence=problem.sentence, advice=problem.advice)
    return Finding(name="Keyring", ok=True, sentence="The operating system's keyring answers and keeps the secrets.")


def _log(room: Room) -> Finding:
    from sandbox.records import AuditLog, pinned_head

    try:
        head = AuditLog(room.workspace.audit_log).check(pinned_head(room.keystore))
    except PreceptorError as problem:
        return Finding(name="Audit log", ok=False, sentence=problem.sentence, advice=problem.advice)
    entries = "entry is" if head.size == 1 else "entries are"
    sentence = f"Its {head.size:,} {entries} whole and agree with the head that the keyring remembers."
    return Finding(name="Audit log", ok=True, sentence=sentence)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
