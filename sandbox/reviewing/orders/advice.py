"""Advice in the window's words: the engine's advice names commands, and whoever sits at the window types none.

in_the_window("Run `preceptor source look ehr`.")        # 'Open Data and look at the source.'
"""

from __future__ import annotations

# By the command that the advice names, longest first where one begins like another.
_INSTEAD = (
    ("preceptor setup --model-key", "Open Settings and store the model's key."),
    ("preceptor setup", "Make a workspace of your own for it, in another folder."),
    ("--workspace", "Choose another folder."),
    ("preceptor source look", "Open Data and look at the source."),
    ("preceptor source known", "Open Data and index the source's identifiers again."),
    ("preceptor source add", "Open Data, remove the source and connect it again."),
    ("preceptor source", "Open Data to see the sources."),
    ("preceptor dictionary sign", "Open Data and sign the tables that an agent may know."),
    ("preceptor dictionary", "Open Data to see the tables."),
    ("preceptor ask --list", "Open Questions to see them."),
    ("preceptor ask", "Ask for a draft in Questions."),
    ("preceptor sign", "Open Records to see the approvals."),
    ("preceptor run", "Open Runs to see them."),
    ("preceptor codeset", "Whoever has a terminal sees them with `codeset list`."),
    ("preceptor pack", "Whoever has a terminal sees them with `pack list`."),
    ("preceptor exclude", "Whoever has a terminal sees them with `exclude list`."),
    ("preceptor doctor", "Open Doctor to see which layer is missing and how to get it."),
    ("--purpose", "Say what it is for."),
)


def in_the_window(advice: str) -> str:
    """The advice as it is, or what to do in the window instead of typing a command."""
    return next((instead for command, instead in _INSTEAD if command in advice), advice)
