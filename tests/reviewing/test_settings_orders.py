"""Settings: each is checked before any is kept, by the same rules as on the command line."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner

from sandbox.cli import cli
from sandbox.errors import BadInput, CredentialMissing
from sandbox.review.settings_checks import check_settings
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.settings import ChangeSettings, KeepModelKey, ReadSettings, SettingsShown
from sandbox.reviewing.room import Room
from sandbox.workspace import RANGES, Settings

OTHER = "https://elsewhere.invalid"


def shown(room: Room) -> SettingsShown:
    return handler_of(ReadSettings)(room, ReadSettings())  # type: ignore[no-any-return]


def change(room: Room, **changes: object) -> SettingsShown:
    settings = msgspec.structs.replace(room.workspace.settings, **changes)
    return handler_of(ChangeSettings)(room, ChangeSettings(settings=settings))  # type: ignore[no-any-return]


WRONG = [
    ({"model_url": "http://example.invalid"}, "uses http"),
    ({"model_url": "not an address"}, "not a plain https"),
    ({"model": " "}, "model's name is empty"),
    ({"model": "a\u202eb"}, "can't be seen"),
    ({"purpose": "x" * 201}, "at most 200"),
    *(({name: least - 1}, "is from") for name, (least, _) in RANGES.items()),
    *(({name: most + 1}, "is from") for name, (_, most) in RANGES.items()),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG)
def test_a_wrong_setting_is_refused_and_nothing_is_kept(room: Room, changes: dict[str, object], sentence: str) -> None:
    before = room.workspace.settings
    with pytest.raises(BadInput, match=sentence):
        change(room, **{"purpose": "Another purpose", **changes})
    assert room.workspace.settings == before


def test_every_number_of_the_settings_has_a_range_and_the_defaults_lie_in_them() -> None:
    numbers = {field.name for field in msgspec.structs.fields(Settings) if field.type is int}
    assert set(RANGES) == numbers
    check_settings(Settings())


def test_the_command_line_goes_by_the_same_rules(tmp_path: object) -> None:
    done = CliRunner().invoke(cli, ["setup", "--name", "A", "--model", " ", "--workspace", f"{tmp_path}/study"])
    assert isinstance(done.exception, BadInput) and done.exception.sentence == "The model's name is empty."


def test_what_is_changed_is_on_the_disk_and_shown(room: Room) -> None:
    after = change(room, purpose="The heart-failure pathway", lock_after_minutes=3, minimum_count=20)
    assert after.settings == Room.workspace.fget(room).settings  # type: ignore[attr-defined]
    assert (after.settings.purpose, after.settings.lock_after_minutes) == ("The heart-failure pathway", 3)
    assert after == shown(room)


def test_the_reviewers_name_stays(room: Room) -> None:
    with pytest.raises(BadInput, match="another reviewer name"):
        change(room, reviewer="Somebody Else")


def test_the_models_key_belongs_to_the_address_it_was_given_for(room: Room) -> None:
    keep = handler_of(KeepModelKey)
    assert keep(room, KeepModelKey(key=" sk-1234 ")).sentence == "The key for https://api.anthropic.com is kept."
    assert shown(room).has_model_key
    assert room.keystore.get("key/model@https://api.anthropic.com") == "sk-1234"
    elsewhere = change(room, model_url=f"{OTHER}/v2")
    assert (elsewhere.has_model_key, elsewhere.model_key_for) == (False, OTHER)
    change(room, model_url="https://api.anthropic.com")
    keep(room, KeepModelKey(key=""))
    assert not shown(room).has_model_key
    with pytest.raises(CredentialMissing):
        room.keystore.get("key/model@https://api.anthropic.com")


@pytest.mark.parametrize("key", ["two words", "käy", "a\nb", "x" * 5000])
def test_what_can_be_no_key_is_not_kept(room: Room, key: str) -> None:
    with pytest.raises(BadInput, match="no key"):
        handler_of(KeepModelKey)(room, KeepModelKey(key=key))
    assert not shown(room).has_model_key


def test_versions_and_the_public_key_are_shown(room: Room) -> None:
    found = shown(room)
    assert {"Preceptor", "Python", "RestrictedPython", "duckdb", "sqlglot"} <= set(found.versions)
    assert found.public_key.startswith("-----BEGIN PUBLIC KEY-----")
    assert (found.store, found.keyring, len(found.fingerprint)) == ("throwaway", "", 64)
