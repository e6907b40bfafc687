"""`preceptor export`: a table of a run, or an audit bundle, leaves the workspace."""

from __future__ import annotations

from pathlib import Path

import click

from sandbox.cli.options import Desk, common


@click.group(short_help="Let results or an audit bundle leave the workspace.")
def command() -> None:
    """What leaves is checked for small numbers, labelled, signed and logged."""


@command.command("bundle")
@click.argument("approval")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A new folder.")
@common
def bundle(desk: Desk, approval: str, to: Path) -> None:
    """Write the audit bundle of APPROVAL: the approval with its evidence, without any patient data."""
    from sandbox.exports.bundling import export_bundle

    workspace = desk.workspace()
    made = export_bundle(workspace, desk.keystore(workspace), approval, to)
    files = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file())
    desk.result(
        {"bundle": str(made), "files": files}, f"{len(files)} files in {made}. Next: `preceptor verify {made}`."
    )


@command.command("table")
@click.argument("run")
@click.argument("label")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A new CSV file.")
@click.option(
    "--audience", type=click.Choice(["care team", "internal", "research", "public"]), required=True, help="For whom."
)
@click.option("--recipient", required=True, help="Who gets it.")
@click.option("--authority", required=True, help="The approval, determination or policy behind it.")
@common
def table(desk: Desk, run: str, label: str, to: Path, audience: str, recipient: str, authority: str) -> None:
    """Write the table LABEL of RUN as CSV, small cells hidden."""
    from sandbox.exports import Audience, Release
    from sandbox.exports.leaving import export_table
    from sandbox.records import ReviewerKey

    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    key = ReviewerKey.unlock(workspace, keystore, desk.passphrase())
    release = Release(
        title=label,
        audience=Audience(audience),
        recipient=recipient,
        authority=authority,
        minimum=workspace.settings.minimum_count,
    )
    exported = export_table(workspace, keystore, key, run, label, to, release)
    desk.result(exported, f"{exported.sentence}\n{exported.rows} rows in {to}; its label is beside it.")
