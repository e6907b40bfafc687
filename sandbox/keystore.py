"""Secrets stay in the operating system's keyring, or in a demo's announced throwaway store.

    store = open_keystore(workspace)
    store.put("login/ehr", secret)
    secret = store.get("login/ehr")          # CredentialMissing when there is none

Never a plain file: without a keyring the answer is `StoreUnavailable`. The throwaway store is chosen by
name when a demo workspace is made, and a demo workspace connects made-up sources only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import msgspec

from sandbox.errors import CredentialMissing, StoreUnavailable
from sandbox.files import locked, replace_file
from sandbox.workspace import Workspace

SERVICE = "Preceptor"
# By exact module: other packages have file-based stores in modules of the same last name (keyrings.alt.Windows).
SAFE_BACKENDS = tuple(
    f"keyring.backends.{name}" for name in ("SecretService", "kwallet", "macOS", "Windows", "libsecret")
)


class Keystore(Protocol):
    """Named text secrets of one workspace."""

    def get(self, name: str) -> str:
        """The secret, or `CredentialMissing`."""

    def put(self, name: str, secret: str) -> None:
        """Keep the secret under the name, replacing what was there."""

    def delete(self, name: str) -> None:
        """Forget it; no error when there was none."""


def open_keystore(workspace: Workspace) -> Keystore:
    """The store this workspace was made with."""
    if workspace.store == "throwaway":
        return ThrowawayStore(workspace.throwaway_store)
    return OSKeyring(workspace.id)


class OSKeyring:
    """Secret Service, KWallet, Keychain or Credential Locker, by the `keyring` library."""

    def __init__(self, workspace_id: str) -> None:
        import keyring

        self._keyring = safe_backend(keyring.get_keyring())
        self._prefix = workspace_id

    def get(self, name: str) -> str:
        secret = self._call(self._keyring.get_password, SERVICE, self._key(name))
        if secret is None:
            raise CredentialMissing(f"The keyring holds nothing named {name!r} for this workspace.")
        return str(secret)

    def put(self, name: str, secret: str) -> None:
        self._call(self._keyring.set_password, SERVICE, self._key(name), secret)

    def delete(self, name: str) -> None:
        import keyring.errors

        try:
            self._keyring.delete_password(SERVICE, self._key(name))
        except keyring.errors.PasswordDeleteError:
            return
        except keyring.errors.KeyringError as problem:
            raise StoreUnavailable(_why(problem)) from problem

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}"

    @staticmethod
    def _call(function: object, *arguments: str) -> object:
        import keyring.errors

        try:
            return function(*arguments)  # type: ignore[operator]
        except keyring.errors.KeyringError as problem:
            raise StoreUnavailable(_why(problem)) from problem


def safe_backend(backend: Any) -> Any:
    """The backend, or the first safe one in a chain of several (as on KDE); `StoreUnavailable` when there is none."""
    for candidate in getattr(backend, "backends", [backend]):
        if type(candidate).__module__ in SAFE_BACKENDS:
            return candidate
    raise StoreUnavailable("No keyring of the operating system is reachable, and secrets are never kept in a file.")


class ThrowawayStore:
    """A file inside a demo workspace. Protects nothing, and says so wherever it is used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_name(f"{path.name}.lock")

    def get(self, name: str) -> str:
        try:
            return self._read()[name]
        except KeyError as problem:
            raise CredentialMissing(f"The throwaway store holds nothing named {name!r}.") from problem

    def put(self, name: str, secret: str) -> None:
        with locked(self._lock):
            replace_file(self._path, msgspec.json.encode(self._read() | {name: secret}))

    def delete(self, name: str) -> None:
        with locked(self._lock):
            rest = self._read()
            rest.pop(name, None)
            replace_file(self._path, msgspec.json.encode(rest))

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise StoreUnavailable("The demo's throwaway store is damaged.", "Start a new demo.") from problem


def _why(problem: Exception) -> str:
    words = {
        "KeyringLocked": "The keyring is locked.",
        "InitError": "The keyring could not be opened.",
        "NoKeyringError": "No keyring of the operating system is reachable.",
    }
    return words.get(type(problem).__name__, "The keyring did not answer as asked.")
