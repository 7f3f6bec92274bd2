#!/bin/bash
# host-boot.sh HOST_DIR CGROUP NAME CPU_CAP MEMORY_MIB: puts itself under the host's CPU cap (percent of one CPU,
# 0 = none), then becomes the host in namespaces of its own.
set -eu
host_dir=$1 cgroup=$2 name=$3 cpu_cap=$4 memory=$5
here=$(cd "$(dirname "$0")" && pwd)

if [ "$cpu_cap" -gt 0 ]; then
  if [ -e /sys/fs/cgroup/cpu/tasks ]; then # cgroup v1
    cgroup=/sys/fs/cgroup/cpu/$cgroup
    mkdir -p "$cgroup"
    echo $((cpu_cap * 1000)) >"$cgroup/cpu.cfs_quota_us"
  else
    cgroup=/sys/fs/cgroup/$cgroup
    mkdir -p "$cgroup"
    echo "$((cpu_cap * 1000)) 100000" >"$cgroup/cpu.max"
  fi
  echo $$ >"$cgroup/cgroup.procs"
  echo "$cgroup/cgroup.procs" >"$host_dir/cgroup-procs"
fi
exec unshare --mount --net --uts --ipc --pid --cgroup --fork --kill-child=KILL \
  bash "$here/host-init.sh" "$host_dir" "$name" "$cpu_cap" "$memory"
