"""The running session's process: one run (prepared before, or not), one look, index or count, then it ends.

Started by `sandbox.start` with the workspace's folder; speaks the lines of `messages.desk` on its standard
input and output. Nothing that is read from a source is ever among them.
"""

from __future__ import annotations

import os
from pathlib import Path

from sandbox.errors import BadInput, Fault, PreceptorError
from sandbox.messages.desk import CountListed, IndexKnown, Look, Prepare, Prepared, Ready, Run, Stopped
from sandbox.workspace import Workspace

from .desk_line import DeskGone, DeskLine

# The second argument of a session that will only look or index.
WITHOUT_PROGRAM = "without-program"


def main(arguments: list[str]) -> int:
    """Serve one order of the desk; the exit status."""
    desk = DeskLine(0, _own_output())
    try:
        if arguments[1:] == [WITHOUT_PROGRAM]:
            serve_without_program(Path(arguments[0]), desk)
        else:
            serve(Path(arguments[0]), desk)
    except DeskGone:
        return 1
    except PreceptorError as problem:
        return _stopped(desk, problem)
    except Exception as problem:  # noqa: BLE001  the process's outermost edge: class and place, never the text
        from .serving import where

        return _stopped(desk, Fault(f"Preceptor itself failed: {where(problem)}.", "Please report this line."))
    return 0


def serve(root: Path, desk: DeskLine) -> None:
    """Get the jailed processes up, say so, and do the one thing that is asked."""
    from .warm import Warmed

    workspace = Workspace.open(root)
    warmed = Warmed(workspace)
    try:
        desk.tell(Ready(jails=warmed.jails))
        order, ready = desk.next(), None
        if isinstance(order, Prepare):
            from .preparing import prepare

            ready = prepare(workspace, warmed, desk, order.approval)
            desk.tell(Prepared())
            order = desk.next()
        if isinstance(order, Run):
            from .broker import run_approval

            run_approval(workspace, warmed, desk, order, ready)
            return
    finally:
        warmed.close()
    _without_program(workspace, desk, order)


def serve_without_program(root: Path, desk: DeskLine) -> None:
    """The same for a session that will run nothing, so that no program's process need get warm."""
    from .warm import import_needed

    workspace = Workspace.open(root)
    import_needed()
    desk.tell(Ready(jails={}))
    order = desk.next()
    if isinstance(order, Run):
        raise BadInput("This session was started without a program's process, so it runs nothing.")
    _without_program(workspace, desk, order)


def _without_program(workspace: Workspace, desk: DeskLine, order: object) -> None:
    from .look import index_known, look

    if isinstance(order, Look):
        look(workspace, desk, order)
    elif isinstance(order, IndexKnown):
        index_known(workspace, desk, order)
    elif isinstance(order, CountListed):
        from .counting import count_listed

        count_listed(workspace, desk, order)


def _own_output() -> int:
    """The descriptor for our lines; whatever a library prints goes nowhere."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return ours


def _stopped(desk: DeskLine, problem: PreceptorError) -> int:
    try:
        kind = "fault" if isinstance(problem, Fault) else "refusal"
        desk.tell(Stopped(kind=kind, sentence=problem.sentence, advice=problem.advice))
    except DeskGone:
        return 1
    return 2
