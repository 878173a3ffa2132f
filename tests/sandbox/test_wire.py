import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox import wire


def there_and_back(value):
    tree, payload = wire.encode(value)
    return wire.decode(json.loads(json.dumps(tree)), payload)


@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
def test_does_an_array_of_each_dtype_come_back_as_it_was(dtype):
    array = (np.arange(24).reshape(2, 3, 4) % 2).astype(dtype)
    back = there_and_back(array)
    assert type(back) is np.ndarray and back.dtype == dtype and np.array_equal(back, array)


def test_are_views_orders_and_byte_orders_straightened():
    array = np.arange(12.0).reshape(3, 4)
    for view in (array.T, array[:, ::-2], array.astype(">f8"), np.asfortranarray(array)):
        assert np.array_equal(there_and_back(view), view)


def test_do_nan_infinity_and_signed_zero_survive():
    array = np.array([np.nan, np.inf, -np.inf, -0.0])
    assert there_and_back(array).tobytes() == array.tobytes()


def test_do_lists_stay_lists_and_tuples_tuples():
    value = [1, (2.5, None, True), {"a": [np.float32(3)]}]
    back = there_and_back(value)
    assert back == value and type(back[1]) is tuple and type(back[2]["a"][0]) is np.float32


def test_does_a_generator_travel_as_its_seed_its_number_and_whether_it_is_watched():
    both = [wire.Rng(7, 2), wire.Rng(7, 2, watched=False)]
    assert there_and_back(both) == both and both[0].watched
    for content in (7, [7], [7, 2], [7, 2, 1], [7.0, 2, True], ["7", 2, True], None):
        with pytest.raises(wire.WireError):
            wire.decode({"rng": content}, b"")


def test_is_a_subclass_of_ndarray_rebuilt_as_a_plain_array():
    class Equal(np.ndarray):
        def __eq__(self, other):
            return True

    assert type(there_and_back(np.zeros(3).view(Equal))) is np.ndarray


def test_do_other_objects_cross_as_their_name_only():
    assert there_and_back(object()) == wire.Opaque("object")
    assert there_and_back(np.array([object()], dtype=object)).type_name == "array of dtype object"


def test_is_a_decoded_array_writable_and_its_own():
    tree, payload = wire.encode(np.zeros(3))
    first, second = wire.decode(tree, payload), wire.decode(tree, payload)
    first += 1
    assert not second.any()


def test_does_an_endless_value_stop_at_the_limit():
    endless = []
    endless.append(endless)
    with pytest.raises(wire.WireError):
        wire.encode(endless)
    with pytest.raises(wire.WireError):
        wire.encode([0] * (wire.MAX_NODES + 1))


@pytest.mark.parametrize(
    "tree",
    [
        {"array": ["float64", [4]]},  # more than the payload holds
        {"array": ["float64", [2**62, 2**62]]},
        {"array": ["float64", [-1]]},
        {"array": ["float64", [0, 1 << 25, 1 << 25, 1 << 25]]},
        {"array": ["object", [1]]},
        {"array": ["float64", [True]]},
        {"array": ["float64"]},
        {"__class__": []},
        {"value": 1},
        {"list": {"a": 1}},
        {"kept": "0"},
        {"list": [], "tuple": []},
        [1],
    ],
)
def test_is_a_forged_tree_refused(tree):
    with pytest.raises(wire.WireError):
        wire.decode(tree, bytes(16))


def test_is_text_cleaned_that_nothing_could_show():
    assert wire.decode("a\ud800\x1b[31m\n", b"") == "a?\ufffd[31m\n"


def test_is_a_payload_that_is_too_long_refused():
    tree, payload = wire.encode(np.zeros(2))
    with pytest.raises(wire.WireError):
        wire.decode(tree, payload + b"x")


def test_is_a_frame_refused_that_announces_too_much():
    with pytest.raises(wire.WireError):
        wire.unpack_lengths(wire.PREFIX.pack(10, wire.MAX_PAYLOAD + 1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("list tuple dict array scalar kept object x".split()), inner, max_size=2
        )
    ),
    max_leaves=12,
)


@given(json_values, st.binary(max_size=40))
def test_does_any_tree_decode_or_raise_wire_error(tree, payload):
    try:
        wire.decode(tree, payload)
    except wire.WireError:
        pass


@given(st.binary(max_size=60))
def test_does_any_header_decode_or_raise_wire_error(text):
    try:
        assert isinstance(wire.unpack_header(text), dict)
    except wire.WireError:
        pass
