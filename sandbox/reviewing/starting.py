"""Opening and setting up a workspace, and where things stand in it.

`standing_of` reads counts only: it is asked for again after everything that the reviewer does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from sandbox.errors import CredentialMissing, PreceptorError, StoreUnavailable
from sandbox.keystore import Keystore, OSKeyring, open_keystore
from sandbox.reviewing.demo import demo_script, demo_settings, ensure_model
from sandbox.reviewing.orders.starting import Open, ReadStanding, SetUp, SourceStanding, Standing
from sandbox.reviewing.room import Room
from sandbox.running.expiring import drop_expired_results
from sandbox.workspace import MARK, Workspace


def open_(room: Room, order: Open) -> Standing:
    """Take the workspace for this desk, if there is one. A keyring that does not answer is told, and stops nothing."""
    with room.writing:
        workspace = room.open()
        if workspace is not None:
            ensure_model(room, workspace)
            drop_expired_results(workspace, now=datetime.now(UTC))
    return standing_of(room)


def read_standing(room: Room, order: ReadStanding) -> Standing:
    return standing_of(room)


def set_up(room: Room, order: SetUp) -> Standing:
    """Make the workspace, or finish it.

    1. A keyring that can't keep secrets is told before a folder exists.
    2. A workspace that another desk is just making is left to it.
    3. From now on it is ours.
    """
    from sandbox.review import setting_up

    if order.store == "os":
        setting_up.check_keyring()  # (1)
    room.open()  # (2)
    settings = demo_settings() if order.store == "throwaway" else None
    setting_up.set_up(room.root, order.name, order.passphrase, store=order.store, settings=settings)
    workspace = room.open()  # (3)
    assert workspace is not None
    ensure_model(room, workspace)
    return standing_of(room)


def standing_of(room: Room) -> Standing:
    """Where things stand, from what is on the disk and in the keyring now."""
    room.require_there()
    if not (room.root / MARK).exists():
        return Standing(root=str(room.root), exists=False, finished=False, keyring=_no_keyring())
    workspace = Workspace.open(room.root)
    secrets = _secrets(room, workspace)
    settings = workspace.settings
    return Standing(
        root=str(workspace.root),
        exists=True,
        finished=workspace.audit_log.exists(),
        store=workspace.store,
        keyring=secrets.problem,
        reviewer=settings.reviewer,
        fingerprint=fingerprint_in(workspace),
        sources=tuple(source_standing(room, workspace, name) for name in workspace.source_names()),
        questions=sum(1 for _ in workspace.questions.glob("*/question.json")),
        model=settings.model,
        model_url=settings.model_url,
        has_model_key=secrets.model_key,
        has_pin=secrets.pin,
        lock_after_minutes=settings.lock_after_minutes,
        demo=demo_script(workspace),
    )


def source_standing(room: Room, workspace: Workspace, name: str) -> SourceStanding:
    """How far one source is."""
    from sandbox.review.indexed import INDEX, misses_columns

    source = workspace.source(name)
    folder = workspace.source_folder(name)
    facts = room.tables.counts(workspace, name)
    return SourceStanding(
        name=name,
        location=source.location,
        login=source.login,
        looked=facts is not None,
        tables=facts.tables if facts else 0,
        columns=facts.columns if facts else 0,
        undecided=facts.undecided if facts else 0,
        signed=sum(1 for _ in (folder / "signed").glob("*.json")),
        known=(folder / INDEX).exists(),
        known_is_old=facts is not None and misses_columns(workspace, name, facts.to_index),
        catalog_tables=facts.catalog_tables if facts else 0,
        catalog_columns=facts.catalog_columns if facts else 0,
    )


def fingerprint_in(workspace: Workspace) -> str:
    """The fingerprint of the reviewer's public key; empty while there is none."""
    from sandbox.records import fingerprint_of

    path = workspace.keys / "reviewer.pub.pem"
    return fingerprint_of(path.read_bytes()) if path.exists() else ""


class _Secrets(NamedTuple):
    """What the keyring says: a problem in words, or whether it holds a model's key and a PIN."""

    problem: str = ""
    model_key: bool = False
    pin: bool = False


def _secrets(room: Room, workspace: Workspace) -> _Secrets:
    """What of the secrets is there. A server on this machine needs no key, so none is missing."""
    from sandbox.review.model_address import Address
    from sandbox.review.unlocking import has_pin

    try:
        keystore = room.keystore if room.is_open else open_keystore(workspace)
        address = Address.read(workspace.settings.model_url)
        return _Secrets(
            model_key=address.is_loopback or holds(keystore, address.key_name),
            pin=has_pin(keystore),
        )
    except PreceptorError as problem:
        return _Secrets(problem=problem.sentence)


def holds(keystore: Keystore, name: str) -> bool:
    """Whether the store has a secret of that name."""
    try:
        keystore.get(name)
    except CredentialMissing:
        return False
    return True


def _no_keyring() -> str:
    """Why a new workspace could not keep its secrets; empty when it could. Asks nobody to unlock anything."""
    try:
        OSKeyring("")
    except StoreUnavailable as problem:
        return problem.sentence
    return ""
