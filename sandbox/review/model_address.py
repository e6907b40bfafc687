"""Where the model is, as the settings say it: the one origin that anything is ever sent to.

Address.read("https://api.anthropic.com").key_name          # what the keyring calls the key for that origin
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from sandbox.errors import BadInput

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Address(NamedTuple):
    """Where the model is: the one origin, and what its path begins with."""

    origin: str
    host: str
    port: int
    base: str

    @property
    def key_name(self) -> str:
        """What the keyring calls the key for this origin: no other origin is ever sent it."""
        return f"key/model@{self.origin}"

    @property
    def is_loopback(self) -> bool:
        return self.host in _LOOPBACK

    @classmethod
    def read(cls, url: str) -> Address:
        """The address in the settings, or `BadInput`: https, or http on this very machine."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as problem:
            raise BadInput("The model's address in the settings is no URL.") from problem
        if not host or "@" in parts.netloc or parts.query or parts.fragment or parts.scheme not in ("http", "https"):
            raise BadInput("The model's address in the settings is not a plain https:// address.")
        if parts.scheme == "http" and host not in _LOOPBACK:
            raise BadInput("The model's address uses http, which is allowed on this machine only.", "Use https://.")
        usual = 443 if parts.scheme == "https" else 80
        name = f"[{host}]" if ":" in host else host
        origin = f"{parts.scheme}://{name}" + (f":{port}" if port and port != usual else "")
        return cls(origin, host, port or usual, parts.path.rstrip("/"))
