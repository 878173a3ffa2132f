#!/bin/sh
# Expected: `--dev-bind /dev/null /dev/null --remount-ro /dev/null` keeps the device, whose mode and dates can
#   then not be changed from inside: Linux lets devices on read-only mounts be written to, and bwrap(1) says of
#   --remount-ro only that it makes a path read-only.
# Happens: the device can be opened no more, not even for reading: "Permission denied". bubblewrap remounts with
#   nodev, whatever --dev-bind allowed before. With the `mount` command the same works.
# Versions: bubblewrap 0.8.0 (Debian 12's; no package of PyPI), Linux 6.18.
# Source: bubblewrap, bind-mount.c, `bind_mount`, and the remounting in bubblewrap.c; seen by running it.
set -eu
command -v bwrap > /dev/null || { echo "bubblewrap is not installed"; exit 2; }
bwrap --version
inside='{ echo x > /dev/null; } 2>&1 && { head -c 1 < /dev/null; } 2>&1 && echo "can be opened"'
bound="--ro-bind / / --dev-bind /dev/null /dev/null"
first=$(bwrap $bound sh -c "$inside" || true)
second=$(bwrap $bound --remount-ro /dev/null sh -c "$inside" || true)
echo "--dev-bind: $first"
echo "--dev-bind and --remount-ro: $second"
test "$first" = "can be opened"
case "$second" in *"Permission denied"*) ;; *) exit 1 ;; esac
