#!/bin/bash
# supervise.sh LAB_DIR NAME: owns one lab for as long as its stdin stays open, then leaves nothing behind.
#
# The lab's owner holds the other end of stdin. When the owner closes it, or dies in whatever way, PID 1 of
# the lab's PID namespace reads end-of-file and exits; the kernel then kills every process in the namespace,
# hosts and guests included; with the last of them go the network and mount namespaces and what is in them.
# What the kernel does not take along is removed here: cgroups and files.
#
# Exit 75: another lab has this directory, or this name on the network.
set -u
lab_dir=$1 name=$2
here=$(cd "$(dirname "$0")" && pwd)

exec 9>"$lab_dir.lock"
flock -n 9 || exit 75
# NAME is the machine's end of the cable to the lab's switch, NAMEp is moved into the lab. A link is as atomic as
# a lock, and seen by whoever shares this network, from another root directory too.
if ! error=$(ip link add "$name" type veth peer name "${name}p" 2>&1); then
  [ ! -e "/sys/class/net/$name" ] || exit 75
  echo "the lab's uplink: $error" >&2
  exit 1
fi

sweep() {
  # A killed process holds its cgroup for a moment longer.
  for _ in {1..100}; do
    left=$(find /sys/fs/cgroup -maxdepth 2 -type d -name "$name-h*" 2>/dev/null)
    [ -n "$left" ] || break
    # shellcheck disable=SC2086
    rmdir $left 2>/dev/null || sleep 0.05
  done
  rm -rf "$lab_dir"
}

# A Ctrl-C may reach the whole process group; the end of stdin is what ends a lab.
trap '' INT TERM HUP
sweep # what a machine that lost its power left behind
mkdir -m 700 "$lab_dir"
unshare --net --pid --fork --kill-child=KILL bash "$here/lab-init.sh" "$lab_dir" "$name" 9>&-
status=$?
ip link del "$name" 2>/dev/null
sweep
exit $status
