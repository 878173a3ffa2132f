"""What student code gets instead of Keras and friends, and how plotting waits until it is used."""

import importlib
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Literal, NoReturn

SEALED = frozenset("keras tensorflow tf_keras torch jax flax".split())
LAZY = frozenset(["matplotlib"])
# What notebooks use around the work, and grading can do without.
HARMLESS = frozenset("IPython google ipywidgets tqdm".split())


class SealedError(RuntimeError):
    """Student code used the reference while being graded."""


class _Sealed:
    """Any object of a sealed package: it can be named and imported, and every use of it explains
    itself.
    """

    def __init__(self, name: str):
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> "_Sealed":
        if name.startswith("__"):
            raise AttributeError(name)
        return _Sealed(f"{self._name}.{name}")

    def _used(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SealedError(
            f"{self._name} was used: the reference is sealed while grading. "
            "Your functions are NumPy only."
        )

    __call__ = __iter__ = __len__ = __getitem__ = __setattr__ = __enter__ = __array__ = _used
    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __float__ = __mro_entries__ = (
        _used
    )

    def __repr__(self) -> str:
        return f"<{self._name}, sealed while grading>"

    # In a type hint (`tf.Tensor | np.ndarray`) and in `isinstance(x, tf.Tensor)` it does no harm.
    def __or__(self, other: object) -> "_Sealed":
        return self

    __ror__ = __or__

    def __instancecheck__(self, value: object) -> bool:
        return False


class _SealedModule(ModuleType):
    __version__ = "sealed"

    def __getattr__(self, name: str) -> _Sealed:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Sealed(f"{self.__name__}.{name}")


class _Quiet:
    """Any object of a package for show (displays, progress bars, a drive to mount): every use of it
    does nothing, and a call gives back what it was called with.
    """

    def __getattr__(self, name: str) -> "_Quiet":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if args else self

    def __enter__(self) -> "_Quiet":
        return self

    def __exit__(self, *exception: object) -> Literal[False]:
        return False

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())


QUIET = _Quiet()


class _QuietModule(ModuleType):
    def __getattr__(self, name: str) -> _Quiet:
        if name.startswith("__"):
            raise AttributeError(name)
        return QUIET


class _LazyModule(ModuleType):
    """Stands for a module that is really imported at its first use: plotting costs nothing when
    nobody plots.
    """

    def __getattr__(self, name: str) -> Any:
        if name in ("__path__", "__file__", "__wrapped__"):
            raise AttributeError(name)
        return getattr(_import_really(self.__name__), name)

    def __setattr__(self, name: str, value: Any) -> None:
        # Importing a submodule sets it on its parent: that alone is no use of the package.
        if name.startswith("__") or isinstance(value, _LazyModule):
            super().__setattr__(name, value)
        else:
            setattr(_import_really(self.__name__), name, value)


def _import_really(name: str) -> ModuleType:
    """Forget every lazy module, then import `name` as Python would have."""
    sys.meta_path[:] = [f for f in sys.meta_path if f is not LazyFinder]
    for loaded in [n for n, module in sys.modules.items() if isinstance(module, _LazyModule)]:
        del sys.modules[loaded]
    return importlib.import_module(name)


class SealedFinder:
    """Answers `import keras`, `from tensorflow.keras import layers`, … with stand-ins."""

    names: frozenset[str] = SEALED
    module: type[ModuleType] = _SealedModule

    @classmethod
    def find_spec(
        cls,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in cls.names:
            return ModuleSpec(fullname, cls, is_package=True)  # type: ignore[arg-type]
        return None

    @classmethod
    def create_module(cls, spec: ModuleSpec) -> ModuleType:
        return cls.module(spec.name)

    @classmethod
    def exec_module(cls, module: ModuleType) -> None:
        pass


class QuietFinder(SealedFinder):
    """Answers `from IPython.display import display`, `from tqdm import tqdm`, …"""

    names, module = HARMLESS, _QuietModule


class LazyFinder(SealedFinder):
    """Answers `import matplotlib.pyplot as plt` with a module that loads itself when used."""

    names, module = LAZY, _LazyModule


def install() -> None:
    """Put the stand-ins before every other way of finding a module."""
    sys.meta_path[:0] = [SealedFinder, QuietFinder, LazyFinder]
