"""Making a workspace: who the reviewer is, the two keys, and the first entry of the log."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path
from typing import Literal

import msgspec

from sandbox.errors import BadInput, CredentialMissing, WorkspaceRefused
from sandbox.keystore import Keystore, open_keystore
from sandbox.matching.key_lists import LISTS_KEY
from sandbox.records import AuditLog, ReviewerKey, WorkstationKey
from sandbox.workspace import Settings, Workspace, check_line

MACHINE_KEYS = ("key/results", "key/known", "key/tokens")
SHORTEST_PASSPHRASE = 12


def set_up(
    root: Path,
    name: str,
    passphrase: str,
    *,
    store: Literal["os", "throwaway"] = "os",
    settings: Settings | None = None,
) -> Workspace:
    """Make a workspace for one reviewer, or finish one that was interrupted.

    1. The folder and its settings.
    2. The reviewer's key, encrypted under the passphrase; its fingerprint pinned in the keyring.
    3. The workstation's key, in the keyring, certified by the reviewer.
    4. Keys for results, known values and tokens, in the keyring.
    5. The first entry of the audit log.
    """
    check_passphrase(passphrase)
    check_before_asking(root, name)
    workspace = _new_or_unfinished(root, name.strip(), store, settings)  # (1)
    keystore = open_keystore(workspace)
    if (workspace.keys / "reviewer.json").exists():
        reviewer = ReviewerKey.unlock(workspace, keystore, passphrase)
    else:
        reviewer = ReviewerKey.create(workspace, keystore, name.strip(), passphrase)  # (2)
    WorkstationKey.open(workspace, keystore).certify_with(reviewer)  # (3)
    _make_machine_keys(keystore)  # (4)
    AuditLog(workspace.audit_log).append("workspace.created", reviewer=reviewer.name)  # (5)
    return workspace


def check_before_asking(root: Path, name: str) -> None:
    """Everything about a new workspace that can be refused before a person thinks of a passphrase."""
    check_out_of_jails(root)
    if not name.strip():
        raise BadInput("A reviewer needs a name; it is printed on everything they sign.")
    check_line("The name", name)


def check_keyring() -> None:
    """`StoreUnavailable` when the operating system's keyring can't keep a secret now; nothing stays in it."""
    with tempfile.TemporaryDirectory(prefix="preceptor-") as folder:
        keystore = open_keystore(Workspace.create(Path(folder) / "probe"))
        keystore.put("probe", "nothing")
        keystore.delete("probe")


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that a thief of the key file would guess at once."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(
            f"A passphrase has at least {SHORTEST_PASSPHRASE} characters.", "Four unrelated words make a good one."
        )


def check_out_of_jails(place: Path) -> None:
    """Refuse a folder or file inside what every jail may read: our own code and the libraries."""
    from sandbox.jail.profile import readable, site_packages

    inside = [folder for folder in readable(site_packages()) if place.resolve().is_relative_to(Path(folder).resolve())]
    if inside:
        raise BadInput(
            f"{place.name} lies in a folder of program code that jailed programs may read.", "Choose another place."
        )


def machine_key(keystore: Keystore, name: str) -> bytes:
    """One of the workspace's 32-byte keys."""
    return base64.b64decode(keystore.get(name))


def lists_key(keystore: Keystore, *, new: bool = False) -> bytes:
    """The key of the lists of identifiers; `new` makes one in a workspace that never had any."""
    try:
        return machine_key(keystore, LISTS_KEY)
    except CredentialMissing:
        if not new:
            raise
    keystore.put(LISTS_KEY, base64.b64encode(os.urandom(32)).decode())
    return machine_key(keystore, LISTS_KEY)


def _make_machine_keys(keystore: Keystore) -> None:
    for name in MACHINE_KEYS:
        keystore.put(name, base64.b64encode(os.urandom(32)).decode())


def _new_or_unfinished(
    root: Path, name: str, store: Literal["os", "throwaway"], settings: Settings | None
) -> Workspace:
    wanted = msgspec.structs.replace(settings or Settings(), reviewer=name)
    try:
        workspace = Workspace.open(root)
    except WorkspaceRefused:
        return Workspace.create(root, store=store, settings=wanted)
    if workspace.audit_log.exists():
        raise WorkspaceRefused(f"{root} is a workspace already.", "Open it with --workspace, or choose another folder.")
    if not (workspace.keys / "reviewer.json").exists():
        workspace.change_settings(msgspec.structs.replace(workspace.settings, reviewer=name))
    return workspace
