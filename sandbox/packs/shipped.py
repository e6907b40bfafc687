"""The packs that come with Preceptor: `resources/packs/NAME-VERSION.toml`, written and checked with it."""

from __future__ import annotations

import functools
from importlib import resources

from sandbox.errors import BadInput

from .model import Pack
from .reading import read_pack


def shipped_packs() -> tuple[str, ...]:
    """Their names, such as `omop-cdm-5.4`."""
    folder = resources.files("resources") / "packs"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def shipped_bytes(name: str) -> bytes:
    """The file of a shipped pack, or `BadInput`."""
    if name not in shipped_packs():
        raise BadInput(f"No pack is named {name!r}.", "See `preceptor pack list`, or give a pack's file.")
    return (resources.files("resources") / "packs" / f"{name}.toml").read_bytes()


@functools.cache
def shipped_pack(name: str) -> Pack:
    """A shipped pack by its name, or `BadInput`."""
    return read_pack(shipped_bytes(name), f"{name}.toml")
