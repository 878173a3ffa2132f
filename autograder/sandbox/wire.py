"""Values on a pipe: JSON for the structure, raw bytes for the arrays. Nothing is unpickled or
evaluated.

One frame = header length (4 bytes) + payload length (8 bytes), big-endian, then the header (UTF-8
JSON) and the payload (the arrays' bytes, C order, one after the other). What a JSON value cannot
say is a one-key object: `{"list": …}`, `{"tuple": …}`, `{"dict": …}`, `{"array": [dtype, shape]}`,
`{"scalar": dtype}`, `{"kept": id}`, `{"rng": [seed, number, watched]}`, `{"object": type name}`.
"""

import functools
import json
import math
import struct
from typing import Any

import numpy as np

PREFIX = struct.Struct(">IQ")
MAX_HEADER = 1 << 20  # bytes
MAX_PAYLOAD = 32 << 20  # bytes
MAX_DEPTH = 16
MAX_NODES = 20_000  # values in one frame

DTYPES = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "float16 float32 float64 complex64 complex128".split()
)


class WireError(ValueError):
    """The bytes are not a frame of ours, or exceed a limit."""


class _Token:
    """Stands for something that does not travel itself; equal to others that say the same."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, *values: object):
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change")

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._values()!r}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._values()


class Kept(_Token):
    """A value that stays in the sealed process (a student's cache); the grader only holds its
    `number`.
    """

    __slots__ = ("number",)
    number: int


class Rng(_Token):
    """Stands for `np.random.default_rng(seed)` in the sealed process: the same generator, with its
    state, whenever the same `seed` and `number` are sent again.

    Attributes:
        watched: whether a call that is handed it is to say what it did to the global state of
            `np.random`; to look takes longer than most draws.
    """

    __slots__ = ("seed", "number", "watched")
    seed: int
    number: int
    watched: bool

    def __init__(self, seed: int, number: int, watched: bool = True):
        super().__init__(seed, number, watched)


class Opaque(_Token):
    """Something that is neither a number, an array nor a sequence of them; only its `type_name`
    travels.
    """

    __slots__ = ("type_name",)
    type_name: str


def clean(text: str) -> str:
    """The text without what no file or terminal should see: lone surrogates, control characters."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c in "\n\t" or c.isprintable() else "\ufffd" for c in text)


def pack(header: dict[str, Any], payload: bytes = b"") -> bytes:
    """Return one frame: `header` (JSON-able) and `payload` (bytes) with their lengths in front."""
    text = json.dumps(header).encode()
    if len(text) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise WireError(f"a message of {len(text) + len(payload)} bytes is too large to send")
    return PREFIX.pack(len(text), len(payload)) + text + payload


def unpack_lengths(prefix: bytes) -> tuple[int, int]:
    """Return (header length, payload length) from a frame's first bytes; WireError when over the
    limits.
    """
    header, payload = PREFIX.unpack(prefix)
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise WireError(f"a message announces {header + payload} bytes, more than is allowed")
    return header, payload


def unpack_header(text: bytes) -> dict[str, Any]:
    """Return the header as a dict; WireError when it is anything else."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("the header is not JSON") from error
    if not isinstance(header, dict):
        raise WireError("the header is not a JSON object")
    return header


def encode(value: Any) -> tuple[Any, bytes]:
    """Return (tree, payload): `value` as JSON-able structure and the bytes of its arrays."""
    chunks: list[bytes] = []
    counted = _Budget()
    tree = _encode(value, chunks, counted, 0)
    return tree, b"".join(chunks)


class _Budget:
    """How many values and bytes one frame has used: a nested or endless answer stops here."""

    def __init__(self) -> None:
        self.nodes = self.bytes = 0

    def spend(self, depth: int, size: int = 0) -> None:
        self.nodes += 1
        self.bytes += size
        if self.nodes > MAX_NODES or depth > MAX_DEPTH or self.bytes > MAX_PAYLOAD:
            raise WireError("the value is too large or too deeply nested to be sent")


def _encode(value: Any, chunks: list[bytes], budget: _Budget, depth: int) -> Any:
    budget.spend(depth)
    if value is None or isinstance(value, (bool, float)) and not isinstance(value, np.generic):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return int(value)
    if isinstance(value, str):
        return str(value)[:1000]
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_encode(item, chunks, budget, depth + 1) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {k: _encode(v, chunks, budget, depth + 1) for k, v in value.items()}}
    if isinstance(value, Kept):
        return {"kept": value.number}
    if isinstance(value, Rng):
        return {"rng": [value.seed, value.number, value.watched]}
    if isinstance(value, (np.ndarray, np.generic)):
        return _encode_array(value, chunks, budget, depth)
    return {"object": type(value).__name__[:80]}


def _encode_array(
    value: np.ndarray[Any, Any] | np.generic, chunks: list[bytes], budget: _Budget, depth: int
) -> dict[str, Any]:
    array = np.asarray(value)
    if array.dtype == np.longdouble and _name(array.dtype) not in DTYPES:
        array = array.astype(np.float64)
    name = _name(array.dtype)
    if name not in DTYPES:
        return {"object": f"array of dtype {name}"[:80]}
    budget.spend(depth, array.nbytes)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    chunks.append(array.tobytes())
    if isinstance(value, np.generic):
        return {"scalar": name}
    return {"array": [name, list(array.shape)]}


@functools.lru_cache(256)
def _name(dtype: np.dtype[Any]) -> str:
    """The name of a dtype, which NumPy puts together anew each time."""
    return dtype.name


def decode(tree: Any, payload: bytes) -> Any:
    """Rebuild the value `encode` took apart: arrays are fresh, writable, exactly `numpy.ndarray`.

    Raises:
        WireError: the tree is not one of ours, or it does not account for the payload to the byte.
    """
    decoder = _Decoder(memoryview(payload))
    value = decoder.value(tree, 0)
    if decoder.position != len(payload):
        raise WireError("the payload is longer than its arrays")
    return value


class _Decoder:
    def __init__(self, payload: memoryview):
        self.payload, self.position = payload, 0
        self.budget = _Budget()

    def value(self, tree: Any, depth: int) -> Any:
        self.budget.spend(depth)
        if isinstance(tree, str):
            return clean(tree)
        if tree is None or isinstance(tree, (bool, int, float)):
            return tree
        if not isinstance(tree, dict) or len(tree) != 1:
            raise WireError("a value is neither plain JSON nor a tagged object")
        [(tag, content)] = tree.items()
        read = getattr(self, f"_{tag}", None) if tag in _TAGS else None
        if read is None:
            raise WireError("a value carries an unknown tag")
        return read(content, depth + 1)

    def _list(self, items: Any, depth: int) -> list[Any]:
        if not isinstance(items, list):
            raise WireError("a list's items are not a JSON list")
        return [self.value(item, depth) for item in items]

    def _tuple(self, items: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._list(items, depth))

    def _dict(self, items: Any, depth: int) -> dict[str, Any]:
        if not isinstance(items, dict):
            raise WireError("a dict's items are not a JSON object")
        return {key: self.value(item, depth) for key, item in items.items()}

    def _kept(self, number: Any, depth: int) -> Kept:
        if type(number) is not int:
            raise WireError("a kept value has no number")
        return Kept(number)

    def _rng(self, content: Any, depth: int) -> Rng:
        if not isinstance(content, list) or [type(item) for item in content] != [int, int, bool]:
            raise WireError("a generator needs a seed, a number and whether it is watched")
        return Rng(*content)

    def _object(self, name: Any, depth: int) -> Opaque:
        if not isinstance(name, str):
            raise WireError("an object has no type name")
        return Opaque(clean(name[:80]))

    def _scalar(self, name: Any, depth: int) -> Any:
        return self._array([name, []], depth)[()]

    def _array(self, content: Any, depth: int) -> np.ndarray[Any, Any]:
        if not isinstance(content, list) or len(content) != 2:
            raise WireError("an array needs a dtype and a shape")
        name, shape = content
        if not isinstance(name, str) or name not in DTYPES:
            raise WireError("an array has an unknown dtype")
        if not isinstance(shape, list) or len(shape) > MAX_DEPTH:
            raise WireError("an array has no usable shape")
        if not all(type(n) is int and 0 <= n <= MAX_PAYLOAD for n in shape):
            raise WireError("an array has an impossible side")
        dtype = np.dtype(name)
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.payload) - self.position:
            raise WireError("an array is longer than the payload")
        raw = self.payload[self.position : self.position + size]
        self.position += size
        flat = np.frombuffer(raw, dtype if name != "bool" else np.uint8)
        if name == "bool":  # any byte but 0 and 1 would be an invalid bool
            flat = flat != 0
        try:
            return flat.reshape(shape).copy()
        except ValueError as error:  # no bytes, but sides that NumPy cannot multiply
            raise WireError("an array has an impossible shape") from error


_TAGS = frozenset("list tuple dict kept rng object scalar array".split())
