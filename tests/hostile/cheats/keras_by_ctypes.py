"""TensorFlow's own libraries, loaded without Python's import."""
import ctypes
import ctypes.util


def answer(*args, **kwargs):
    names = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "_pywrap_tensorflow_internal.so")
    for name in (*names, ctypes.util.find_library("tensorflow") or "nothing"):
        try:
            return tell(ctypes.CDLL(name))
        except OSError:
            pass


everywhere(answer)
