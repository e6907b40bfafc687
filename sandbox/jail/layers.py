"""Layers of a jail or a door, applied one after the other: each either holds or its cause is reported.

layers = apply([("limits", set_limits), ("seccomp", install)])     # {"limits": "on", "seccomp": "no such call"}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Layers = dict[str, str]
Step = tuple[str, Callable[[], str]]


def apply(steps: Iterable[Step]) -> Layers:
    """Apply every step. After one that fails the rest is still applied, and the report says which failed and why."""
    layers: Layers = {}
    for name, step in steps:
        try:
            layers[name] = step()
        except (OSError, ValueError) as problem:
            layers[name] = str(problem)
    return layers
