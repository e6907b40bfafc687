"""What every command shares: which workspace, how a passphrase is given, how results are shown.

@click.command()
@common
def command(desk: Desk) -> None:
    workspace = desk.workspace()
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from sandbox.cli.screen import Working, forget_typed_ahead, wrapped
from sandbox.errors import BadInput, PreceptorError, Refusal
from sandbox.keystore import Keystore, open_keystore
from sandbox.visible import visible_lines
from sandbox.workspace import Workspace, default_root

BAR = "  │ "


class PassphraseNeeded(Refusal):
    """A passphrase is needed and nobody can be asked."""

    advice = "Run this in a terminal, or give the passphrase through --passphrase-fd N."


class Desk:
    """The reviewer at a terminal, or a script."""

    def __init__(self, root: Path | None, passphrase_fd: int | None, as_json: bool) -> None:
        self.root = root or default_root()
        self.root_was_given = root is not None
        self.as_json = as_json
        self._passphrase_fd = passphrase_fd
        self._passphrase: str | None = None
        self._streaming = False
        self._working: Working | None = None
        self._opened: tuple[Workspace, Keystore] | None = None

    def workspace(self) -> Workspace:
        return Workspace.open(self.root)

    def keystore(self, workspace: Workspace) -> Keystore:
        keystore = open_keystore(workspace)
        self._opened = (workspace, keystore)
        return keystore

    def settle(self) -> None:
        """Pin the log's newest head in the keyring, so that whatever this command did can't be rolled back."""
        if self._opened is None:
            return
        from sandbox.records import AuditLog, pin_head, pinned_head

        workspace, keystore = self._opened
        if workspace.audit_log.exists():
            pin_head(keystore, AuditLog(workspace.audit_log).check(pinned_head(keystore)))

    @property
    def has_passphrase(self) -> bool:
        """Whether a script gives the passphrase."""
        return self._passphrase_fd is not None

    def passphrase(self, *, new: bool = False) -> str:
        """The reviewer's passphrase: from the descriptor, or typed without an echo; asked once.

        A new one is as long as it must be when this returns.
        """
        if self._passphrase is None:
            self._passphrase = self._ask(new)
        return self._passphrase

    def say(self, text: str = "", *, wrap: bool = True, **style: Any) -> None:
        """Lines for a person, whatever is in them made visible; silent when a program reads.

        `wrap=False` for what must stay on its line: code, tables, hashes.
        """
        if not self.as_json:
            self._end_stream()
            self._clear()
            shown = visible_lines(text)
            click.echo(click.style(wrapped(shown) if wrap else shown, **style))

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """A sign of life at the terminal while the block takes its time."""
        if self.as_json or self._working is not None:
            yield
            return
        with Working(lambda: not self._streaming) as self._working:
            try:
                yield
            finally:
                self._working = None

    def stream(self, text: str) -> None:
        """A piece of the agent's text. A bar before each line tells it from what Preceptor says itself."""
        if self.as_json or not text:
            return
        start = "" if self._streaming else BAR
        self._streaming = True
        self._clear()
        click.echo(start + visible_lines(text).replace("\n", f"\n{BAR}"), nl=False)

    def result(self, fact: object, text: str = "", *, wrap: bool = True) -> None:
        """The result: JSON for a program, `text` for a person."""
        if self.as_json:
            click.echo(msgspec.json.encode(fact).decode())
        else:
            self.say(text, wrap=wrap)

    def _clear(self) -> None:
        if self._working is not None:
            self._working.clear()

    def _end_stream(self) -> None:
        if self._streaming:
            self._streaming = False
            click.echo()

    def _ask(self, new: bool) -> str:
        if self._passphrase_fd is not None:
            return _read_line(self._passphrase_fd)
        if not sys.stdin.isatty():
            raise PassphraseNeeded("Signing needs your passphrase, and there is no terminal to ask at.")
        return _choose() if new else str(click.prompt("Your passphrase", hide_input=True, err=True))


def _choose() -> str:
    """A new passphrase, typed twice; one that is too short is asked for again at once."""
    from sandbox.review.setting_up import SHORTEST_PASSPHRASE, check_passphrase

    words = f"Choose a passphrase of at least {SHORTEST_PASSPHRASE} characters (it signs what you decide)"
    while True:
        forget_typed_ahead()
        passphrase = str(click.prompt(words, hide_input=True, err=True))
        try:
            check_passphrase(passphrase)
        except BadInput as problem:
            click.echo(f"  {problem.sentence} {problem.advice}", err=True)
            continue
        if click.prompt("Once more", hide_input=True, err=True) == passphrase:
            return passphrase
        click.echo("  The two differ.", err=True)


def _read_line(fd: int) -> str:
    """The first line from an open descriptor of ours."""
    try:
        with os.fdopen(os.dup(fd), "rb") as stream:
            return stream.readline(4096).rstrip(b"\r\n").decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise PassphraseNeeded(f"The passphrase could not be read from descriptor {fd}.") from problem


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command takes and hand them over as one `Desk`."""

    @click.option(
        "--workspace",
        "root",
        type=click.Path(path_type=Path),
        help="The workspace's folder (default: $PRECEPTOR_WORKSPACE or ~/Preceptor).",
    )
    @click.option("--passphrase-fd", type=int, metavar="N", help="Read the passphrase from open descriptor N.")
    @click.option("--json", "as_json", is_flag=True, help="Results as JSON, for programs.")
    @functools.wraps(function)
    def wrapped(*arguments: Any, root: Path | None, passphrase_fd: int | None, as_json: bool, **more: Any) -> Any:
        desk = Desk(root, passphrase_fd, as_json)
        try:
            answer = function(desk, *arguments, **more)
        except PreceptorError:
            with contextlib.suppress(PreceptorError):  # the first trouble is the one to tell
                desk.settle()
            raise
        desk.settle()
        return answer

    return wrapped
