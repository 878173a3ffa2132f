"""The worker answers every call with the call's own arrays."""
import sys

Worker = sys.modules["sandbox.worker"].Worker
Worker.call = lambda self, header, payload: ({"result": header["arguments"], "changed": [], "global_state": True}, payload)
everywhere(lambda *args, **kwargs: None)
