"""The assembled window: opening, a second desk, a session that dies, the lock, closing."""

from __future__ import annotations
