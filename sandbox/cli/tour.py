"""`preceptor tour`: the whole job on the demo hospital, unattended, saying what each step proves."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from sandbox.cli.options import Desk, common


@click.command(short_help="Do the whole job without a person, saying what each step proves.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder for everything it leaves.")
@click.option("--patients", type=click.IntRange(100, 1_000_000), default=2000, show_default=True)
@click.option("--screens", is_flag=True, help="Drive the window instead, and keep a picture of every screen.")
@common
def command(desk: Desk, out: Path, patients: int, screens: bool) -> None:
    """Walk through the whole job on made-up patients. The model's replies are a recording."""
    from sandbox.cli.job import Job, prepare_folder
    from sandbox.cli.steps import STEPS

    prepare_folder(out)
    if screens:
        return _window(desk, out)
    quiet = Desk(out / "workspace", None, as_json=True)
    passphrase = desk.passphrase() if desk.has_passphrase else secrets.token_urlsafe(24)
    job = Job(out, quiet, passphrase=passphrase, patients=patients)
    proved = []
    for number, step in enumerate(STEPS, 1):
        sentence = step.do(job)
        proved.append({"step": step.title, "proves": sentence})
        desk.say(f"{number:2}. {step.title}: {sentence}")
    left = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    listing = "\n".join(f"    {name}" for name in left)
    desk.result(
        {"steps": proved, "left": left},
        f"\nThe model's replies were a recording; everything else was real. It leaves:\n{listing}\n"
        f"Next: `preceptor verify {out / 'bundle'}`.",
    )
    return None


def _window(desk: Desk, out: Path) -> None:
    """The same job through the real window, by keys alone, on no screen unless one is asked for."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from desktop.app import leave
    from desktop.tour.journey import whole_job
    from desktop.tour.quiet import be_quiet

    be_quiet()

    passphrase = desk.passphrase() if desk.has_passphrase else secrets.token_urlsafe(24)
    proved = whole_job(out.resolve(), passphrase=passphrase, pictures=True)
    for number, sentence in enumerate(proved, 1):
        desk.say(f"{number:2}. {sentence}")
    left = sorted(str(path.relative_to(out)) for path in (out / "screens").rglob("*.png"))
    desk.result(
        {"proved": proved, "screens": left},
        f"\n{len(left)} pictures are in {out / 'screens'}, light and dark.\nNext: `preceptor verify {out / 'bundle'}`.",
    )
    leave(0)
