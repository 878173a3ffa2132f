"""Sealed processes that come from the nursery: the same verdicts as from fresh ones, and walls
between them.
"""

import json
import os
import signal
import threading
import time

import psutil
import pytest

from autograder import demo, grading
from autograder.assignments import NAMES, load
from autograder.course import Course
from autograder.errors import SandboxUnavailable
from autograder.sandbox import nursery, seccomp, walls, warm
from autograder.sandbox.backends import Bubblewrap
from autograder.sandbox.launcher import Limits, Lost, SealedProcess
from tests.helpers.sealed import sealed_processes

pytestmark = pytest.mark.usefixtures("warm_ones")


@pytest.fixture
def warm_ones(walls):
    """Skip where there can be no nursery; begin with none."""
    nursery.leave()
    SealedProcess().close()
    if nursery.refusal():
        pytest.skip(nursery.refusal())
    yield
    nursery.leave()


@pytest.fixture
def afresh(monkeypatch):
    """afresh(): from now on every process starts Python."""
    return lambda: monkeypatch.setattr(nursery, "child", lambda *args: None)


def ran(process, source, cell=1):
    """What a cell says by raising ValueError."""
    reply, _ = process.request({"op": "run", "source": source, "cell": cell})
    assert reply["error"]["type"] == "ValueError", reply
    return reply["error"]["message"]


def inside():
    """The nursery's own process, as this machine sees it: bubblewrap starts it."""
    processes = sealed_processes().values()
    [found] = [p for p in processes if p.name() != "bwrap" and p.parent().name() == "bwrap"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("assignment", NAMES)
def test_verdicts_are_those_of_fresh_processes_to_the_byte(assignment, tmp_path, afresh):
    course, known = Course(tmp_path), load(assignment)
    students = demo.make_class(course, known)
    limits = Limits(call=4.0, cell=2.0)

    def verdicts():
        found = {}
        for student in students:
            folder = course.submission(assignment, student)
            said = grading.mark(folder, known, limits=limits).to_json()
            found[student] = json.dumps(said | {"seconds": None}, sort_keys=True)
        return found

    warm_ones = verdicts()
    assert nursery.refusal() == ""
    afresh()
    assert verdicts() == warm_ones


@pytest.mark.parametrize(
    "part",
    [
        "{n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n.startswith('RLIMIT')}",
        "[repr(signal.getsignal(n))[:20] for n in range(1, 32)]",
        "sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, [])))",
        "[n for n in range(70) if is_open(n)]",
        "sorted(os.environ.items())",
        "(os.getcwd(), os.getresuid(), os.getresgid(), os.getgroups(), os.uname().nodename)",
        "(os.nice(0), os.umask(0o22), os.getpid(), os.getppid())",
        "(hash('a'), random.random(), np.random.rand(), np.random.default_rng().random())",
        "(sys.path[-2:], tuple(sys.flags), threading.active_count(), os.listdir('/tmp'))",
        "(sorted(os.listdir('/')), os.statvfs('/tmp').f_blocks)",
    ],
)
def test_a_fresh_process_shows_the_same(part, afresh):
    source = f"""
import os, random, resource, signal, sys, threading
import numpy as np
def is_open(n):
    try: os.fstat(n)
    except OSError: return False
    return True
raise ValueError({part})
"""
    with SealedProcess() as process:
        seen = ran(process, source)
    afresh()
    with SealedProcess() as process:
        assert seen == ran(process, source)


def test_privileges_are_gone():
    source = """
import ctypes
libc = ctypes.CDLL(None)
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
libc.capget(header, data)
bounds = [n for n in range(64) if libc.prctl(23, n, 0, 0, 0) == 1]
raise ValueError((list(data), bounds, libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0)))
"""
    with SealedProcess() as process:  # no new privileges; a filter is on (2)
        filtered = 2 if seccomp.program() else 0
        assert ran(process, source) == str(([0] * 6, [], 1, filtered))


@pytest.mark.parametrize(
    "source",
    [
        "import ctypes\nraise ValueError(ctypes.CDLL(None).unshare(0x10000000))",
        "import ctypes\nraise ValueError(ctypes.CDLL(None).mount(b't', b'/tmp', b'tmpfs', 0, b''))",
        "import os\ntry: os.fork()\nexcept PermissionError: raise ValueError(-1)",
    ],
)
def test_the_filter_is_on_before_student_code_is(source):
    if seccomp.program() is None:
        pytest.skip("no filter for this machine")
    with SealedProcess() as process:
        assert ran(process, source) == "-1"


@pytest.mark.parametrize(
    "source",
    [
        "os.chmod('/dev/null', 0o666)",
        "os.fchmod(os.open('/dev/null', os.O_RDWR), 0o666)",
        "os.utime('/dev/zero', (1, 1))",
        "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, 16, 1)",
        "socket.socketpair()[0].bind('\\0name')",
        "socket.socketpair(type=socket.SOCK_DGRAM)[0].connect('\\0name')",
    ],
)
def test_nothing_can_be_left_for_others_on_devices_or_sockets(source, afresh):
    """The devices are this machine's; with SO_PASSCRED the kernel gives a socket a name."""
    if seccomp.program() is None:
        pytest.skip("no filter for this machine")
    for _ in range(2):
        with SealedProcess() as process:
            reply, _ = process.request(
                {"op": "run", "source": f"import os, socket\n{source}", "cell": 1}
            )
            assert reply["error"]["type"] == "PermissionError"
        afresh()


def test_the_nursery_is_on_no_stack_of_a_worker(afresh):
    source = """
import sys
frame, names = sys._getframe(), []
while frame:
    names.append(frame.f_code.co_name)
    frame = frame.f_back
raise ValueError(names)
"""
    with SealedProcess() as process:
        seen = ran(process, source)
    afresh()
    with SealedProcess() as process:
        assert ran(process, source) == seen


KILL_EVERYBODY = """
import os, signal
for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGINT, signal.SIGKILL):
    for target in (os.getppid(), 1, *range(3, 40)):
        try: os.kill(target, number)
        except OSError: pass
for target in (0, -1):  # everybody in the group but for oneself: signals that one can ignore
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
        try: os.kill(target, number)
        except OSError: pass
raise ValueError(sorted({os.getpid(), os.getppid()}))
"""


def test_signals_reach_neither_the_nursery_nor_a_sibling():
    with SealedProcess() as one, SealedProcess() as other:
        made = inside()
        assert ran(one, KILL_EVERYBODY) == "[1, 2]"
        assert ran(other, "raise ValueError('here')") == "here"
        assert inside() == made and made.status() != psutil.STATUS_STOPPED
        with pytest.raises(Lost):
            ran(one, "import os\nos.killpg(0, 9)")
        assert ran(other, "raise ValueError('still')", cell=2) == "still"
        SealedProcess().close()
        assert inside() == made


def test_siblings_share_no_files():
    find = (
        "import os\n"
        "raise ValueError([os.path.join(f, n) for f, _, names in os.walk('/') for n in names if n == 'mark'])"
    )
    write = "open('/tmp/mark', 'w').write('x')\nraise ValueError(1)"
    with SealedProcess() as one, SealedProcess() as other:
        ran(one, write)
        assert ran(other, find) == "[]"
    with SealedProcess() as later:
        assert ran(later, find) == "[]"


def test_the_nurserys_view_of_processes_is_covered():
    with SealedProcess() as process:
        place = warm.PROC
        source = f"import os\nraise ValueError((os.listdir({place!r}), os.path.exists('/proc')))"
        assert ran(process, source) == "([], False)"


def test_many_children_leave_nothing_behind():
    made = inside()
    SealedProcess().close()
    before = made.num_fds(), len(made.children())
    for _ in range(40):
        SealedProcess().close()
    several = [SealedProcess() for _ in range(12)]
    for process in several:
        process.close()
    assert inside() == made
    assert (made.num_fds(), len(made.children())) == before == (before[0], 0)


def test_a_worker_that_ended_is_no_zombie_for_long():
    process = SealedProcess()
    with pytest.raises(Lost, match="exit code 3"):
        process.request({"op": "run", "source": "import os\nos._exit(3)", "cell": 1})
    assert not inside().children()
    process.close()  # a second time does no harm


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_the_signal_that_ended_a_worker_is_named(number, afresh):
    source = f"import os\nos.kill(os.getpid(), {int(number)})"
    said = []
    for _ in range(2):
        with pytest.raises(Lost) as lost:
            ran(SealedProcess(), source)
        said.append((lost.value.sentence, lost.value.killed))
        afresh()
    assert said[0] == said[1] and number.name in said[0][0]


def test_a_killed_nursery_takes_its_children_along_and_is_replaced():
    process = SealedProcess()
    others = [p for p in sealed_processes().values() if "sandbox.warm" in " ".join(p.cmdline())]
    inside().kill()
    _, alive = psutil.wait_procs(others, timeout=5)
    assert len(others) >= 4 and not alive  # bubblewrap's, the nursery, guard and worker
    with pytest.raises(Lost) as lost:
        ran(process, "raise ValueError(1)")
    assert lost.value.killed, "killed from elsewhere: it costs no restart"
    with SealedProcess() as another:
        assert ran(another, "raise ValueError('again')") == "again"
    assert nursery.refusal() == ""


def test_an_interrupted_answer_is_not_taken_for_the_next_one(monkeypatch):
    """Ctrl-C while a child is made."""
    received = nursery.Nursery._received

    def interrupted(self):
        monkeypatch.setattr(nursery.Nursery, "_received", received)
        raise KeyboardInterrupt

    monkeypatch.setattr(nursery.Nursery, "_received", interrupted)
    with pytest.raises(KeyboardInterrupt):
        SealedProcess()
    with SealedProcess() as one, SealedProcess() as other:
        assert ran(one, "raise ValueError(1)") == "1"
        one.close()
        assert ran(other, "raise ValueError(2)") == "2"


def test_a_fork_of_the_grader_has_a_nursery_of_its_own():
    with SealedProcess() as process:
        child = os.fork()
        if not child:
            code = 1
            try:
                with SealedProcess() as other:
                    code = 0 if ran(other, "raise ValueError('child')") == "child" else 2
                nursery.leave()
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ran(process, "raise ValueError('parent')") == "parent"


def test_one_that_dies_before_it_is_ready_is_replaced():
    nursery.leave()
    begun = nursery.begin(walls.nursery())
    nursery.kill(begun._process)
    with SealedProcess() as process:
        assert ran(process, "raise ValueError(1)") == "1"
    assert nursery.is_used() and nursery.refusal() == ""


def test_one_that_is_ended_at_once_leaves_nothing():
    """bubblewrap's second process waits for the first, which is gone."""
    for pause in (0.0, 0.001, 0.002, 0.004, 0.008) * 4:
        nursery.leave()
        session = nursery.begin(walls.nursery())._process.pid
        time.sleep(pause)
        nursery.leave()
        deadline = time.monotonic() + 5
        while _in_session(session) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not _in_session(session)


def _in_session(number):
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == number and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (OSError, psutil.Error):
            pass
    return found


def test_each_thread_has_a_nursery_that_ends_with_it():
    before, seen = set(sealed_processes()), []

    def work():
        with SealedProcess() as process:
            seen.append((ran(process, "raise ValueError(1)"), set(sealed_processes()) - before))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer for answer, _ in seen] == ["1"] * 3 and all(made for _, made in seen)
    left = [psutil.Process(n) for n in set().union(*(m for _, m in seen)) if psutil.pid_exists(n)]
    _, alive = psutil.wait_procs([p for p in left if p.pid not in before], timeout=5)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_where_namespaces_are_refused_a_fresh_process_is_started(monkeypatch):
    nursery.leave()
    refusing = walls.nursery()
    refusing[1:1] = ["--unshare-user", "--disable-userns"]
    monkeypatch.setattr(walls, "nursery", lambda: refusing)
    monkeypatch.setattr(nursery, "_refusal", "")
    monkeypatch.setattr(nursery, "_is_proven", False)
    with SealedProcess() as process:
        assert ran(process, "raise ValueError(1)") == "1"
    assert nursery.refusal()
    assert not nursery._of_thread.__dict__.get("nursery"), "one that cannot work is not kept"


def test_where_bubblewrap_does_not_start_that_is_said_as_ever(monkeypatch, tmp_path):
    nursery.leave()
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: no such luck' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(nursery, "_refusal", "")
    with pytest.raises(SandboxUnavailable, match="no such luck"):
        Bubblewrap().prepare()
        SealedProcess()
