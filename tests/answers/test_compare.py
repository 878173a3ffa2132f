import numpy as np
import pytest

from autograder.answers.calls import Failure
from autograder.answers.compare import compare, requires
from autograder.answers.differences import differs
from autograder.answers.verdict import Case, Result
from autograder.sandbox.wire import Opaque

WANT = np.array([[1.0, 2.0], [3.0, 4.0]])


def message(got, want=WANT, **options):
    case = compare("name", got, want, **options)
    assert case.passed == (not case.message)
    return case.message


def test_does_the_same_array_pass():
    assert not message(WANT.copy()) and not message(WANT.astype(np.float32))


@pytest.mark.parametrize(
    "got",
    [
        None,
        1.0,
        [1.0],
        (WANT,),
        "x",
        Opaque("Tensor"),
        WANT[0],
        WANT[..., None],
        WANT + 0j,
        WANT > 1,
    ],
)
def test_is_anything_else_refused_with_a_sentence(got):
    assert "expected" in message(got) and "received" in message(got)


def test_does_a_message_say_where_and_by_how_much():
    got = WANT.copy()
    got[1, 0] += 0.5
    said = message(got, what="dx")
    assert (
        "dx" in said
        and "1 of 4" in said
        and "[1, 0]" in said
        and "expected 3" in said
        and "received 3.5" in said
    )


def test_do_two_numbers_that_differ_late_look_different():
    said = message(np.array([1.0, 1.00000123]), np.array([1.0, 1.0]))
    assert "expected 1, received 1.000001" in said


def test_is_nan_never_right():
    assert "not finite" in message(np.full((2, 2), np.nan))
    nan = np.array([np.nan])
    assert message(nan, nan)


@pytest.mark.parametrize("got", [2.0, np.float32(2), np.array(2.0), 2])
def test_may_a_number_be_any_kind_of_number(got):
    assert not message(got, 2.0)
    assert message(np.array([2.0]), 2.0) and message(True, 1.0)


def test_is_each_channel_measured_by_its_own_size():
    want = np.array([[1e6, 1e-3], [2e6, 2e-3]])
    assert message(want + [0, 1e-6], want) and not message(want + [1e-3, 0], want)


def test_does_a_failure_pass_its_reason_on():
    assert message(Failure("not implemented yet")) == "not implemented yet"


def test_does_a_case_fail_that_requires_a_failed_one():
    assert not requires(Case("a", True), Case("b", False)).passed
    assert requires(Case("a", True), Case("b", True)).passed


def test_is_a_score_the_weighted_share_rounded_to_cents():
    cases = [Case("a", True, weight=1), Case("b", False, weight=2)]
    assert Result("q", 8, cases).score == 2.67
    assert Result("q", 8, []).score == 0


@pytest.mark.parametrize(
    "got, right",
    [
        (3, True),
        (np.int32(3), True),
        (np.uint8(3), True),
        (np.asarray(3), True),
        (3.0, False),
        (np.float64(3), False),
        (True, False),
        ("3", False),
        (4, False),
        (None, False),
    ],
)
def test_does_any_integer_type_count_as_int_and_no_other(got, right):
    assert (differs(got, 3) is None) == right


@pytest.mark.parametrize(
    "got, right",
    [
        (np.array([1, 2]), True),
        (np.array([1, 2], dtype="uint8"), True),
        (np.array([1.0, 2.0]), False),
        (np.array([True, False]), False),
    ],
)
def test_are_positions_integers(got, right):
    assert (differs(got, np.array([1, 2])) is None) == right


def test_are_flags_bools():
    assert differs(np.array([True, False]), np.array([True, False])) is None
    assert "bool" in differs(np.array([1, 0]), np.array([True, False]))
    said = differs(np.array([True, True]), np.array([True, False]))
    assert said == "1 of 2 values differ, first at [1]: expected False, received True"


def test_may_a_list_of_arrays_be_a_tuple_but_nothing_shorter():
    want = [np.ones(3), np.zeros((2, 2))]
    assert differs(list(want), want) is None and differs(tuple(want), want) is None
    assert "2 arrays" in differs(want[:1], want)
    assert "list of 2 arrays" in differs(np.ones(3), want)
    assert "array 1" in differs([want[0], want[1] + 1], want)
    assert "nothing" in differs(Failure("nothing"), want)
