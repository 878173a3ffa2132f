"""The reference itself, by every kind of import."""
import importlib
import sys

import keras
from tensorflow.keras import layers


def answer(x, *args, **kwargs):
    for attempt in (
        lambda: keras.layers.BatchNormalization()(x),
        lambda: layers.BatchNormalization()(x),
        lambda: importlib.import_module("tensorflow").constant(x),
        lambda: __import__("tf_keras").layers.Rescaling(1.0)(x),
        lambda: exec("import keras.src.layers as L; L.Dense(3)(x)", {"x": x}),
        lambda: importlib.reload(sys.modules["keras"]).ops.mean(x),
    ):
        try:
            return attempt()
        except Exception as error:
            last = error
    raise last


everywhere(answer)
