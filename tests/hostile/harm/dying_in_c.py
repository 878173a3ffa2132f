"""A null pointer."""
import ctypes

everywhere(lambda *args, **kwargs: ctypes.string_at(0))
