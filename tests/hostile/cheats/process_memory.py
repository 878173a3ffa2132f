"""The memory of this process and of others, through /proc and ctypes."""
import ctypes

found = []
for pid in ("self", "1", *map(str, range(2, 400))):
    for name in ("mem", "environ", "cmdline", "maps"):
        try:
            found.append(open(f"/proc/{pid}/{name}", "rb").read(1 << 20))
        except (OSError, OverflowError) as error:
            if "No such file" not in str(error) and "Input/output" not in str(error):
                found.append(repr(error).encode())
libc = ctypes.CDLL(None, use_errno=True)
found.append(str(libc.ptrace(16, 1, 0, 0)).encode())
everywhere(lambda *args, **kwargs: tell(found))
