"""The answer key: what the real Keras layers give, in float64, remembered on disk.

The only module that imports Keras or TensorFlow, and only when an answer is not known yet. Answers
are kept by joblib.Memory under `.cache/key` of the project (or AUTOGRADER_KEY), keyed by arguments
and by the versions of Keras and TensorFlow; the sealed process sees none of it.
"""

import functools
import os
import threading
from importlib import metadata
from pathlib import Path

import numpy as np

_answers = {}  # in front of the disk: a class asks the same questions hundreds of times
_lock = threading.Lock()


def key_folder():
    """Where the answers are kept."""
    default = Path(__file__).resolve().parent.parent / ".cache" / "key"
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

        question = joblib.hash((str(key_folder()), function.__name__, args, kwargs))
        with _lock:  # TensorFlow is imported once, by one thread
            if question not in _answers:
                memory = joblib.Memory(key_folder(), verbose=0)
                _answers[question] = memory.cache(function)(versions(), *args, **kwargs)
        return _answers[question]

    # Past the memory, for the tests that compare with it.
    remembered.compute = functools.partial(function, None)
    return remembered


def _keras():
    """Import Keras on TensorFlow, quietly and without a GPU."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same last digits on every processor
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow

    return keras, tensorflow


@memoised
def rescaled(_versions, x):
    """Min-max scaling by `keras.layers.Rescaling`: x (N, D) -> (N, D); constant features give 0."""
    keras, _ = _keras()
    x = np.asarray(x, np.float64)
    low, high = x.min(axis=0), x.max(axis=0)
    scale = np.divide(1.0, high - low, out=np.zeros_like(low), where=high > low)
    layer = keras.layers.Rescaling(scale, offset=-low * scale, dtype="float64")
    return keras.ops.convert_to_numpy(layer(x))


@memoised
def normalized(_versions, x):
    """`keras.layers.Normalization` after `adapt` on the same data: x (N, D) -> (N, D)."""
    keras, _ = _keras()
    x = np.asarray(x, np.float64)
    layer = keras.layers.Normalization(axis=-1, dtype="float64")
    layer.adapt(x)
    return keras.ops.convert_to_numpy(layer(x))


@memoised
def batchnorm(
    _versions,
    x,
    gamma,
    beta,
    moving_mean,
    moving_variance,
    training,
    momentum=0.99,
    epsilon=1e-3,
    dy=None,
):
    """`keras.layers.BatchNormalization(axis=-1)` with these weights, called once.

    Args:
        x: inputs (..., C); the vectors (C,).
        dy: gradient arriving at y, or None for the forward pass alone.

    Returns:
        dict of float64 arrays: y, moving_mean, moving_variance, and with dy also dx, dgamma, dbeta
        from `tf.GradientTape`.
    """
    keras, tf = _keras()
    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon, dtype="float64")
    layer.build(x.shape)
    vectors = (gamma, beta, moving_mean, moving_variance)
    layer.set_weights([np.asarray(v, np.float64) for v in vectors])
    inputs = tf.constant(np.asarray(x, np.float64))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = layer(inputs, training=training)
    answer = {"y": y, "moving_mean": layer.moving_mean, "moving_variance": layer.moving_variance}
    if dy is not None:
        sources = [inputs, layer.gamma.value, layer.beta.value]
        upstream = tf.constant(np.asarray(dy, np.float64))
        gradients = tape.gradient(y, sources, output_gradients=upstream)
        answer |= dict(zip(("dx", "dgamma", "dbeta"), gradients))
    return {name: keras.ops.convert_to_numpy(value) for name, value in answer.items()}
