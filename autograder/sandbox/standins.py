"""What student code gets instead of Keras and friends, and how plotting waits until it is used."""

import _ast
import importlib
import linecache
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from . import quiet, statements

SEALED = frozenset("keras tensorflow tf_keras torch jax flax".split())
LAZY = frozenset(["matplotlib"])


class SealedError(RuntimeError):
    """Code used a package that is not there while grading."""


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
            f"{self._name} was used: it is sealed while grading. Functions are NumPy only."
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

    names, module = quiet.HARMLESS, quiet.QuietModule


class LazyFinder(SealedFinder):
    """Answers `import matplotlib.pyplot as plt` with a module that loads itself when used."""

    names, module = LAZY, _LazyModule


class OwnFinder:
    """Finds the modules that students write themselves: `%%writefile bn.py`, or a file that was
    handed in beside the notebook.
    """

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}

    def add(self, path: str, source: str, append: bool = False) -> None:
        """Keep a module's source, instead of the one there was or behind it.

        Args:
            path: of its file; the module can be imported from its folder and from those above it.
        """
        parts = path.strip("\"'").removesuffix(".py").split("/")
        while not all(map(str.isidentifier, parts[:-1])):
            parts = parts[1:]
        for name in {".".join(parts[i:]) for i in range(len(parts))}:
            self.sources[name] = self.sources.get(name, "") + source if append else source
            spec = getattr(sys.modules.get(name), "__spec__", None)
            if spec and spec.loader is self:
                del sys.modules[name]

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname in self.sources:
            return ModuleSpec(fullname, self)  # type: ignore[arg-type]
        if any(name.startswith(f"{fullname}.") for name in self.sources):  # the folder of one
            return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name, source = module.__name__, self.sources.get(module.__name__, "")
        filename = f"<{name}.py>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        tree, _ = statements.parse(source, filename)
        for node in statements.single(tree.body):  # as in a cell: one that fails costs itself
            try:
                part: Any = _ast.Module([node], [])
                exec(compile(part, filename, "exec", dont_inherit=True), module.__dict__)
            except Exception:
                continue


OWN = OwnFinder()


def install() -> None:
    """Put the stand-ins before every other way of finding a module; what students write themselves
    comes after all others.
    """
    sys.meta_path[:0] = [SealedFinder, QuietFinder, LazyFinder]
    sys.meta_path.append(OWN)
