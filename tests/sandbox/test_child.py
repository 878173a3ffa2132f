"""Our own code on what students handed in has limits; a child that is stopped costs one call."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder.errors import Damaged
from autograder.sandbox import child
from autograder.sandbox.child import Bounded, TooMuch


@pytest.fixture(scope="module")
def bounded():
    one = Bounded()
    yield one.call
    one.close()


def plus(a, b):
    return a + b


def fails(sentence):
    raise Damaged(sentence)


def never_ends():
    while True:
        pass


def sleeps():
    time.sleep(1000)


def grows():
    kept = []
    while True:
        kept.append(bytearray(100 << 20))


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


def dies_once(path):
    if not os.path.exists(path):
        open(path, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def cannot_travel():
    return lambda: 1


def test_calls_return_and_raise_what_they_would_here(bounded):
    assert bounded(plus, 1, 2) == 3
    with pytest.raises(Damaged, match="torn"):
        bounded(fails, "torn")
    with pytest.raises(RuntimeError, match="on the way back"):
        bounded(cannot_travel)


@pytest.mark.slow
@pytest.mark.parametrize("call", [never_ends, grows])
def test_what_takes_too_much_is_stopped_and_the_next_call_goes_well(bounded, call):
    with pytest.raises(TooMuch, match="more than 2 s of processor time, or 1 GiB of memory"):
        bounded(call)
    assert bounded(plus, 1, 2) == 3


def test_who_dies_twice_is_a_fault_of_ours(bounded):
    with pytest.raises(RuntimeError, match="ended twice"):
        bounded(dies)
    assert bounded(plus, 1, 2) == 3


def test_who_was_killed_from_elsewhere_is_asked_again(bounded, tmp_path):
    assert bounded(dies_once, str(tmp_path / "died")) == "alive"


def test_what_only_waits_is_stopped_too(bounded, monkeypatch):
    monkeypatch.setattr(child, "WALL", 0.5)
    with pytest.raises(TooMuch):
        bounded(sleeps)


def test_the_limit_is_of_each_call_and_not_of_all_together(bounded):
    for _ in range(5):
        assert bounded(spin, 0.6)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere it starts anew")
def test_helper_is_a_copy_of_this_process_only_before_it_has_other_threads():
    program = (
        "import threading\n"
        "from autograder.sandbox.child import Bounded, can_copy\n"
        "one = Bounded()\n"
        "one.begin()\n"
        "there = type(one._process).__name__\n"
        "print(there, one.call(sum, (1, 2)))\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "print(can_copy())\n"
        "one.close()\n"
        "one.begin()\n"
        "print(one._process, one.call(sum, (1, 2)))\n"
        "one.close()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["ForkProcess", "3", "False", "None", "3"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere it starts anew")
def test_copy_ends_with_the_process_that_it_is_a_copy_of():
    program = (
        "import time\n"
        "from autograder.sandbox.child import Bounded\n"
        "one = Bounded()\n"
        "one.begin()\n"
        "print(one._process.pid, flush=True)\n"
        "time.sleep(1000)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    copy = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    copy.wait(10)


def spin(seconds):
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
    return True
