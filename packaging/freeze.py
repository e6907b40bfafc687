"""Make the frozen build: one folder with one executable, `preceptor`.

    python packaging/freeze.py /tmp/frozen           # in an environment that has the project and PyInstaller

Leaves DIR/preceptor; what PyInstaller wrote on the way is in DIR/work. Never builds inside the project.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SPEC = Path(__file__).resolve().with_name("preceptor.spec")


def command(out: Path) -> list[str]:
    """The call of PyInstaller. `-P` keeps the current folder from being imported in place of what is installed."""
    places = ["--distpath", str(out), "--workpath", str(out / "work")]
    quiet = ["--noconfirm", "--clean", "--log-level", "WARN"]
    return [sys.executable, "-P", "-m", "PyInstaller", *quiet, *places, str(SPEC)]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    out = Path(arguments[0]).resolve()
    if out.is_relative_to(SPEC.parent.parent):
        sys.stderr.write("A build must not lie inside the project: its own files would be collected.\n")
        return 2
    subprocess.run(command(out), check=True, cwd=out.parent)
    size = sum(file.lstat().st_size for file in (out / "preceptor").rglob("*") if not file.is_symlink())
    sys.stdout.write(f"{out / 'preceptor' / 'preceptor'} ({size / 1e6:,.0f} MB in its folder)\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
