"""A cell that waits, before anything is defined."""
import time

time.sleep(1000)
