"""Run by `test_keystore.py` inside a session of its own: every promise of the keystore, on a real Secret Service."""

from __future__ import annotations

import sys
from pathlib import Path

from sandbox.errors import CredentialMissing, StoreUnavailable
from sandbox.keystore import Keystore, OSKeyring, open_keystore
from sandbox.workspace import Workspace


def kept(store: Keystore) -> None:
    store.put("login/ehr", "first")
    store.put("login/ehr", "sécrét\n second")
    assert store.get("login/ehr") == "sécrét\n second"
    assert missing(store, "login/registry")
    store.delete("login/ehr")
    store.delete("login/ehr")
    assert missing(store, "login/ehr")


def separate(one: Keystore, other: Keystore) -> None:
    one.put("key/workstation", "of one")
    assert missing(other, "key/workstation")
    other.put("key/workstation", "of the other")
    assert one.get("key/workstation") == "of one"


def locked(store: Keystore) -> None:
    import secretstorage

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    for act in (lambda: store.get("key/workstation"), lambda: store.put("key/workstation", "x")):
        try:
            act()
        except StoreUnavailable as problem:
            assert "locked" in problem.sentence, problem.sentence
        else:
            raise AssertionError("a locked keyring answered")
    connection.close()


def missing(store: Keystore, name: str) -> bool:
    try:
        store.get(name)
    except CredentialMissing:
        return True
    return False


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    stores = [open_keystore(Workspace.create(folder / name)) for name in ("one", "two")]
    assert all(isinstance(store, OSKeyring) for store in stores)
    kept(stores[0])
    separate(*stores)
    locked(stores[0])
    sys.stdout.write("every promise held\n")
