"""Write the exact, hashed lock for this platform, without index addresses.

    python packaging/lock.py                 # from the project's root, in any environment with pip

Resolves the project's own dependencies afresh and writes packaging/requirements-PLATFORM-PYTHON.txt for
`pip install --require-hashes -r`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def resolved() -> list[dict[str, object]]:
    """What pip would install for the project, with the hash of each file."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
            + ["--report", str(report), str(ROOT)],
            check=True,
        )
        return list(json.loads(report.read_text("utf-8"))["install"])


def lines(items: list[dict[str, object]]) -> list[str]:
    """One requirement per line, sorted; the project itself is left out."""
    found = []
    for item in items:
        name, version = item["metadata"]["name"], item["metadata"]["version"]  # type: ignore[index]
        if name == "preceptor":
            continue
        sha256 = item["download_info"]["archive_info"]["hashes"]["sha256"]  # type: ignore[index]
        found.append(f"{name.lower()}=={version} --hash=sha256:{sha256}")
    return sorted(found)


def main() -> None:
    platform = sysconfig.get_platform().replace("-", "_")
    target = ROOT / "packaging" / f"requirements-{platform}-py{sys.version_info.major}{sys.version_info.minor}.txt"
    target.write_text("\n".join(lines(resolved())) + "\n", "utf-8")
    sys.stdout.write(f"{target.relative_to(ROOT)} written\n")


if __name__ == "__main__":
    main()
