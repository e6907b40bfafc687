"""What the Settings screen does: keeps what is typed apart until Save, stores the key and the PIN. No Qt in here."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from desktop.desk import Desk, Latest, Place
from desktop.settings.fields import (
    LABELS,
    as_typed,
    field_at_fault,
    is_here,
    is_same,
    place_words,
    what_is_wrong,
    with_typed,
)
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders import Done, Order
from sandbox.reviewing.orders.settings import ChangeSettings, KeepModelKey, ReadSettings, SettingsShown
from sandbox.reviewing.orders.starting import SetPin, SourceStanding

Wrong = dict[str, str]

_SAVE_FIRST = "Save the new address first: a key is kept for one address only."
_NO_KEY_IN_DEMO = "A demo's model is a recording."


class ModelFacts(NamedTuple):
    """What is said under the model's fields. `why_not` is why no key can be stored now."""

    place: str
    key: str
    has_key: bool
    why_not: str
    is_recording: bool = False


class Secrets(Protocol):
    """A dialog that takes secrets; it stays open, with what was typed, until it is finished."""

    def busy(self, sentence: str | None) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def finish(self) -> None: ...


class SettingsView(Protocol):
    def show_settings(self, shown: SettingsShown, reviewer: str, typed: dict[str, str]) -> None: ...

    def show_sources(self, sources: tuple[SourceStanding, ...]) -> None: ...

    def show_model(self, model: ModelFacts) -> None: ...

    def show_changes(self, labels: tuple[str, ...], wrong: Wrong, busy: bool) -> None: ...

    def point_to(self, key: str, sentence: str) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_problem(self) -> None: ...

    def close_dialogs(self) -> None: ...


class SettingsPresenter:
    def __init__(self, view: SettingsView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._reads = Latest(desk.asks)
        self._shown: SettingsShown | None = None
        self._typed: dict[str, str] = {}
        self._saving = False

    def arrive(self, place: Place) -> None:
        self._view.show_sources(self._desk.standing.sources)
        self._read()

    def leave(self) -> None:
        """What was typed stays; it is not saved."""

    def lock(self) -> None:
        self._view.close_dialogs()

    def standing_changed(self) -> None:
        self._view.show_sources(self._desk.standing.sources)

    def typed(self, key: str, text: str) -> None:
        """A field was changed by the reviewer."""
        if self._shown is None:
            return
        self._typed[key] = text
        self._drop_unchanged(self._shown)
        self._tell_changes()

    def save(self) -> None:
        """Apply all changes, or none: the first field that can't be kept is pointed to."""
        if self._shown is None or self._saving or not self._typed:
            return
        wrong = self._wrong()
        if wrong:
            self._view.point_to(*next(iter(wrong.items())))
            return
        self._saving = True
        self._view.clear_problem()
        self._tell_changes()
        changed = ChangeSettings(settings=with_typed(self._shown.settings, self._typed))
        self._desk.asks.ask(changed, self._saved, self._not_saved)

    def discard(self) -> None:
        """Back to what is saved."""
        self._typed.clear()
        self._view.clear_problem()
        if self._shown is not None:
            self._show(self._shown)

    def keep_key(self, key: str, dialog: Secrets) -> None:
        """Store the model's key for the saved address; an empty one forgets it."""
        self._keep(KeepModelKey(key=key), "Storing the key…" if key else "Forgetting the key…", dialog)

    def set_pin(self, passphrase: str, pin: str, dialog: Secrets) -> None:
        """Set the PIN; an empty one takes it away."""
        self._keep(SetPin(passphrase=passphrase, pin=pin), "Checking the passphrase…", dialog)

    def _keep(self, order: Order[Done], sentence: str, dialog: Secrets) -> None:
        def kept(done: Done) -> None:
            dialog.finish()
            self._desk.tell(done.sentence)
            self._desk.refresh()
            self._read()

        def refused(problem: PreceptorError) -> None:
            dialog.busy(None)
            dialog.show_problem(problem)

        dialog.busy(sentence)
        self._desk.asks.ask(order, kept, refused)

    def _read(self) -> None:
        self._reads.ask(ReadSettings(), self._show, self._view.show_problem)

    def _show(self, shown: SettingsShown) -> None:
        self._shown = shown
        self._drop_unchanged(shown)
        self._view.show_settings(shown, self._desk.standing.reviewer, as_typed(shown.settings) | self._typed)
        self._tell_changes()

    def _saved(self, shown: SettingsShown) -> None:
        self._saving = False
        self._typed.clear()
        self._show(shown)
        self._desk.tell("Settings saved.")
        self._desk.refresh()

    def _not_saved(self, problem: PreceptorError) -> None:
        self._saving = False
        self._tell_changes()
        self._view.show_problem(problem)
        at_fault = field_at_fault(problem.sentence, list(self._typed))
        if at_fault:
            self._view.point_to(at_fault, problem.sentence)

    def _drop_unchanged(self, shown: SettingsShown) -> None:
        saved = as_typed(shown.settings)
        self._typed = {key: text for key, text in self._typed.items() if not is_same(key, text, saved[key])}

    def _wrong(self) -> Wrong:
        found = {key: what_is_wrong(key, text) for key, text in self._typed.items()}
        return {key: sentence for key, sentence in found.items() if sentence}

    def _tell_changes(self) -> None:
        assert self._shown is not None
        labels = tuple(LABELS[key] for key in LABELS if key in self._typed)
        self._view.show_changes(labels, self._wrong(), self._saving)
        self._view.show_model(self._model_facts(self._shown))

    def _model_facts(self, shown: SettingsShown) -> ModelFacts:
        url = self._typed.get("model_url", shown.settings.model_url)
        why_not = _SAVE_FIRST if "model_url" in self._typed else ""
        if self._desk.standing.demo is not None:
            return ModelFacts(
                "In a demo a recording plays the model.", "It needs no key.", False, _NO_KEY_IN_DEMO, True
            )
        none = "No key is stored; a server on this computer needs none." if is_here(url) else "No key is stored."
        kept = f"A key for {shown.model_key_for} is in the {store_words(shown.store)}."
        return ModelFacts(place_words(url), kept if shown.has_model_key else none, shown.has_model_key, why_not)


def store_words(store: str) -> str:
    return "throwaway store" if store == "throwaway" else "keyring"
