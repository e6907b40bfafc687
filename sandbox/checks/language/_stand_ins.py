"""What a program is given in place of a few library objects that could do more than it should."""

from __future__ import annotations

from typing import Any

from sandbox.checks.language._rules import rules
from sandbox.errors import PolicyRefused

_BEFORE_BACKEND = 9  # in `Series.hist` and `DataFrame.boxplot` the tenth argument by position is backend


class Plot:
    """`frame.plot` and its methods without `backend=`, which would import a module by name."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot

    def __call__(self, *given: Any, **named: Any) -> Any:
        if "backend" in named or len(given) > _BEFORE_BACKEND:
            raise PolicyRefused("backend= may not be used.", "Leave it out; matplotlib draws.")
        return self._plot(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return Plot(getattr(self._plot, name))


def check_style(key: Any) -> None:
    """Return when a setting of matplotlib is about the look of figures, or raise."""
    texts = rules().strings
    if type(key) is not str or not key.startswith(texts.style_keys) or key in texts.style_keys_refused:
        raise PolicyRefused("This setting of matplotlib may not be changed.", "Style the figure itself.")


class StyleSheets:
    """`plt.style` for a program: the sheets that matplotlib brings, by their names; never a file."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self.available = tuple(library.available)

    def use(self, name: Any) -> None:
        self._library.use(self._known(name))

    def context(self, name: Any) -> Any:
        return self._library.context(self._known(name))

    def _known(self, name: Any) -> str:
        if type(name) is not str or name not in (*self.available, "default"):
            raise PolicyRefused(
                "This is no style sheet of matplotlib.", 'Write plt.style.use("ggplot"), or set colours.'
            )
        return name


class Style:
    """`plt.rcParams` for a program: the look of figures, key by key."""

    def __init__(self, parameters: Any) -> None:
        self._parameters = parameters

    def __setitem__(self, key: str, value: Any) -> None:
        check_style(key)
        self._parameters[key] = value

    def __getitem__(self, key: str) -> Any:
        return self._parameters[key]

    def update(self, values: dict[str, Any] | None = None, **named: Any) -> None:
        for key, value in {**(values or {}), **named}.items():
            self[key] = value


class _OnlyAsked(type):
    """A class that can be asked whether something is one of it, and nothing else."""

    _real: type

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, cls._real)

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, cls._real)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        raise PolicyRefused(
            "An array over given memory can't be made.", "Write np.array(…), np.zeros(…) or np.empty(…)."
        )


def array_type(real: type) -> type:
    """`np.ndarray` for `isinstance`: called itself, it would make an array over any memory. One for each class."""
    if real not in _ARRAYS:
        _ARRAYS[real] = _OnlyAsked(real.__name__, (), {"_real": real})
    return _ARRAYS[real]


_ARRAYS: dict[type, type] = {}


class AnyArray(metaclass=_OnlyAsked):
    """`numpy.typing.NDArray` in annotations."""

    def __class_getitem__(cls, kind: Any) -> type:
        return cls


class _AsksForKind(_OnlyAsked):
    def __call__(cls, *given: Any, **named: Any) -> type:
        if len(given) != 1 or named:
            raise PolicyRefused("A class can't be made by calling type.", "Write class Name: … instead.")
        return kind_of(given[0])


class Kind(metaclass=_AsksForKind):
    """`type` for a program: it says what class a value has, and makes none."""

    _real = type


def kind_of(thing: Any) -> type:
    """The class of `thing`, or a stand-in where the class itself, called, would reach memory or make classes."""
    kind = type(thing)
    if issubclass(kind, type):
        return Kind
    if any(base.__name__ == "ndarray" for base in kind.__mro__):
        return array_type(kind)
    return kind
