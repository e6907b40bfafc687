"""A workspace whose secrets lie in the demo's throwaway store may only ever meet made-up patients."""

from __future__ import annotations

from sandbox.errors import QueryRefused, SourceUnavailable
from sandbox.sources import Source
from sandbox.workspace import Workspace

MARK = "preceptor_demo_mark"  # the macro that the demo's generator leaves in every database it writes
_QUERY = f'SELECT "src"."main".{MARK}() AS mark LIMIT 0'  # bound, not executed; the list of all macros takes 40 ms


def check_made_up(workspace: Workspace, name: str, source: Source) -> None:
    """Refuse a source that the demo did not make, when the workspace keeps its secrets in the throwaway store."""
    if workspace.store != "throwaway":
        return
    try:
        source.read(_QUERY).close()
    except QueryRefused:  # there is no such macro
        raise SourceUnavailable(
            f"{name} is not one of the demo's made-up sources, and a demo protects nothing else.",
            'Make a workspace of your own for it: `preceptor setup --name "Your Name"`.',
        ) from None
