"""The parts of a bundle that people read: what may be read, what changed, and how to verify it by hand."""

from __future__ import annotations

import difflib
from textwrap import dedent

from sandbox.checks.grant import scopes_text
from sandbox.dictionary.model import Table
from sandbox.records._approval import Approval
from sandbox.records._bundle_layout import APPROVAL, HEAD, MANIFEST, REVIEWER, detached_names, public_key_file
from sandbox.records._envelope import Envelope
from sandbox.records.kinds import MAY_SIGN, Kind


def may_read_text(approval: Approval, tables: dict[str, Table]) -> str:
    """The grant in words: each table with its columns and what the program is given of them."""
    lines = [f"What the program of approval {approval.id} may read, and nothing else:", ""]
    for name, columns in sorted(approval.grant.tables.items()):
        facts = {column.name: column for column in tables[name].columns}
        lines.append(name)
        for column in columns:
            given = facts[column].given
            derived = f" ({facts[column].derivation})" if facts[column].derivation != "none" else ""
            lines.append(f"  {column}: {given}{derived}, {facts[column].column_class.replace('_', ' ')}")
        lines += scopes_text(approval.grant.rows.get(name, ()), granted=columns)
        lines.append("")
    return "\n".join(lines)


def changes_text(earlier: str, earlier_name: str, program: str) -> str:
    """A unified diff from an earlier program (empty: there was none)."""
    lines = difflib.unified_diff(
        earlier.splitlines(), program.splitlines(), fromfile=earlier_name, tofile="program.py", lineterm=""
    )
    return "\n".join(lines) + "\n"


def verify_text(approval: Approval, envelopes: dict[str, bytes], workstation: str) -> str:
    """VERIFY.txt: every command that a stranger needs, with OpenSSL 3 and sha256sum alone.

    `workstation` is the fingerprint of the key that will sign the manifest over this text.
    """
    return dedent(_INTRODUCTION).format(
        id=approval.id,
        reviewer=approval.reviewer,
        fingerprint=approval.fingerprint,
        signed_at=approval.signed_at,
        key=REVIEWER,
        signatures="\n\n".join(
            _openssl(name, _key_file(name, envelope)) for name, envelope in sorted(envelopes.items())
        ),
        manifest=_openssl(MANIFEST, public_key_file(workstation)),
        certificates="\n".join(_vouched(name) for name in sorted(envelopes) if name.startswith("keys/")),
    )


def _key_file(name: str, envelope: bytes) -> str:
    kinds = {APPROVAL: Kind.APPROVAL, HEAD: Kind.LOG_HEAD}
    folders = {"tables": Kind.TABLE, "runs": Kind.RUN, "keys": Kind.WORKSTATION}
    signer = MAY_SIGN[kinds[name] if name in kinds else folders[name.split("/")[0]]]
    return REVIEWER if signer == "reviewer" else public_key_file(Envelope.read(envelope).keyid)


def _openssl(name: str, key: str) -> str:
    signed, signature = detached_names(name)
    return (
        f"  {name}:\n    $ openssl pkeyutl -verify -pubin -inkey '{key}' -rawin -in '{signed}' -sigfile '{signature}'"
    )


def _vouched(certificate: str) -> str:
    signed, _ = detached_names(certificate)
    key = certificate.replace(".json", ".pub.pem")
    return f"    $ grep -c \"$(openssl pkey -pubin -in '{key}' -outform DER | sha256sum | cut -d ' ' -f 1)\" '{signed}'"


_INTRODUCTION = """\
    Audit bundle of approval {id}
    signed by {reviewer} at {signed_at}

    `preceptor verify FOLDER` checks all of this. Without Preceptor, these commands do (OpenSSL 3 and sha256sum),
    run in this folder. Lines that begin with a dollar sign are the commands.

    1. Whose key is it? Compare this fingerprint with one that you got from the reviewer directly:

      {fingerprint}

        $ openssl pkey -pubin -in {key} -outform DER | sha256sum

    2. Is every file what it was? Each line must say OK. The folder holds no other files than those that are
       listed, SHA256SUMS itself, manifest.json, openssl/manifest.signed and openssl/manifest.sig.

        $ sha256sum --check --strict SHA256SUMS

    3. Was the list made by the reviewer's workstation? The first command checks the signature; the second must
       find the list's checksum among what was signed and print 1.

    {manifest}

        $ grep -c "$(sha256sum SHA256SUMS | cut -d ' ' -f 1)" openssl/manifest.signed

    4. Did the people and machines named sign these records? Each command must say "Signature Verified
       Successfully". A .signed file is "DSSEv1", the type and length of the contents, then the contents
       themselves, as JSON: an in-toto statement that you can read. The .json of the same name holds the same
       bytes in base64 (a DSSE envelope).

    {signatures}

    5. Is this program the one that was approved? This must print 1.

        $ grep -c "$(sha256sum program.py | cut -d ' ' -f 1)" openssl/approval.signed

    6. Does the reviewer vouch for the workstation's key? Each command must print 1.

    {certificates}

    log/proofs.json leads from the audit log's entries about this approval to the root in log/head.json
    (RFC 6962). Whoever got an earlier head can have the log between the two checked.

    The bundle holds no results and no rows.
    """
