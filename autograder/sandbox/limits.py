"""What one sealed process may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    memory: int = 1 << 30
    cpu: int = 60
    file_size: int = 16 << 20
    tmp: int = 32 << 20
    descriptors: int = 64
    call: float = 10.0  # wall time of one cell or one call, after which the process ends
    cell: float = 5.0  # wall time of one cell, after which it is stopped and the process goes on
    notebook: float = 60.0  # wall time of one submission, restarts included

    @property
    def cells(self) -> float:
        """Wall time of all cells together; of what comes later only definitions are run."""
        return self.notebook / 3
