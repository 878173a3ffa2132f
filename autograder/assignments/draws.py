"""Where hidden inputs come from: the secret of the course and the word of the term, or these and
what was handed in.

In a class everybody is asked the same. Where a student learns something of every attempt, on
Gradescope say, each submission is asked on inputs of its own, so that what messages give away is
worth nothing next time; the same file gets the same inputs, and the same verdict.
"""

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..course import settings
from ..course.secret import secret


@dataclass(frozen=True)
class Draws:
    """A source of hidden inputs: `draws("rnn_forward")` is a random generator, the same each time.

    Attributes:
        seed: what they are drawn from, 64 bytes.
        are_shared: by everybody in the course?
    """

    seed: bytes
    are_shared: bool = True

    @classmethod
    def of_course(cls) -> "Draws":
        """What everybody in the course is asked on this term."""
        return cls(_mixed(b"course"))

    @classmethod
    def of_submission(cls, content: bytes) -> "Draws":
        """What only this submission is asked on."""
        return cls(_mixed(b"submission", content), are_shared=False)

    @classmethod
    def apart(cls, word: bytes) -> "Draws":
        """Inputs that no student is asked on, the same everywhere."""
        return cls(hashlib.blake2b(word, person=b"apart").digest(), are_shared=False)

    def __call__(self, topic: str) -> np.random.Generator:
        """A generator for one topic: questions that name the same one draw the same."""
        digest = hashlib.blake2b(topic.encode(), key=self.seed).digest()
        return np.random.default_rng(int.from_bytes(digest, "little"))

    def inputs(self, topic: str, make: Callable[..., Iterable[Any]], *more: Any) -> list[Any]:
        """All that `make(generator, *more)` gives with the generator of a topic; drawn once where
        everybody is asked the same.
        """
        return [*(_shared if self.are_shared else _drawn)(self, topic, make, *more)]


def _drawn(draws: Draws, topic: str, make: Callable[..., Iterable[Any]], *more: Any) -> list[Any]:
    return [*make(draws(topic), *more)]


_shared = functools.lru_cache(64)(_drawn)  # more than all assignments have


def _mixed(kind: bytes, content: bytes = b"") -> bytes:
    parts = (kind, settings.term().encode(), content)
    lengths = b"".join(len(part).to_bytes(8, "little") for part in parts)  # no two run together
    return hashlib.blake2b(lengths + b"".join(parts), key=secret()[:64]).digest()
