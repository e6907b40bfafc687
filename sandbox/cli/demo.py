"""`preceptor demo`: the reviewer walks through the whole job in the terminal."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from sandbox.cli.options import Desk, common
from sandbox.cli.screen import wait_for_enter

DEFAULT = Path("preceptor-demo")
INTRODUCTION = """\
Preceptor: the agent can talk but cannot see; the program can see but cannot talk.

This walks you through the whole job on a hospital of invented patients. Nothing leaves this computer. The model's \
replies are a recording, played by a server on this machine; client, gate, jails, signatures and runs are real.
Everything goes to {out}. Before each step you read what it does and why; then Enter goes on and q quits.
"""
AFTERWARDS = """
That was the whole job. To look around:
  {preceptor} log show --workspace {workspace}
  {preceptor} log sent {question} --workspace {workspace}
  {preceptor} review {question} --whole --workspace {workspace}
  {preceptor} verify {bundle}

For your own data and a real model: `{preceptor} setup --name "Your Name"`; the README goes on from there.
"""


@click.command(short_help="Prepare a made-up hospital and walk through the whole job.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=DEFAULT, show_default=True, help="A new folder for the demo."
)
@click.option("--patients", type=click.IntRange(100, 1_000_000), default=2000, show_default=True)
@click.option("--yes", is_flag=True, help="Do not wait for Enter between the steps.")
@common
def command(desk: Desk, out: Path, patients: int, yes: bool) -> None:
    """Walk through the whole job on made-up patients, one step at a time."""
    from sandbox.cli.job import Job, prepare_folder
    from sandbox.cli.steps import STEPS

    out = _free(out) if out == DEFAULT else out
    prepare_folder(out)
    waits = not yes and not desk.as_json and sys.stdin.isatty()
    desk.say(INTRODUCTION.format(out=out))
    passphrase = _passphrase(desk, waits)
    job = Job(out, desk, passphrase=passphrase, patients=patients)
    for number, step in enumerate(STEPS, 1):
        desk.say(f"\n{number}/{len(STEPS)} {step.title}", bold=True)
        desk.say(f"  {step.why}")
        if waits and wait_for_enter() == "quit":
            return desk.say(f"\nStopped before step {number}. What was made is in {out}; delete it when you like.")
        with desk.working():
            proved = step.do(job)
        desk.say(f"  ✓ {proved}", fg="green")
    words = AFTERWARDS.format(
        preceptor=sys.argv[0], workspace=job.workspace.root, question=job.question, bundle=job.bundle
    )
    done = {"workspace": str(job.workspace.root), "question": job.question, "approval": job.approval}
    return desk.result(done, words)


def _passphrase(desk: Desk, waits: bool) -> str:
    """Typed by a person; made up, and told, when nobody is there to type."""
    if waits or desk.has_passphrase:
        return desk.passphrase(new=True)
    passphrase = secrets.token_urlsafe(12)
    desk.say(f"Nobody is at the keyboard, so the demo's passphrase is {passphrase}")
    return passphrase


def _free(out: Path) -> Path:
    """The default folder, or the first numbered one that is free."""
    candidates = [out, *(out.with_name(f"{out.name}-{number}") for number in range(2, 1000))]
    return next(one for one in candidates if not one.exists())
