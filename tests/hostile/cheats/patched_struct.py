"""The lengths of frames, forged."""
import struct
import sys

wire = sys.modules["sandbox.wire"]


class Longer:
    size = 12

    def pack(self, header, payload):
        return struct.pack(">IQ", header, payload + 8)

    def unpack(self, prefix):
        return struct.unpack(">IQ", prefix)


wire.PREFIX = Longer()
everywhere(lambda *args, **kwargs: args[0])
