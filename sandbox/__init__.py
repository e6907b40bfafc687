"""The engine of Preceptor: every rule of the product, and no Qt.

    agent (jail) ── drafting (door) ── signature ── running (door) ── program (jail)

ARCHITECTURE.md draws the processes; each folder's docstring says what may be relied on.
"""

__version__ = "0.1.0"
