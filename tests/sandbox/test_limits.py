"""Each limit and each wall is met by a program that tries to get past it."""

import os
import time

import numpy as np
import pytest

from autograder.sandbox import seccomp, wire
from autograder.sandbox.launcher import Limits, Lost, SealedProcess
from tests.helpers.sealed import sealed_processes


@pytest.fixture
def sealed(sandbox):
    """sealed(source, **limits): run one cell in a fresh process; returns the reply's header."""

    def sealed(source, **limits):
        with SealedProcess(Limits(**limits), sandbox) as process:
            return process.request({"op": "run", "source": source, "cell": 1})[0]

    return sealed


def error(reply):
    return reply["error"]["type"], reply["error"]["message"]


def test_is_an_endless_loop_stopped_after_the_time_of_a_call(sealed):
    started = time.monotonic()
    with pytest.raises(Lost) as lost:
        sealed("while True: pass", call=0.5)
    assert lost.value.status == "timeout" and time.monotonic() - started < 5


def test_is_a_sleeper_stopped_too(sealed):
    with pytest.raises(Lost) as lost:
        sealed("import time\ntime.sleep(60)", call=0.5)
    assert lost.value.status == "timeout"


def test_is_a_loop_stopped_that_swallows_every_exception(sealed):
    source = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    with pytest.raises(Lost) as lost:
        sealed(source, call=0.5)
    assert lost.value.status == "timeout"


def test_is_processor_time_limited(sealed):
    with pytest.raises(Lost) as lost:
        sealed("while True: pass", cpu=1, call=20)
    assert lost.value.status == "timeout" and "processor" in lost.value.sentence


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nx = np.ones((30_000, 30_000))",
        "x = []\nwhile True: x.append(bytearray(10_000_000))",
        "x = 'a'\nwhile True: x += x",
    ],
)
def test_is_memory_limited(sealed, source):
    assert error(sealed(source))[0] == "MemoryError"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.fork()",
        "import subprocess\nsubprocess.run(['/bin/true'])",
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()",
        "import os\nos.posix_spawn('/bin/true', ['true'], {})",
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.syscall(57) == -1 and libc.syscall(56, 17, 0, 0, 0, 0) == -1: raise PermissionError('neither')",
    ],
)
def test_can_no_process_be_started(walls, sealed, source):
    if "syscall(57)" in source and os.uname().machine != "x86_64":
        pytest.skip("the numbers are those of x86_64")
    assert error(sealed(source))[0] in (
        "PermissionError",
        "OSError",
        "BlockingIOError",
        "FileNotFoundError",
    )


def test_does_a_fork_bomb_leave_nothing_behind(walls, sealed):
    bomb = "import os\nborn = 0\nfor _ in range(10_000):\n    try: born += os.fork() == 0\n    except OSError: pass"
    assert sealed(bomb) == {"done": True}
    assert error(sealed(bomb + "\nraise ValueError(born)")) == ("ValueError", "0")


def test_is_there_no_memory_beside_its_own(walls, sealed):
    """System V segments and memfd would not count against the memory limit."""
    shared = (
        "import ctypes\nlibc = ctypes.CDLL(None)\nraise ValueError(libc.shmget(0, 1 << 20, 0o1600))"
    )
    assert error(sealed(shared)) == ("ValueError", "-1")
    assert error(sealed("import os\nos.memfd_create('x')"))[0] == "PermissionError"


def test_do_thread_bombs_end_at_the_memory_limit(sealed):
    source = (
        "import threading, time\nfor i in range(100_000):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    try:
        assert error(sealed(source))[0] in ("RuntimeError", "MemoryError")
    except Lost as lost:  # out of memory at a place where Python cannot say so
        assert lost.status in ("crashed", "timeout")


def test_is_a_files_size_limited(sealed):
    source = "with open('/tmp/x', 'wb') as f:\n    while True: f.write(bytes(1 << 20))"
    try:
        kind, _ = error(sealed(source))
        assert kind == "OSError"
    except Lost as lost:  # SIGXFSZ
        assert lost.status == "crashed"


def test_is_the_whole_of_tmp_limited(walls, sealed):
    source = "for i in range(100):\n    open(f'/tmp/{i}', 'wb').write(bytes(1 << 20))"
    kind, message = error(sealed(source))
    assert kind == "OSError" and "No space" in message


def test_is_nothing_but_tmp_writable(walls, sealed):
    source = (
        "import os\nwritable = []\n"
        "for folder, _, _ in os.walk('/'):\n"
        "    try:\n        open(folder + '/probe', 'w').close()\n        writable.append(folder)\n"
        "    except OSError: pass\n"
        "raise ValueError(sorted(writable))"
    )
    assert error(sealed(source, call=30)) == ("ValueError", "['/tmp']")


def test_are_open_files_limited(sealed):
    kind, message = error(sealed("files = [open('/dev/null') for _ in range(1000)]"))
    assert kind == "OSError" and "Too many open files" in message


def test_can_limits_not_be_raised_again(walls, sealed):
    source = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))"
    assert error(sealed(source))[0] in ("ValueError", "PermissionError")


def test_is_a_flood_of_output_swallowed(sealed):
    assert sealed("for _ in range(200_000): print('x' * 200)") == {"done": True}
    assert sealed("import os\nos.write(1, b'x' * 100)\nos.write(2, b'x' * 100)") == {"done": True}


def test_is_there_no_network(walls, sealed):
    assert (
        error(sealed("import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)"))[0]
        == "PermissionError"
    )


def test_is_the_environment_empty_of_the_graders(walls, sealed, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "42")
    _, seen = error(sealed("import os\nraise ValueError(sorted(os.environ))"))
    assert "SECRET" not in seen
    assert error(sealed("open('/proc/1/environ').read()"))[0] == "FileNotFoundError"


def test_is_the_student_nobody_without_privileges(walls, sealed):
    _, seen = error(sealed("import os\nraise ValueError((os.getuid(), os.getgid()))"))
    assert seen == "(65534, 65534)"
    assert error(sealed("import os\nos.setuid(0)"))[0] in ("PermissionError", "OSError")


def test_can_only_python_and_numpy_be_seen(walls, sealed):
    source = (
        "import os\nnames = {name for _, folders, files in os.walk('/') for name in folders + files}\n"
        "raise ValueError(sorted(names & {'keras', 'tensorflow', 'nbgrader', 'grading', 'solutions', 'follow_through.py', 'gradebook.db', 'passwd'}))"
    )
    assert error(sealed(source, call=30)) == ("ValueError", "[]")


@pytest.mark.parametrize(
    "source",
    [
        "import keras\nkeras.layers.BatchNormalization()",
        "from tensorflow.keras import layers\nlayers.Dense(3)",
        "import tensorflow as tf\ntf.constant(3)",
        "import tensorflow.keras.backend as K\nK.mean([1])",
        "from keras.layers import BatchNormalization as B\nclass Mine(B): pass",
        "import importlib\nimportlib.import_module('keras').ops.mean([1.0])",
        "import torch\ntorch.zeros(3) + 1",
        "import keras\nfloat(keras.x)",
    ],
)
def test_does_any_use_of_the_reference_say_that_it_is_sealed(sealed, source):
    kind, message = error(sealed(source))
    assert kind == "SealedError" and "sealed while grading" in message


def test_does_importing_the_reference_alone_do_no_harm(sealed):
    source = "import keras, tensorflow as tf\nfrom keras import layers\nfrom keras.layers import Dense\nrepr(Dense)"
    assert sealed(source) == {"done": True}


def test_does_matplotlib_load_only_when_used(sealed):
    quiet = "import matplotlib.pyplot as plt, sys\nassert not [m for m in sys.modules if m.startswith('matplotlib._')]"
    assert sealed(quiet) == {"done": True}
    drawing = "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 90\nplt.plot([1, 2])\nplt.show()"
    assert sealed(drawing, call=60) == {"done": True}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos._exit(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
        "import os\nos.closerange(0, 99)",
    ],
)
def test_is_a_process_that_ends_itself_reported_as_crashed(sealed, source):
    with pytest.raises(Lost) as lost:
        sealed(source)
    assert lost.value.status == "crashed"


@pytest.mark.parametrize(
    "noise",
    ["b'x' * 100", "(99).to_bytes(4, 'big') + (2**62).to_bytes(8, 'big')", "bytes(12)"],
)
def test_is_noise_on_the_graders_channel_an_answer_to_nothing(sealed, noise):
    source = f"import os\nfor fd in range(3, 64):\n    try: os.write(fd, {noise})\n    except OSError: pass"
    with pytest.raises(Lost) as lost:
        sealed(source)
    assert lost.value.status == "crashed"


def test_is_a_giant_return_value_refused_without_losing_the_process(sandbox):
    with SealedProcess(Limits(), sandbox) as process:
        process.request(
            {
                "op": "run",
                "cell": 1,
                "source": "import numpy as np\ndef f(): return np.zeros(10**7)",
            }
        )
        tree, payload = wire.encode([(), {}])
        call = {"op": "call", "function": "f", "arguments": tree, "keep": [], "returns": 1}
        reply, _ = process.request(call, payload)
        assert reply["error"]["type"] == "WireError"
        assert process.request({"op": "run", "cell": 2, "source": "pass"})[0] == {"done": True}


def test_are_arguments_changed_in_place_reported(sandbox):
    with SealedProcess(Limits(), sandbox) as process:
        process.request(
            {
                "op": "run",
                "cell": 1,
                "source": "def f(a, b, c=None):\n    b += 1\n    c.append(1)\n    return a",
            }
        )
        tree, payload = wire.encode([(np.zeros(2), np.zeros(3)), {"c": [1]}])
        call = {"op": "call", "function": "f", "arguments": tree, "keep": [], "returns": 1}
        assert process.request(call, payload)[0]["changed"] == [1, "c"]


def test_does_closing_leave_no_process(sandbox):
    SealedProcess(Limits(), sandbox).close()  # the nursery stays
    before = set(sealed_processes())
    for _ in range(3):
        process = SealedProcess(Limits(), sandbox)
        assert set(sealed_processes()) - before
        process.close()
    assert not set(sealed_processes()) - before


@pytest.mark.skipif(seccomp.program() is None, reason="no filter for this machine")
@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.fork()",
        "import subprocess\nsubprocess.run(['/bin/true'])",
        "import os\nos.execv('/bin/true', ['true'])",
        "import os\nos.kill(os.getppid(), 9)",
        "import os\nos.kill(-1, 9)",
        "import socket\nsocket.socket()",
    ],
)
def test_holds_the_filter_without_walls(source):
    """`--sandbox process`, as root too: no other process, no signal to one, no network."""
    with SealedProcess(Limits(), "process") as process:
        assert error(process.request({"op": "run", "source": source, "cell": 1})[0])[0] == (
            "PermissionError"
        )
        work = "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()"
        assert process.request({"op": "run", "source": work, "cell": 2})[0] == {"done": True}


def test_is_a_slow_cell_stopped_and_the_process_goes_on(sandbox):
    with SealedProcess(Limits(), sandbox) as process:
        source = "x = 1\nwhile True: pass"
        reply, _ = process.request({"op": "run", "source": source, "cell": 3, "seconds": 0.2})
        assert (reply["stopped"]["cell"], reply["stopped"]["line"]) == (3, 2)
        again = {"op": "run", "source": "assert x == 1", "cell": 4, "seconds": 5}
        assert process.request(again)[0] == {"done": True}


def test_is_chance_the_same_in_every_run(sealed):
    source = (
        "import random, numpy as np\n"
        "raise ValueError((random.random(), np.random.rand(), np.random.default_rng().random(), hash('a')))"
    )
    assert error(sealed(source)) == error(sealed(source))


@pytest.mark.parametrize(
    "source",
    [
        "from IPython.display import display, HTML, clear_output\ndisplay(HTML('x'))\nclear_output()",
        "from google.colab import drive\ndrive.mount('/content')",
        "from tqdm.notebook import tqdm\nassert list(tqdm(range(3))) == [0, 1, 2]",
        "import ipywidgets as w\n@w.interact\ndef f(): return 3\nassert f() == 3",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
    ],
)
def test_does_what_stands_around_the_work_do_no_harm(sealed, source):
    assert sealed(source) == {"done": True}


def test_is_the_filter_made_for_known_machines_only():
    for machine in seccomp.MACHINES:
        assert len(seccomp.program(machine)) % 8 == 0
    assert seccomp.program("vax") is None
