"""Secrets are in the operating system's keyring, or nowhere; a demo's throwaway store says what it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sandbox.errors import CredentialMissing, StoreUnavailable
from sandbox.keystore import SAFE_BACKENDS, OSKeyring, ThrowawayStore, open_keystore, safe_backend
from sandbox.workspace import Workspace

# The daemon leaves by itself when the session's bus goes away.
SESSION = """
printf 'a login password' | gnome-keyring-daemon --unlock --components=secrets > /dev/null && exec "$1" "$2" "$3"
"""


@pytest.fixture
def store(tmp_path: Path) -> ThrowawayStore:
    return ThrowawayStore(tmp_path / "throwaway-keyring.json")


def test_a_real_secret_service_keeps_every_promise(tmp_path: Path) -> None:
    """Kept, replaced, missing, deleted, separate by workspace, locked: see `secret_service.py`."""
    missing = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None]
    if missing and os.environ.get("CI") != "true":
        pytest.skip(f"needs {' and '.join(missing)}")
    assert not missing, "this must run in CI"
    (tmp_path / "run").mkdir(mode=0o700)
    places = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_DATA_HOME": str(tmp_path / "data")}
    script = str(Path(__file__).with_name("secret_service.py"))
    ended = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SESSION, "sh", sys.executable, script, str(tmp_path / "work")],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | places,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.stdout == "every promise held\n", ended.stderr


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_without_a_keyring_the_answer_is_no(tmp_path: Path, backend: str) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from sandbox.errors import StoreUnavailable\n"
        "from sandbox.keystore import open_keystore\n"
        "from sandbox.workspace import Workspace\n"
        "try: open_keystore(Workspace.create(Path(sys.argv[1])))\n"
        "except StoreUnavailable as no: sys.stdout.write(no.sentence)\n"
    )
    environment = {name: value for name, value in os.environ.items() if "DBUS" not in name}
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "work")],
        env=environment | {"PYTHON_KEYRING_BACKEND": backend},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "No keyring of the operating system is reachable, and secrets are never kept in a file."


def made_in(module: str) -> object:
    """A backend as it would come out of `module`."""
    return type("Keyring", (), {"__module__": module})()


def chain_of(*modules: str) -> object:
    chain = made_in("keyring.backends.chainer")
    vars(chain)["backends"] = [made_in(module) for module in modules]
    return chain


@pytest.mark.parametrize("module", SAFE_BACKENDS)
def test_a_keyring_of_an_operating_system_is_used(module: str) -> None:
    backend = made_in(module)
    assert safe_backend(backend) is backend
    chosen = safe_backend(chain_of("keyrings.alt.file", module))
    assert type(chosen).__module__ == module


@pytest.mark.parametrize(
    "module", ["keyrings.alt.file", "keyrings.alt.Windows", "keyring.backends.null", "my.SecretService", "windows"]
)
def test_a_store_in_a_file_is_never_used(module: str) -> None:
    """`keyrings.alt.Windows` keeps secrets in a file, whatever its name says."""
    for backend in (made_in(module), chain_of(module, "keyrings.alt.file"), chain_of()):
        with pytest.raises(StoreUnavailable):
            safe_backend(backend)


def test_each_workspace_gets_the_store_it_was_made_with(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "demo", store="throwaway")
    store = open_keystore(workspace)
    assert isinstance(store, ThrowawayStore)
    assert not isinstance(store, OSKeyring)
    store.put("login/ehr", "secret")
    assert workspace.throwaway_store.stat().st_mode & 0o077 == 0


def test_the_throwaway_store_keeps_replaces_and_forgets(store: ThrowawayStore) -> None:
    store.delete("login/ehr")
    store.put("login/ehr", "first")
    store.put("login/ehr", "sécrét\n second")
    store.put("key/model", "other")
    assert store.get("login/ehr") == "sécrét\n second"
    store.delete("login/ehr")
    with pytest.raises(CredentialMissing, match="'login/ehr'"):
        store.get("login/ehr")
    assert store.get("key/model") == "other"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"a": 1}'])
def test_a_damaged_throwaway_store_is_refused(store: ThrowawayStore, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "throwaway-keyring.json").write_bytes(content)
    with pytest.raises(StoreUnavailable, match="damaged"):
        store.get("login/ehr")
    with pytest.raises(StoreUnavailable, match="damaged"):
        store.put("login/ehr", "secret")
    assert (tmp_path / "throwaway-keyring.json").read_bytes() == content


def test_secrets_put_at_the_same_time_are_all_kept(store: ThrowawayStore) -> None:
    threads = [threading.Thread(target=store.put, args=(f"key/{number}", str(number))) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.get(f"key/{number}") for number in range(16)] == [str(number) for number in range(16)]
