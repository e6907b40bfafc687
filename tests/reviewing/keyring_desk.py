"""Run by `test_starting.py` inside a session of its own: a desk whose secrets are in a real Secret Service."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from desk_talk import Desk

from sandbox.reviewing.orders.settings import KeepModelKey, ReadSettings
from sandbox.reviewing.orders.starting import Open, ReadStanding, SetPin, SetUp, Unlock

PASSPHRASE = "correct horse battery staple"


def at_work(root: Path) -> None:
    with Desk(root) as desk:
        assert desk.ask(Open()).keyring == ""
        made = desk.ask(SetUp(name="Dr A", passphrase=PASSPHRASE))
        assert (made.store, made.finished, made.keyring, made.has_model_key) == ("os", True, "", False), made
        desk.ask(KeepModelKey(key="sk-1234"))
        desk.ask(SetPin(passphrase=PASSPHRASE, pin="4711"))
        several = [desk.give(order) for order in (ReadStanding(), ReadSettings()) * 6]  # from four threads at once
        answers = [desk.next()[1] for _ in several]
        assert all(answer.has_model_key and answer.has_pin and not answer.keyring for answer in answers), answers


def while_locked(root: Path) -> None:
    import secretstorage

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    connection.close()
    with Desk(root) as desk:
        standing = desk.ask(Open())
        assert standing.finished and "locked" in standing.keyring, standing
        assert desk.ask(Unlock(secret="4711", pin=True)).kind == "StoreUnavailable"


if __name__ == "__main__":
    at_work(Path(sys.argv[1]))
    while_locked(Path(sys.argv[1]))
    sys.stdout.write("the desk works with a keyring\n")
