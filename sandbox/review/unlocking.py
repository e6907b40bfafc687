"""Unlocking an idle desk: by the passphrase, or by a short PIN that is good for nothing else.

    set_pin(workspace, keystore, passphrase, "4711")       # an empty PIN takes it away
    check_pin(keystore, "4711")                            # WrongPassphrase; after five in a row the passphrase only
    check_passphrase(workspace, keystore, passphrase)

The PIN keeps a passer-by from an unlocked screen. It opens no key: what is signed needs the passphrase every time.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sandbox.errors import BadInput, CredentialMissing, Refusal, WrongPassphrase
from sandbox.keystore import Keystore
from sandbox.records import ReviewerKey
from sandbox.workspace import Workspace

VERIFIER = "desk/pin"
WRONG = "desk/wrong-pins"  # how many in a row; kept, so that starting again gives no new tries
TRIES = 5
SHORTEST, LONGEST = 4, 12
# RFC 9106, the second recommended setting, as for the reviewer's key.
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4


class PinUsedUp(Refusal):
    """Too many wrong PINs in a row."""

    advice = "Unlock with your passphrase; then the PIN works again."


def set_pin(workspace: Workspace, keystore: Keystore, passphrase: str, pin: str) -> None:
    """Set the PIN, or take it away when it is empty; the passphrase says that this is the reviewer."""
    if pin:
        _check_form(pin)
    ReviewerKey.unlock(workspace, keystore, passphrase)
    if pin:
        kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
        keystore.put(VERIFIER, kdf.derive_phc_encoded(pin.encode()))
    else:
        keystore.delete(VERIFIER)
    keystore.delete(WRONG)


def has_pin(keystore: Keystore) -> bool:
    return _kept(keystore, VERIFIER) != ""


def check_pin(keystore: Keystore, pin: str) -> None:
    """Return when it is right.

    1. Not after five wrong ones in a row.
    2. The try is counted before it is made, so that ending the process in between wins nothing.
    3. A right one clears the count.
    """
    verifier = _kept(keystore, VERIFIER)
    if not verifier:
        raise Refusal("No PIN is set for this desk.", "Unlock with your passphrase.")
    tried = _tried(keystore)
    if tried >= TRIES:  # (1)
        raise PinUsedUp("The PIN was wrong five times in a row.")
    keystore.put(WRONG, str(tried + 1))  # (2)
    try:
        Argon2id.verify_phc_encoded(pin.encode(), verifier)
    except InvalidKey as problem:
        raise _wrong(TRIES - tried - 1) from problem
    keystore.delete(WRONG)  # (3)


def check_passphrase(workspace: Workspace, keystore: Keystore, passphrase: str) -> None:
    """Return when the passphrase opens the reviewer's key, or `WrongPassphrase`. Gives the PIN its tries back."""
    ReviewerKey.unlock(workspace, keystore, passphrase)
    keystore.delete(WRONG)


def _check_form(pin: str) -> None:
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise BadInput(f"A PIN has {SHORTEST} to {LONGEST} digits.", "Choose digits only.")


def _wrong(left: int) -> Refusal:
    if left == 0:
        return PinUsedUp("That PIN is wrong, for the fifth time in a row.")
    tries = "One try is" if left == 1 else f"{left} tries are"
    return WrongPassphrase(f"That PIN is wrong. {tries} left before the passphrase is needed.", "Type it again.")


def _tried(keystore: Keystore) -> int:
    count = _kept(keystore, WRONG)
    return int(count) if count.isdigit() else TRIES if count else 0


def _kept(keystore: Keystore, name: str) -> str:
    try:
        return keystore.get(name)
    except CredentialMissing:
        return ""
