"""What `preceptor doctor` says of a self-test: what stands around each jail, and what is not to be had."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner

from sandbox import jail
from sandbox.cli.doctor import command
from sandbox.jail.selftest import ProbeResult, SelfTest


def probe(name: str, inside: str) -> ProbeResult:
    return ProbeResult(name=name, role="program", outside="allowed", inside=inside)


HELD = SelfTest(
    passed=True,
    layers={"program": {"landlock": "on: ABI 7", "capabilities": "none held", "namespaces": "not here: no permission"}},
    probes=(probe("read_file", "blocked: EACCES"), probe("ptrace", "blocked: EPERM")),
    kernel="6.18",
    abi=7,
    code_hash="",
    seconds=1.0,
    key="",
)
LEAKS = msgspec.structs.replace(HELD, passed=False, probes=(HELD.probes[0], probe("ptrace", "allowed")))


def said(monkeypatch: pytest.MonkeyPatch, report: SelfTest, *words: str) -> tuple[str, object]:
    monkeypatch.setattr(jail, "self_test", lambda: report, raising=False)
    done = CliRunner().invoke(command, list(words))
    return done.output, done.exception


def test_each_jail_is_summed_up_with_what_is_not_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    output, failed = said(monkeypatch, HELD)
    assert (
        "program: 2 of 2 attempts blocked\n  landlock, capabilities\n  not here: namespaces (no permission)" in output
    )
    assert "2 of 2 attempts blocked; 2 of them work outside" in output
    assert "read_file" not in output and failed is None


def test_each_attempt_is_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    output, _ = said(monkeypatch, HELD, "--every")
    assert "ptrace" in output and "inside blocked: EPERM" in output


def test_what_does_not_hold_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    output, failed = said(monkeypatch, LEAKS)
    assert "program: 1 of 2 attempts blocked" in output
    assert isinstance(failed, BaseException)
