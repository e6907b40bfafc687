"""The model's key is kept for one address, and no other address is ever sent it."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from sandbox.cli import cli
from sandbox.errors import CredentialMissing
from sandbox.keystore import ThrowawayStore
from sandbox.records import AuditLog


def set_up(workspace, *arguments: str, key: bytes) -> None:
    read, write = os.pipe()
    os.write(write, key)
    os.close(write)
    arguments = ("setup", "--workspace", str(workspace.root), "--model-key-fd", str(read), *arguments)
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    os.close(read)
    assert done.exit_code == 0, done.output


def test_setup_keeps_the_key_under_the_address_that_it_is_for(workspace):
    AuditLog(workspace.audit_log).prepare()
    store = ThrowawayStore(workspace.throwaway_store)
    set_up(workspace, "--model-url", "https://api.example.org/v2", key=b"sk-one\n")
    set_up(workspace, "--model-url", "https://other.example.org:8443", key=b"sk-two\n")
    assert store.get("key/model@https://api.example.org") == "sk-one"
    assert store.get("key/model@https://other.example.org:8443") == "sk-two"
    with pytest.raises(CredentialMissing):
        store.get("key/model")
