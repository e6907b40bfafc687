"""The command line: every task of the desk, over the same sessions.

    preceptor demo                       # the whole job on a made-up hospital
    preceptor ask "…" ; preceptor review Q ; preceptor sign Q ; preceptor run APPROVAL

Exit status: 0 done, 1 refused (a decision, with its reason), 2 the command was typed wrongly, 3 something
around us broke. With `--json` results and refusals are JSON on standard output.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from importlib import import_module
from typing import TextIO

import click

from sandbox import __version__
from sandbox.errors import BadInput, Fault, PreceptorError, Refusal, as_told, where

DONE, REFUSED, MISTYPED, BROKE = 0, 1, 2, 3

COMMANDS = {
    "desk": ("sandbox.cli.desk", "Open the window."),
    "demo": ("sandbox.cli.demo", "Prepare a made-up hospital and walk through the whole job."),
    "setup": ("sandbox.cli.setup", "Make a workspace: who you are, and your passphrase."),
    "source": ("sandbox.cli.source", "Connect a database and look at it, locally."),
    "dictionary": ("sandbox.cli.dictionary", "Decide what an agent may know, and sign it."),
    "pack": ("sandbox.cli.pack", "Use, make, import and sign dictionary packs."),
    "codeset": ("sandbox.cli.codeset", "Keep lists of codes, in versions."),
    "ask": ("sandbox.cli.ask", "Ask a question, answer, or comment on a draft."),
    "review": ("sandbox.cli.review", "See a draft: what changed, what it may read, what was noticed."),
    "sign": ("sandbox.cli.sign", "Sign a draft so that it may run, or revoke an approval."),
    "exclude": ("sandbox.cli.exclude", "Say who is left out of every run: opt-outs, staff, test patients."),
    "run": ("sandbox.cli.run", "Run an approval, once."),
    "export": ("sandbox.cli.export", "Let results or an audit bundle leave the workspace."),
    "verify": ("sandbox.cli.verify", "Verify an audit bundle."),
    "log": ("sandbox.cli.log", "Read and check the audit log and what was sent."),
    "doctor": ("sandbox.cli.doctor", "Show that the jails hold on this workstation."),
    "tour": ("sandbox.cli.tour", "Do the whole job without a person, saying what each step proves."),
    "check": ("sandbox.cli.check", "Run one pure check by itself."),
}


class _Lazy(click.Group):
    """Commands are imported when they are used, so that the first word costs nothing."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = import_module(COMMANDS[name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="preceptor")
def cli() -> None:
    """An agent that never sees a patient writes the program; you read it, sign it, and it runs here."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status. Never a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and arguments[0].startswith("_"):
        return _role(arguments[0], arguments[1:])
    try:
        status = cli.main(arguments, prog_name="preceptor", standalone_mode=False)
        sys.stdout.flush()  # a full disk is told here, not when Python ends
        return status if isinstance(status, int) else DONE  # click hands back what `Exit` carried
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as mistake:
        mistake.show()
        return MISTYPED
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. Nothing that was acknowledged is lost.", err=True)
        return 130
    except PreceptorError as problem:
        return _tell(problem, "--json" in arguments)
    except BrokenPipeError:
        _drop(sys.stdout)
        _drop(sys.stderr)
        return DONE
    except UnicodeError:
        sentence = "An argument or a name holds characters that are no text (broken UTF-8)."
        return _tell(BadInput(sentence, "Type it again, or rename the file."), "--json" in arguments)
    except OSError as problem:
        heard = _still_heard()
        return _tell(as_told(problem), heard and problem.errno != errno.ENOSPC and "--json" in arguments)
    except Exception as bug:  # noqa: BLE001 - the outermost edge: class, file and line, never the text
        return _tell(Fault(f"Something unexpected happened ({where(bug)}).", "Please report this line."), False)


def _still_heard() -> bool:
    """Whether standard output takes what is written to it."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)
        return False
    return True


def _drop(stream: TextIO) -> None:
    """Nobody reads this any more; what is still in its buffer must not raise again when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(problem: PreceptorError, as_json: bool) -> int:
    kind = "refused" if isinstance(problem, Refusal) else "fault"
    if as_json:
        import msgspec

        told = {"ok": False, "kind": kind, "sentence": problem.sentence, "advice": problem.advice}
        click.echo(msgspec.json.encode(told).decode())
    else:
        from sandbox.visible import visible_lines

        color = "red" if kind == "fault" else "yellow"
        click.echo(click.style(visible_lines(problem.sentence), fg=color), err=True)
        if problem.advice:
            click.echo(f"  → {visible_lines(problem.advice)}", err=True)
    return REFUSED if kind == "refused" else BROKE


def _role(role: str, arguments: list[str]) -> int:
    """A frozen build starts every process through itself."""
    from sandbox.start import start

    return start(role, arguments)
