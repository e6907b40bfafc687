"""The settings, and the model's key."""

from __future__ import annotations

import platform

from sandbox import __version__
from sandbox.errors import BadInput, PreceptorError
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.settings import ChangeSettings, KeepModelKey, ReadSettings, SettingsShown
from sandbox.reviewing.room import Room
from sandbox.workspace import Workspace

LONGEST_KEY = 4096


def read_settings(room: Room, order: ReadSettings) -> SettingsShown:
    return _shown(room, room.workspace)


def change_settings(room: Room, order: ChangeSettings) -> SettingsShown:
    """Check every setting, then keep them all."""
    from sandbox.review.settings_checks import check_same_reviewer, check_settings

    workspace = room.workspace
    check_same_reviewer(workspace.settings, order.settings.reviewer)
    check_settings(order.settings)
    workspace.change_settings(order.settings)
    return _shown(room, workspace)


def keep_model_key(room: Room, order: KeepModelKey) -> Done:
    """The key belongs to the address in the settings: whoever changes the address later does not get it."""
    from sandbox.review.model_address import Address

    key = order.key.strip()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise BadInput("This is no key: it holds a space or a character that no key has.", "Copy it again.")
    address = Address.read(room.workspace.settings.model_url)
    if not key:
        room.keystore.delete(address.key_name)
        return Done(sentence=f"The key for {address.origin} is forgotten.")
    room.keystore.put(address.key_name, key)
    return Done(sentence=f"The key for {address.origin} is kept.")


def _shown(room: Room, workspace: Workspace) -> SettingsShown:
    from sandbox.review.model_address import Address
    from sandbox.review.unlocking import has_pin
    from sandbox.reviewing.starting import fingerprint_in, holds

    address = Address.read(workspace.settings.model_url)
    problem, has_key, pin = "", False, False
    try:
        has_key, pin = holds(room.keystore, address.key_name), has_pin(room.keystore)
    except PreceptorError as silent:
        problem = silent.sentence
    public = workspace.keys / "reviewer.pub.pem"
    return SettingsShown(
        settings=workspace.settings,
        root=str(workspace.root),
        fingerprint=fingerprint_in(workspace),
        store=workspace.store,
        keyring=problem,
        has_model_key=has_key,
        model_key_for=address.origin,
        has_pin=pin,
        versions=versions(),
        public_key=public.read_text("ascii") if public.exists() else "",
    )


def versions() -> dict[str, str]:
    """What runs here: ours, Python's, and the libraries that the checks were read against."""
    from sandbox.review.signing import library_versions

    return {"Preceptor": __version__, "Python": platform.python_version(), **library_versions()}
