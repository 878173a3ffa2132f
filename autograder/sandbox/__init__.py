"""The sealed process. `worker` and what it imports run inside: standard library and NumPy."""
