"""Parent side: everything that a jail is made of, in the only order that works.

    started = start(windows, order, launcher, inherit)     # backend.Started, or JailRefused naming the layer

Nothing of the child runs before every wall stands: the container is part of its token from the first instruction.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sandbox.errors import JailRefused
from sandbox.jail.backend import Order, Started, launcher_command
from sandbox.jail.windows import container, desktop, handles, job
from sandbox.jail.windows.api import Library
from sandbox.jail.windows.creation import Created, Inherited, create_suspended
from sandbox.jail.windows.fixes import FIXES, START_FIX, STARTING
from sandbox.jail.windows.process import Process
from sandbox.jail.windows.stderr import ErrorsOfChild
from sandbox.messages.frames import Channel

Opening = Callable[[ExitStack, container.Container], object]


def start(
    windows: Library, order: Order, launcher: Path, inherit: tuple[int, ...], opening: Opening | None = None
) -> Started:
    """Start the launcher behind every wall; on any failure everything made here is closed again.

    1. A container of its own, and the code readable to it; whatever `opening` opens to it for as long as it lives.
    2. A desktop; a job that has its limits before anything is in it.
    3. Pipes: our ends are descriptors, of each pipe only the child's end can be inherited.
    4. The process, suspended, with exactly those handles; into the job; resumed; the child's ends closed here.
    """
    # What lives as long as the process; what is undone on failure alone; what only the child needs.
    with ExitStack() as walls, ExitStack() as undo, ExitStack() as theirs:
        boxed = _container(windows, walls, order)  # (1)
        if opening is not None:
            opening(walls, boxed)
        with _layer("desktop"):  # (2)
            hidden = desktop.create(windows, walls, boxed.text)
        with _layer("job"):
            held_by = job.create(windows, walls, order.limits)
        with _layer(STARTING):  # (3)
            to_child = handles.pipe(windows, undo, theirs, child_reads=True)
            from_child = handles.pipe(windows, undo, theirs, child_reads=False)
            errors = _errors(windows, walls, undo, theirs)
            given = Inherited(
                standard=(handles.nothing(windows, theirs), errors.pipe.inherited),
                others=(to_child.inherited, from_child.inherited, *inherit),
            )
            text = order.text(to_child.inherited, from_child.inherited, inherit)
            created = create_suspended(windows, _command(launcher, text), boxed.sid, hidden, given)  # (4)
            _own(windows, created, walls, undo, theirs)
        with _layer("job"):
            windows.call("AssignProcessToJobObject", held_by, created.process)
        with _layer(STARTING):
            windows.call("ResumeThread", created.thread)
            theirs.close()
        undo.pop_all()
        process = Process(windows, created, errors.collect, walls.pop_all().close)
        return Started(process, Channel(from_child.descriptor, to_child.descriptor), errors.descriptor)


@contextmanager
def _layer(name: str) -> Iterator[None]:
    """What Windows refuses here is a refusal of ours, with the layer, the cause and the way out."""
    try:
        yield
    except OSError as problem:
        fix = START_FIX if name == STARTING else FIXES[name]
        cause = problem.strerror or str(problem)
        raise JailRefused(f"The jail's layer {name!r} can't be established: {cause}.", fix) from problem


def _container(windows: Library, walls: ExitStack, order: Order) -> container.Container:
    with _layer("appcontainer"):
        container.sweep(windows)
        for folder in container.code_folders(order.site):
            container.open_to_containers(windows, folder)
        return container.create(windows, walls)


def _errors(windows: Library, walls: ExitStack, undo: ExitStack, theirs: ExitStack) -> ErrorsOfChild:
    pipe = handles.pipe(windows, walls, theirs, child_reads=False)
    handles.never_wait(windows, pipe.inherited)
    errors = ErrorsOfChild(windows, walls, pipe)
    undo.callback(os.close, errors.descriptor)
    return errors


def _own(windows: Library, created: Created, walls: ExitStack, undo: ExitStack, theirs: ExitStack) -> None:
    """From here on the process is ended, and its handles are closed, by whichever stack unwinds."""
    walls.callback(windows.call, "CloseHandle", created.process)
    undo.callback(windows.call, "TerminateProcess", created.process, 1)
    theirs.callback(windows.call, "CloseHandle", created.thread)


def _command(launcher: Path, order: str) -> list[str]:
    """A venv's python.exe starts a second process, which the job forbids; the base interpreter needs none."""
    first, *rest = launcher_command(launcher, order)
    if getattr(sys, "frozen", False):
        return [first, *rest]
    base = str(getattr(sys, "_base_executable", "") or first)
    if "windowsapps" in base.lower():
        raise JailRefused(
            "Python from the Microsoft Store can't be started in a jail.", "Install Python from python.org."
        )
    return [base, *rest]
