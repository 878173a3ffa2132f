"""Namespaces of its own for a process that is inside bubblewrap's walls already, by the C library:
what a child of the nursery is sealed with. See unshare(2), mount(2), user_namespaces(7),
capabilities(7).
"""

import ctypes
import os
import signal

from . import seccomp

NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PIDS = 0x00020000, 0x08000000, 0x10000000, 0x20000000
READ_ONLY, NO_SUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8  # flags of mount(2)
PR_SET_PDEATHSIG, PR_CAPBSET_DROP = 1, 24
CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3

KNOWN = seccomp.MACHINES.get(os.uname().machine)
CLONE = KNOWN[1] if KNOWN else -1  # the system call's number; without one it is refused
USER, GROUP = os.getuid(), os.getgid()  # before there are other namespaces

_libc = ctypes.PyDLL(None, use_errno=True)


def fork() -> int:
    """As os.fork, with a child that is number 1 in a world of process numbers of its own, and has a
    user, mounts and System V objects of its own. It is for what forks once more at once: what the C
    library remembers of this thread is its parent's.

    Raises:
        OSError: the system refuses, or has no number of them left.
    """
    flags = NEW_USER | NEW_MOUNTS | NEW_IPC | NEW_PIDS | signal.SIGCHLD
    child = int(_libc.syscall(ctypes.c_long(CLONE), ctypes.c_ulong(flags), None, None, None, None))
    if child < 0:
        _done(child, "clone")
    return child


def keep_user(proc: str) -> None:
    """Let the user in a new namespace be the one outside.

    Args:
        proc: where a file system of processes is mounted.

    Raises:
        OSError: the system refuses.
    """
    for name, text in [
        ("setgroups", "deny"),
        ("uid_map", f"{USER} {USER} 1"),
        ("gid_map", f"{GROUP} {GROUP} 1"),
    ]:
        descriptor = os.open(f"{proc}/self/{name}", os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def cover(folder: str, size: int, writable: bool = False) -> None:
    """Put a new, empty file system of so many bytes over a folder.

    Raises:
        OSError: the system refuses.
    """
    flags = NO_SUID | NO_DEVICES | (0 if writable else READ_ONLY | NO_PROGRAMS)
    options = f"mode=0755,size={size}".encode()
    done = _libc.mount(b"tmpfs", folder.encode(), b"tmpfs", ctypes.c_ulong(flags), options)
    _done(done, f"mount {folder}")


def die_with_parent() -> None:
    """End with the parent. It has to be said again after a change of privileges, and does not help
    if the parent is gone already.
    """
    _done(_libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def drop_privileges() -> None:
    """Give up every privilege in the namespaces of one's own, for good.

    Raises:
        OSError: the system refuses.
    """
    number = 0
    while _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0:  # until there is none of that number
        number += 1
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, twice 32 bits
    _done(_libc.capset(header, none), "capset")


def _done(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
