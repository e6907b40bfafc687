"""Record a conversation over the demo hospital, the model played by whoever reads the requests.

    python -m tests.journeys.record --live DIR --name readmissions --question "…" --tables enc_adm,enc_dx,ref_dx

The real sessions, gate and jails run. Each request that the gate let through appears as DIR/request-NNN.json;
whoever plays the model writes DIR/response-NNN.json (one turn, see resources/conversations/README.md) and sees
nothing else. The reviewer's later messages are typed as lines on standard input: `comment 12 TEXT` comments on
the newest draft's line 12, `say TEXT` answers, `end` ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from resources.demo.conversation import conversation_path
from resources.demo.model_server import ModelServer
from sandbox.cli.ask import converse, parse_comment
from sandbox.cli.job import Job, prepare_folder
from sandbox.cli.options import Desk
from sandbox.cli.steps import build_the_hospital, connect_the_sources, index_identifiers, set_up_the_reviewer
from sandbox.messages import desk as lines
from sandbox.review.deciding import sign_tables
from sandbox.review.questions import latest_draft, open_question


@click.command()
@click.option("--live", type=click.Path(path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder for hospital and workspace.")
@click.option("--name", required=True)
@click.option("--question", required=True)
@click.option("--tables", required=True, help="Tables to sign, by comma.")
def main(live: Path, out: Path, name: str, question: str, tables: str) -> None:
    """Record one conversation."""
    prepare_folder(out)
    desk = Desk(out / "workspace", None, False)
    job = Job(out, desk, passphrase="a passphrase for a recording")
    for step in (build_the_hospital, set_up_the_reviewer, connect_the_sources, index_identifiers):
        click.echo(step(job))
    sign_tables(job.workspace, job.key(), "ehr", tuple(tables.split(",")))
    job.question = open_question(job.workspace, job.keystore)
    with ModelServer(live=live, record=conversation_path(name)) as server:
        job.workspace.change_settings(msgspec.structs.replace(job.workspace.settings, model_url=server.url))
        click.echo(converse(desk, job.workspace, job.question, lines.Ask(text=question)))
        for line in sys.stdin:
            if line.strip() == "end":
                return
            click.echo(converse(desk, job.workspace, job.question, _message(job, line.strip())))


def _message(job: Job, line: str) -> msgspec.Struct:
    word, _, text = line.partition(" ")
    if word == "say":
        return lines.Ask(text=text)
    draft = latest_draft(job.workspace, job.question)
    return lines.Comments(draft=draft, comments=(parse_comment(job.workspace, job.question, f"{draft}:{text}", 1)[1],))


if __name__ == "__main__":
    main()
