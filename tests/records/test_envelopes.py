"""Envelopes: one spelling, one signature, the right key for the kind, verified before parsed."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from records_desk import CODES, Desk, make_approval

from sandbox.errors import RecordRefused
from sandbox.records import Trust, approve, read_approval, read_revocation, read_run, read_table, sign_table
from sandbox.records._approval import Approval, Revocation, revoke
from sandbox.records._envelope import Envelope, Statement, seal
from sandbox.records.kinds import Kind


def respelled(envelope: bytes, **changes: Any) -> bytes:
    """The envelope with fields changed, in our spelling otherwise."""
    return msgspec.json.encode(json.loads(envelope) | changes, order="sorted") + b"\n"


@pytest.fixture
def envelope(desk: Desk) -> bytes:
    return approve(make_approval(desk), desk.reviewer)


def test_an_approval_comes_back_as_it_was_signed(desk: Desk, envelope: bytes) -> None:
    assert read_approval(envelope, desk.trust) == make_approval(desk)


def test_every_changed_byte_of_an_envelope_is_found(desk: Desk, envelope: bytes) -> None:
    trust = desk.trust
    for position in range(len(envelope)):
        broken = bytearray(envelope)
        broken[position] ^= 0x01 if position % 2 else 0x20
        with pytest.raises(RecordRefused):
            read_approval(bytes(broken), trust)


@pytest.mark.parametrize("extra", [b"\n", b" ", b"\0", b"{}"])
def test_nothing_can_be_added_around_an_envelope(desk: Desk, envelope: bytes, extra: bytes) -> None:
    for changed in (envelope + extra, extra + envelope, envelope[:-1]):
        with pytest.raises(RecordRefused):
            read_approval(changed, desk.trust)


def test_the_same_envelope_in_another_spelling_is_refused(desk: Desk, envelope: bytes) -> None:
    document = json.loads(envelope)
    assert respelled(envelope) == envelope
    indented = json.dumps(document, indent=1).encode()
    signature = document["signatures"][0]
    urlsafe = signature | {"sig": signature["sig"].replace("+", "-").replace("/", "_").replace("=", "")}
    for other in (indented, respelled(envelope, signatures=[urlsafe]), respelled(envelope, more="")):
        with pytest.raises(RecordRefused):
            read_approval(other, desk.trust)


def test_two_signatures_or_none_are_refused(desk: Desk, envelope: bytes) -> None:
    signature = json.loads(envelope)["signatures"][0]
    for signatures in ([], [signature, signature], [signature, signature | {"keyid": "other"}]):
        with pytest.raises(RecordRefused, match="exactly one signature"):
            read_approval(respelled(envelope, signatures=signatures), desk.trust)


def test_another_payload_type_is_refused(desk: Desk, envelope: bytes) -> None:
    with pytest.raises(RecordRefused, match="not a statement"):
        read_approval(respelled(envelope, payloadType="text/plain"), desk.trust)


def test_an_exchanged_payload_does_not_fit_its_signature(desk: Desk, envelope: bytes) -> None:
    payload = base64.b64decode(json.loads(envelope)["payload"]).replace(b'"runs":2', b'"runs":9')
    with pytest.raises(RecordRefused, match="does not fit its contents"):
        read_approval(respelled(envelope, payload=base64.b64encode(payload).decode()), desk.trust)


def test_the_workstation_cannot_approve(desk: Desk) -> None:
    """Its key is at hand in processes that run without a person; what it signs must decide nothing."""
    approval = make_approval(desk, fingerprint=desk.workstation.fingerprint)
    forged = seal(Statement.about(approval.subjects, Kind.APPROVAL, approval), desk.workstation._signer)
    with pytest.raises(RecordRefused, match="workstation's key, which may not sign one"):
        read_approval(forged, desk.trust)


def test_the_reviewer_does_not_attest_runs(desk: Desk) -> None:
    forged = seal(Statement.about({"x": "0" * 64}, Kind.RUN, CODES), desk.reviewer._signer)
    with pytest.raises(RecordRefused, match="reviewer's key, which may not sign one"):
        read_run(forged, desk.trust)


def test_a_strangers_signature_is_worth_nothing(desk: Desk, envelope: bytes) -> None:
    with pytest.raises(RecordRefused, match="not trusted here"):
        read_approval(envelope, Trust(()))


def test_a_signature_under_another_keys_name_is_refused(desk: Desk, envelope: bytes) -> None:
    signature = json.loads(envelope)["signatures"][0] | {"keyid": desk.workstation.fingerprint}
    with pytest.raises(RecordRefused):
        read_approval(respelled(envelope, signatures=[signature]), desk.trust)


def test_one_kind_is_not_taken_for_another(desk: Desk, envelope: bytes) -> None:
    with pytest.raises(RecordRefused, match="This is an approval, not a signed table"):
        read_table(envelope, desk.trust)
    with pytest.raises(RecordRefused, match="not an approval"):
        read_approval(sign_table(CODES, (), desk.reviewer), desk.trust)


def test_a_newer_format_says_so(desk: Desk) -> None:
    approval = make_approval(desk)
    statement = Statement.about(approval.subjects, Kind.APPROVAL, approval)
    newer = msgspec.structs.replace(statement, predicateType=Kind.APPROVAL.value.replace("/v1", "/v2"))
    with pytest.raises(RecordRefused, match="newer Preceptor"):
        read_approval(seal(newer, desk.reviewer._signer), desk.trust)


def test_an_approval_is_about_the_program_it_names(desk: Desk) -> None:
    approval = make_approval(desk)
    for subjects in ({"program.py": "0" * 64}, approval.subjects | {"more.py": "0" * 64}):
        forged = desk.reviewer.sign(subjects, Kind.APPROVAL, approval)
        with pytest.raises(RecordRefused, match="another program"):
            read_approval(forged, desk.trust)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"program_sha256": "short"}, "SHA-256"),
        ({"runs": 0}, "one run"),
        ({"columns": {}}, "other tables"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "ends before"),
        ({"expires_at": "tomorrow"}, "can't be read"),
        ({"expires_at": "2026-02-02T09:00:00"}, "without its offset"),
        ({"fingerprint": "0" * 64}, "another reviewer"),
    ],
)
def test_an_approval_that_makes_no_sense_is_refused_though_signed(desk: Desk, changes: Any, reason: str) -> None:
    approval = make_approval(desk, **changes)
    forged = desk.reviewer.sign(approval.subjects, Kind.APPROVAL, approval)
    with pytest.raises(RecordRefused, match=reason):
        read_approval(forged, desk.trust)
    with pytest.raises(RecordRefused, match=reason):
        approve(approval, desk.reviewer)


def test_unknown_and_missing_fields_are_refused(desk: Desk) -> None:
    class More(Approval, frozen=True):
        also: str = "run anything"

    approval = make_approval(desk)
    more = More(**msgspec.structs.asdict(approval))
    with pytest.raises(RecordRefused, match="does not hold what its version should"):
        read_approval(desk.reviewer.sign(approval.subjects, Kind.APPROVAL, more), desk.trust)
    with pytest.raises(RecordRefused, match="does not hold what its version should"):
        read_approval(desk.reviewer.sign(approval.subjects, Kind.APPROVAL, CODES), desk.trust)


def test_a_revocation_comes_back(desk: Desk) -> None:
    revocation = Revocation(approval="a-1", reason="Wrong ward.", revoked_at="2026-01-05T00:00:00Z")
    assert read_revocation(revoke(revocation, "0" * 64, desk.reviewer), desk.trust) == revocation


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_fail_in_another_way(untrusted: bytes) -> None:
    with pytest.raises(RecordRefused):
        Envelope.read(untrusted)


_WORD = st.text(max_size=12) | st.sampled_from(["AAAA", "e30=", "application/vnd.in-toto+json", "\ud800", "é"])


@given(payload=_WORD, kind=_WORD, keyid=_WORD, sig=_WORD)
def test_no_envelope_makes_checking_fail_in_another_way(payload: str, kind: str, keyid: str, sig: str) -> None:
    document = {"payload": payload, "payloadType": kind, "signatures": [{"keyid": keyid, "sig": sig}]}
    untrusted = json.dumps(document, separators=(",", ":")).encode() + b"\n"
    with pytest.raises(RecordRefused):
        Trust(()).statement(untrusted, Kind.APPROVAL)


def test_absurd_sizes_and_depths_are_refused() -> None:
    deep = b'{"payload":' + b"[" * 100_000
    with pytest.raises(RecordRefused):
        Envelope.read(deep)
    with pytest.raises(RecordRefused, match="too large"):
        Envelope.read(bytes(64 * 1024 * 1024 + 1))
