"""Dates, strings, structures, longs and complex numbers."""
odd = [
    np.array(["1.0", "2.0"]),
    np.array(["2026-01-01"], dtype="datetime64[D]"),
    np.zeros(3, dtype=[("a", "f8")]),
    np.zeros((8, 3), dtype=np.clongdouble),
    np.zeros((8, 3), dtype=np.complex128) * 1j,
    np.ma.masked_all((8, 3)),
    np.matrix(np.zeros((8, 3))),
]
turns = iter(odd * 1000)
everywhere(lambda *args, **kwargs: next(turns))
