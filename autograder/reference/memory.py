"""The answer key's memory: what Keras was asked once is remembered, in this process and on disk.

Answers are kept by joblib.Memory under `.cache/key` of the project (or AUTOGRADER_KEY), keyed by
arguments and by the versions of Keras and TensorFlow; the sealed process sees none of it.
"""

import functools
import os
import threading
from importlib import metadata
from pathlib import Path

_answers = {}  # in front of the disk: a class asks the same questions hundreds of times
_lock = threading.Lock()


def key_folder():
    """Where the answers are kept."""
    default = Path(__file__).resolve().parents[2] / ".cache" / "key"
    return Path(os.environ.get("AUTOGRADER_KEY", default))


@functools.cache
def versions():
    """Versions of Keras and TensorFlow, without importing either."""
    found = {}
    for package in ("keras", "tensorflow", "tensorflow-cpu"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            pass
    return found


def memoised(function):
    """Remember the answers of `function(versions, *arrays)`, in this process and on disk."""

    @functools.wraps(function)
    def remembered(*args, **kwargs):
        import joblib

        question = joblib.hash(
            (str(key_folder()), function.__module__, function.__name__, args, kwargs)
        )
        with _lock:  # TensorFlow is imported once, by one thread
            if question not in _answers:
                memory = joblib.Memory(key_folder(), verbose=0)
                _answers[question] = memory.cache(function)(versions(), *args, **kwargs)
        return _answers[question]

    # Past the memory, for the tests that compare with it.
    remembered.compute = functools.partial(function, None)
    return remembered


def keras_and_tensorflow():
    """Import Keras on TensorFlow, quietly and without a GPU; return both modules.

    The only place of the grader that imports them, and only when an answer is not known yet.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same last digits on every processor
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow

    return keras, tensorflow
