"""A seccomp filter for the sealed process: no new processes, no way to look into others, no fresh
namespaces, no memory beside its own (System V and memfd memory would not count against RLIMIT_AS),
no socket that anybody else could find (setsockopt can give it a name), no other mode or time for a
file: the devices inside are this machine's own.

The limit on processes must be a filter, because RLIMIT_NPROC does not bind a grader that runs as
root. Threads stay allowed (`clone` with CLONE_THREAD); `clone3` hides its flags in memory, so it
answers ENOSYS and the C library falls back to `clone`. See seccomp(2) and the kernel's
uapi/linux/{seccomp,audit,bpf_common}.h.
"""

import errno
import platform
import signal
import struct
import sys

CLONE_THREAD = 0x00010000
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 1, 22, 38, 2  # see prctl(2)
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data (little-endian)

# (code, operand, label when true, label when false), see `program`
Step = tuple[int, int | None, str | int | None, str | int | None]

# machine: (audit architecture, clone, clone3, kill, {refused system call: number}, {refused where
# there are no walls: number})
MACHINES: dict[str, tuple[int, int, int, int, dict[str, int], dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        56,
        435,
        62,
        dict(fork=57, vfork=58, ptrace=101, unshare=272, setns=308, mount=165, process_vm_readv=310)
        | dict(process_vm_writev=311, keyctl=250, add_key=248, request_key=249, bpf=321)
        | dict(perf_event_open=298, userfaultfd=323, io_uring_setup=425, kcmp=312, socket=41)
        | dict(bind=49, connect=42, setsockopt=54, chmod=90, fchmod=91, fchmodat=268, fchmodat2=452)
        | dict(utime=132, utimes=235, futimesat=261, utimensat=280)
        | dict(shmget=29, semget=64, msgget=68, mq_open=240, memfd_create=319, memfd_secret=447),
        dict(execve=59, execveat=322, tkill=200, tgkill=234, rt_sigqueueinfo=129)
        | dict(rt_tgsigqueueinfo=297, pidfd_open=434, pidfd_send_signal=424),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        435,
        129,
        dict(
            ptrace=117, unshare=97, setns=268, mount=40, process_vm_readv=270, process_vm_writev=271
        )
        | dict(keyctl=219, add_key=217, request_key=218, bpf=280, perf_event_open=241)
        | dict(userfaultfd=282, io_uring_setup=425, kcmp=272, socket=198)
        | dict(bind=200, connect=203, setsockopt=208, fchmod=52, fchmodat=53, fchmodat2=452)
        | dict(utimensat=88)
        | dict(shmget=194, semget=190, msgget=186, mq_open=180, memfd_create=279, memfd_secret=447),
        dict(execve=221, execveat=281, tkill=130, tgkill=131, rt_sigqueueinfo=138)
        | dict(rt_tgsigqueueinfo=240, pidfd_open=434, pidfd_send_signal=424),
    ),
}


def install(code: bytes) -> bool:
    """Put a filter on this very process, for good, and let it end with its parent; say whether that
    could be done.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    class Program(ctypes.Structure):  # struct sock_fprog
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    whole = ctypes.byref(Program(len(code) // 8, code))
    return bool(libc.prctl(PR_SET_SECCOMP, MODE_FILTER, whole, 0, 0) == 0)


def program(machine: str | None = None, own: int | None = None) -> bytes | None:
    """Return the compiled filter for `machine` (default: this one), or None for one we have no
    numbers for.

    Args:
        own: the process's own number, where it has no walls: the only one it may send signals to.
    """
    known = MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    architecture, clone, clone3, kill, refused, without_walls = known
    if own is not None:
        refused = refused | without_walls
    # Each entry: (code, operand, label when true, label when false); None falls through to the
    # next, a number leaves out so many.
    kills: list[Step] = [
        (JUMP_EQUAL, kill, None, 2),
        (LOAD | 0, FIRST_ARGUMENT, None, None),
        (JUMP_EQUAL, own, "allow", "refuse"),
    ]
    steps: list[Step] = [
        (LOAD | 0, ARCHITECTURE, None, None),
        (JUMP_EQUAL, architecture, None, "kill"),
        (LOAD | 0, NUMBER, None, None),
        (JUMP_GREATER_EQUAL, 0x40000000, "refuse", None),  # the x32 system calls of x86_64
        *[(JUMP_EQUAL, number, "refuse", None) for number in refused.values()],
        (JUMP_EQUAL, clone3, "missing", None),
        *(kills if own is not None else []),
        (JUMP_EQUAL, clone, None, "allow"),
        (LOAD | 0, FIRST_ARGUMENT, None, None),
        (JUMP_SET, CLONE_THREAD, "allow", "refuse"),
    ]
    ends = {
        "allow": ALLOW,
        "refuse": ERRNO | errno.EPERM,
        "missing": ERRNO | errno.ENOSYS,
        "kill": KILL,
    }
    places = {label: len(steps) + i for i, label in enumerate(ends)}

    def jump(here: int, label: str | int | None) -> int:
        return label or 0 if isinstance(label, (int, type(None))) else places[label] - here - 1

    instructions = [
        struct.pack("=HBBI", code, jump(i, yes), jump(i, no), operand)
        for i, (code, operand, yes, no) in enumerate(steps)
    ]
    return b"".join(
        instructions + [struct.pack("=HBBI", RETURN, 0, 0, value) for value in ends.values()]
    )
