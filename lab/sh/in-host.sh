#!/bin/bash
# in-host.sh HOST_DIR PID PROGRAM [ARG...]: runs a program inside the host whose PID 1 is PID, under its CPU cap.
set -eu
host_dir=$1 pid=$2
shift 2
[ ! -e "$host_dir/cgroup-procs" ] || echo $$ >"$(cat "$host_dir/cgroup-procs")"
# --root: where the tests run in a chroot, a mount namespace's root is another directory than the host's.
exec nsenter --target "$pid" --all --root -- "$@"
