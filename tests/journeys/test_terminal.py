"""Text from a model, a program or a stranger can't steer the terminal or imitate Preceptor."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from sandbox.cli.ask import show
from sandbox.cli.options import Desk
from sandbox.cli.run import table_lines
from sandbox.messages import desk as lines

Preceptor = Callable[..., subprocess.CompletedProcess[str]]
ATTACK = "\x1b]52;c;aGVsbG8=\x07\x1b[2J\u202e\x9b31m"


@pytest.mark.parametrize(
    "message",
    [
        lines.Streamed(text=f"a\n{ATTACK}b"),
        lines.Acted(tool="put_draft", summary=ATTACK),
        lines.AgentAsked(question=ATTACK, options=(ATTACK,)),
        lines.Dropped(reason=ATTACK),
    ],
)
def test_no_message_reaches_the_terminal_raw(
    message: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, None, as_json=False)
    show(desk, message)
    desk.say("end")
    shown = capsys.readouterr().out
    assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "\\u001b" in shown


def test_every_line_of_the_agent_has_a_bar_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(tmp_path, None, as_json=False)
    for piece in ("I look.\n  ✓ Appro", "val a-1: signed", "\n"):
        show(desk, lines.Streamed(text=piece))
    desk.say("ours")
    *agent, ours = capsys.readouterr().out.splitlines()
    assert all(line.startswith("  │ ") for line in agent if line)
    assert ours == "ours"


def test_cells_are_shown_as_they_are() -> None:
    table = pa.table({"[bold]label[/bold]": ["[high]", "[/x]"], "n": [1, 2]})
    shown = table_lines(table)
    assert "[bold]label[/bold]" in shown
    assert "[high]" in shown and "[/x]" in shown


def test_a_strangers_bundle_cannot_write_to_the_terminal(toured: Path, preceptor: Preceptor, tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(toured / "bundle", copy)
    (copy / "x\x1b[2J\x1b]0;owned\x07.txt").write_text("hello")
    done = preceptor("verify", copy)
    assert done.returncode == 1
    assert "\x1b[2J" not in done.stdout + done.stderr
