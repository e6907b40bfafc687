"""`preceptor verify`: an audit bundle, by anyone."""

from __future__ import annotations

from pathlib import Path

import click

from sandbox.cli.options import Desk, common
from sandbox.errors import RecordRefused


@click.command(short_help="Verify an audit bundle.")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--trust", "keys", multiple=True, metavar="KEY", help="A reviewer's fingerprint or public key file; repeatable."
)
@common
def command(desk: Desk, bundle: Path, keys: tuple[str, ...]) -> None:
    """Check every byte and signature of BUNDLE. No workspace and no keyring is needed."""
    from sandbox.records import verify_bundle

    verdict = verify_bundle(bundle, tuple(_fingerprint(key) for key in keys))
    lines = [f"  {'ok ' if one.ok else 'NO '} {one.name}: {one.sentence}" for one in verdict.checks]
    desk.result(verdict, "\n".join([*lines, verdict.sentence]))
    if not verdict.ok:
        raise RecordRefused(verdict.sentence)


def _fingerprint(key: str) -> str:
    """A fingerprint as it is, or that of the public key file named."""
    from sandbox.records import fingerprint_of

    path = Path(key)
    return fingerprint_of(path.read_bytes()) if path.is_file() else key.lower()
