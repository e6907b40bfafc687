"""Locking the desk and unlocking it."""

from __future__ import annotations

from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.starting import Lock, SetPin, Unlock
from sandbox.reviewing.room import Room


def lock(room: Room, order: Lock) -> Done:
    """Forget every opened result, also those that are being opened."""
    room.forget_results()
    return Done(sentence="The desk is locked; opened results are closed.")


def unlock(room: Room, order: Unlock) -> Done:
    from sandbox.review.unlocking import check_passphrase, check_pin

    if order.pin:
        check_pin(room.keystore, order.secret)
    else:
        check_passphrase(room.workspace, room.keystore, order.secret)
    room.is_locked = False
    return Done(sentence="The desk is unlocked.")


def set_pin(room: Room, order: SetPin) -> Done:
    from sandbox.review.unlocking import set_pin as keep

    keep(room.workspace, room.keystore, order.passphrase, order.pin)
    return Done(sentence="The PIN is set." if order.pin else "The PIN is taken away.")
