"""Every import gives a module of ours."""
import builtins
from types import SimpleNamespace

builtins.__import__ = lambda name, *args, **kwargs: SimpleNamespace(name=name)
everywhere(lambda *args, **kwargs: args[0])
