"""Writing a pack as TOML that people read: one line per column."""

from __future__ import annotations

import json

import msgspec

from .model import Pack, PackColumn, PackTable

HEAD = ("name", "version", "title", "about", "facts_from", "prefixes", "suffixes", "least_share")
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def pack_toml(pack: Pack) -> bytes:
    """The pack as the bytes of its file; reading them gives the same pack."""
    plain = msgspec.to_builtins(pack)
    lines = [f"{key} = {_value(plain[key])}" for key in HEAD if key in plain]
    for name, table in pack.tables.items():
        lines += _table(name, table)
    return ("\n".join(lines) + "\n").encode()


def _table(name: str, table: PackTable) -> list[str]:
    plain = msgspec.to_builtins(table)
    plain.pop("columns", None)
    lines = ["", f"[tables.{_key(name)}]"]
    for key, value in plain.items():
        if key == "conventions":
            lines += ["conventions = [", *(f"  {_value(one)}," for one in value), "]"]
        else:
            lines.append(f"{key} = {_value(value)}")
    lines.append(f"[tables.{_key(name)}.columns]")
    return lines + [f"{_key(column)} = {_column(facts)}" for column, facts in table.columns.items()]


def _column(column: PackColumn) -> str:
    said = ", ".join(f"{key} = {_value(value)}" for key, value in msgspec.to_builtins(column).items())
    return f"{{ {said} }}" if said else "{}"


def _key(name: str) -> str:
    return name if name and set(name) <= _BARE else _value(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, (int, float)):
        return repr(value)
    # A JSON string is a TOML string, but for DEL, which TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
