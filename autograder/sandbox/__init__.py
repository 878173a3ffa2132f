"""The sealed process. `worker` and what it imports run inside: the standard library and NumPy only."""
