"""What a command costs: wall time, processor time, memory while it runs."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import psutil

QUIET = 3  # seconds in which the idle machine is watched first


@dataclass
class Cost:
    """
    Attributes:
        wall, cpu: seconds. Processor time is the whole machine's, less what it spends at rest:
            sealed processes are killed when they are done, and a killed one's time is lost to
            whoever waits for its parent.
        memory: [(seconds since the start, MiB of the command and all that it has started, MiB of
            its own process)]. Of all of them, pages that several share are counted once; of its
            own, as if it shared none (it would seem to grow when the others end).
    """

    wall: float = 0.0
    cpu: float = 0.0
    memory: list = field(default_factory=list)

    def peak(self):
        return max((mib for _, mib, _ in self.memory), default=0.0)

    def growth(self, submissions):
        """KiB that the command's own process grows by for each submission, in the later half."""
        later = self.memory[len(self.memory) // 2 :]
        return (later[-1][2] - later[0][2]) * 1024 / (submissions / 2)


def cost(*commands, folder=".", env=None, watch_memory=False, at_rest=None):
    """The Cost of commands, one after the other. Nothing else may run meanwhile.

    Args:
        at_rest: processor time that the machine spends in a second of rest (default: measured now).
    """
    resting = _rest() if at_rest is None else at_rest
    before, start = _busy(), time.perf_counter()
    memory = []
    for command in commands:
        memory += _run(command, folder, env, start if watch_memory else None)
    wall = time.perf_counter() - start
    return Cost(wall, _busy() - before - resting * wall, memory)


def _busy():
    """Seconds that the processors have been at work since the machine started."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system


def _rest():
    before = _busy()
    time.sleep(QUIET)
    return (_busy() - before) / QUIET


def _run(command, folder, env, start):
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    memory, stop = [], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, start, memory, stop))
    if start is not None:
        watcher.start()
    said, _ = process.communicate()
    stop.set()
    if start is not None:
        watcher.join()
    expect(process.returncode == 0, f"{' '.join(map(str, command))}: {said[-2000:]}")
    return memory


def _watch(pid, start, memory, stop):
    while not stop.wait(0.5):
        sizes, own = [], 0.0
        try:
            family = psutil.Process(pid)
            for process in [family, *family.children(recursive=True)]:
                try:
                    about = process.memory_full_info()
                    own = own or about.rss / 2**20
                    sizes.append(about.pss / 2**20)
                except psutil.Error:  # it has just ended
                    pass
        except psutil.Error:
            return
        if sizes:
            memory.append((time.perf_counter() - start, sum(sizes), own))


def expect(condition, sentence):
    if not condition:
        sys.exit(f"not so: {sentence}")
