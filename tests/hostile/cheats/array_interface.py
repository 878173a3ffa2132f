"""An object that points NumPy at memory that is not its own."""


class Window:
    __array_interface__ = {"shape": (8, 3), "typestr": "<f8", "data": (0xDEADBEEF000, True), "version": 3}


everywhere(lambda *args, **kwargs: Window())
