"""`preceptor setup`: make a workspace, or change its settings."""

from __future__ import annotations

import os

import click
import msgspec

from sandbox.cli.options import Desk, common
from sandbox.errors import BadInput
from sandbox.review.settings_checks import check_same_reviewer, check_settings
from sandbox.workspace import Settings, Workspace


@click.command(short_help="Make a workspace: who you are, and your passphrase.")
@click.option("--name", help="Your name as it is printed on what you sign.")
@click.option("--model-url", help="Where the model is: any server that speaks the Messages API.")
@click.option("--model", help="The model's name there.")
@click.option("--purpose", help="What this workspace is for, such as a project's title.")
@click.option("--model-key-fd", type=int, metavar="N", help="Read the model's key from descriptor N into the keyring.")
@click.option(
    "--minimum-count", type=click.IntRange(min=2), help="Patients behind each value that is told (default 11)."
)
@click.option(
    "--never-told", multiple=True, metavar="NAME", help="A hospital, city or vendor that no agent is told. Repeat."
)
@click.option("--program-seconds", type=click.IntRange(min=1), help="Longest run of a program.")
@click.option("--program-memory-mb", type=click.IntRange(min=1024), help="Most memory of a program.")
@common
def command(desk: Desk, name: str | None, model_key_fd: int | None, **changes: object) -> None:
    """Make a workspace for one reviewer, or change the settings of an existing one."""
    given = {key: value for key, value in changes.items() if value not in (None, ())}
    check_settings(_changed(Settings(), given))
    made = not (desk.root / "audit.log").exists()
    if (desk.root / "audit.log").exists():
        workspace = desk.workspace()
        check_same_reviewer(workspace.settings, name or workspace.settings.reviewer)
        workspace.change_settings(_changed(workspace.settings, given))
    else:
        workspace = _make(desk, name, given)
    if model_key_fd is not None:
        from sandbox.review.model_address import Address

        # The key belongs to this address: whoever changes the address later does not get it.
        address = Address.read(workspace.settings.model_url)
        desk.keystore(workspace).put(address.key_name, _read_key(model_key_fd))
    then = "Next: `preceptor source add NAME FILE`, with --login if the file is encrypted." if made else ""
    told = (f"The workspace at {workspace.root} is ready.", _slow_start() if made else "", then)
    desk.result(workspace.settings, "\n".join(filter(None, told)))


def _make(desk: Desk, name: str | None, given: dict[str, object]) -> Workspace:
    from sandbox.review.setting_up import check_before_asking, check_keyring, set_up

    if name is None:
        raise BadInput("Who are you?", 'Give your name: preceptor setup --name "Your Name".')
    check_before_asking(desk.root, name)
    check_keyring()
    return set_up(desk.root, name, desk.passphrase(new=True), settings=_changed(Settings(), given))


def _slow_start() -> str:
    """What `preceptor doctor` says of libraries that are not compiled; nothing where they are, as pip leaves them."""
    from sandbox.running.compiled import advice, not_compiled, sentence

    behind = not_compiled()
    return f"{sentence(behind)} {advice(behind)}" if behind else ""


def _changed(settings: Settings, given: dict[str, object]) -> Settings:
    return msgspec.convert(msgspec.to_builtins(settings) | given, Settings)


def _read_key(fd: int) -> str:
    try:
        with os.fdopen(os.dup(fd), "rb") as stream:
            key = stream.readline(4096).strip().decode("ascii")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInput(f"No key could be read from descriptor {fd}.") from problem
    if not key:
        raise BadInput("The key is empty.")
    return key
