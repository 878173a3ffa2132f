"""Environment variables, arguments and the path."""
import os
import sys

everywhere(lambda *args, **kwargs: tell([dict(os.environ), sys.argv, sys.path, sys.orig_argv]))
