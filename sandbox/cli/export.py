"""`preceptor export`: a table or figure of a run, or an audit bundle, leaves the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import plural
from sandbox.workspace import check_line

if TYPE_CHECKING:
    from sandbox.exports import Exported


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
        {"bundle": str(made), "files": files},
        f"{plural(len(files), 'file')} in {made}.\nNext: `preceptor verify {made}`.",
    )


def _leaving(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is said of everything that leaves: which result, where to, for whom, on whose authority."""
    audiences = click.Choice(["care team", "internal", "research", "public"])
    for add in (
        click.option("--authority", required=True, help="The approval, determination or policy behind it."),
        click.option("--recipient", required=True, help="Who gets it."),
        click.option("--audience", type=audiences, required=True, help="For whom."),
        click.argument("label"),
        click.argument("run"),
    ):
        function = add(function)
    return function


@command.command("table")
@_leaving
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A new CSV file.")
@common
def table(desk: Desk, run: str, label: str, to: Path, **release: str) -> None:
    """Write the table LABEL of RUN as CSV, small cells hidden."""
    from sandbox.exports.leaving import export_table

    exported = _export(desk, export_table, run, label, to, release)
    rows = plural(exported.rows, "row")
    desk.result(exported, f"{exported.sentence}\n{rows} in {to}; its label is beside it.")


@command.command("figure")
@_leaving
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A new PNG file.")
@common
def figure(desk: Desk, run: str, label: str, to: Path, **release: str) -> None:
    """Write the figure LABEL of RUN as the program drew it. Look at it before you pass it on."""
    from sandbox.exports.leaving import export_figure

    exported = _export(desk, export_figure, run, label, to, release)
    desk.result(exported, f"{exported.sentence}\nIt is in {to}; its label is beside it.")


def _export(
    desk: Desk, export: Callable[..., Exported], run: str, label: str, to: Path, release: dict[str, str]
) -> Exported:
    from sandbox.exports import Audience, Release
    from sandbox.records import ReviewerKey

    workspace = desk.workspace()
    keystore = desk.keystore(workspace)
    for what in ("recipient", "authority"):
        check_line(f"The {what}", release[what])
    key = ReviewerKey.unlock(workspace, keystore, desk.passphrase())
    said = Release(
        title=label,
        audience=Audience(release["audience"]),
        recipient=release["recipient"],
        authority=release["authority"],
        minimum=workspace.settings.minimum_count,
    )
    return export(workspace, keystore, key, run, label, to, said)
