"""`preceptor verify`: an audit bundle, by anyone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.errors import BadInput, RecordRefused

if TYPE_CHECKING:
    from sandbox.records import Verdict


@click.command(short_help="Verify an audit bundle.")
@click.argument("bundle")
@click.option(
    "--trust", "keys", multiple=True, metavar="KEY", help="A reviewer's fingerprint or public key file; repeatable."
)
@click.option("--verbose", is_flag=True, help="Every check, not only those that failed.")
@common
def command(desk: Desk, bundle: str, keys: tuple[str, ...], verbose: bool) -> None:
    """Check every byte and signature of BUNDLE, a folder. No workspace and no keyring is needed."""
    from sandbox.records import fingerprint_named, verify_bundle

    if not bundle.strip():
        raise BadInput("Which bundle?", "Name the folder that holds VERIFY.txt.")
    verdict = verify_bundle(Path(bundle), tuple(fingerprint_named(key) for key in keys))
    if desk.as_json:
        desk.result(verdict)
        raise click.exceptions.Exit(0 if verdict.ok else 1)
    _show(desk, verdict, verbose)
    if not verdict.ok:
        raise RecordRefused(verdict.sentence)
    desk.say(verdict.sentence)


def _show(desk: Desk, verdict: Verdict, verbose: bool) -> None:
    failed = [one for one in verdict.checks if not one.ok]
    for one in verdict.checks if verbose else failed:
        if one.sentence != verdict.sentence:
            desk.say(f"  {'ok ' if one.ok else 'NO '} {one.name}: {one.sentence}", fg=None if one.ok else "red")
    held = len(verdict.checks) - len(failed)
    desk.say(f"{plural(held, 'check')} of {len(verdict.checks)} held.")
