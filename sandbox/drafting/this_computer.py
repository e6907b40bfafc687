"""What would tell an outsider whose computer this is: its name, who is logged in, and where things lie on it.

    computer = ThisComputer.here(workspace, public="every word that the agent is told anyway")
    computer.find("File /home/jsmith/irb-2231/ehr.duckdb")        # two hits of kind KIND

Whole paths are looked for, and single words only where they can't be ordinary text: a login of `user`, a folder
called `readmissions` or a host called `vm` say nothing of anybody.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from sandbox.drafting.inspection import Hit
from sandbox.drafting.wordlists import is_common_word, word_list
from sandbox.workspace import Workspace

KIND = "host name or path of this computer"
_SHORTEST = 4
_HOME = os.path.expanduser("~")
# Where every system has the same things.
_EVERYWHERE = re.compile(r"/(?:usr|lib|lib32|lib64|bin|sbin|etc|proc|dev|sys)(?:/|$)")
_WORD = re.compile(r"[A-Za-z0-9][\w.-]*[A-Za-z0-9]")


class ThisComputer:
    """Finds names and paths in a text, in any case."""

    def __init__(self, names: Iterable[str] = (), paths: Iterable[str] = ()) -> None:
        words = [rf"(?<![\w]){re.escape(name)}(?![\w])" for name in names]
        places = [rf"(?<![\w.-]){re.escape(path)}(?![\w])" for path in paths]
        tellers = sorted({*words, *places}, key=len, reverse=True)
        self._pattern = re.compile("|".join(tellers), re.IGNORECASE) if tellers else None

    @classmethod
    def here(cls, workspace: Workspace, public: str = "") -> ThisComputer:
        """This computer, as seen by this process. A word of `public` is nobody's secret."""
        told = {word.lower() for word in _WORD.findall(public)}
        names = {name for name in _names(workspace) if name.lower() not in told and _tells(name)}
        return cls(names, {path for path in map(str, _paths(workspace)) if _leads_somewhere(path)})

    def find(self, text: str) -> list[Hit]:
        if self._pattern is None:
            return []
        return [Hit(start=match.start(), end=match.end(), kind=KIND) for match in self._pattern.finditer(text)]


def _names(workspace: Workspace) -> Iterable[str]:
    host = os.uname().nodename
    yield from (host, host.split(".")[0])
    yield from (os.environ.get(name, "") for name in ("USER", "LOGNAME"))
    yield from (_login(), Path(_HOME).name)
    # A folder's name may be an ordinary word of medicine; one with a number in it is a study's or a ward's.
    yield from (part for part in workspace.root.parts if re.search(r"\d", part) and re.search(r"[A-Za-z]{2}", part))


def _login() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user without an entry, as in many containers
        return ""


def _paths(workspace: Workspace) -> Iterable[Path | str]:
    ours = Path(__file__).resolve().parents[2]
    yield _HOME
    yield from (workspace.root, *workspace.root.parents, ours, *ours.parents)
    executable = Path(sys.executable)
    yield from (executable, executable.resolve(), sys.prefix, sys.base_prefix)
    yield from (sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))


def _tells(name: str) -> bool:
    plain = name.lower()
    return len(name) >= _SHORTEST and plain not in word_list("computer") and not is_common_word(plain)


def _leads_somewhere(path: str) -> bool:
    """Two folders deep at least: `/root` and `/tmp` are everybody's."""
    return path.count("/") >= 2 and not _EVERYWHERE.match(path)
