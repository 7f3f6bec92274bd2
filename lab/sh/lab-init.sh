#!/bin/bash
# lab-init.sh LAB_DIR NAME: PID 1 of a lab. Its network namespace is the switch between the hosts.
# Reads "host NAME CPU_CAP MEMORY_MIB" lines and boots a host for each; ends, and everything in it, at end-of-file.
# Says "lab PID" and "host NAME PID" with process ids as the machine sees them (/proc is still the machine's).
set -u
lab_dir=$1 lab_name=$2
here=$(cd "$(dirname "$0")" && pwd)
trap '' INT TERM HUP

read -r own_pid _ </proc/self/stat
echo "lab $own_pid"

while read -r order name cpu_cap memory; do
  [ "$order" = host ] || continue
  bash "$here/host-boot.sh" "$lab_dir/$name" "$lab_name-$name" "$name" "$cpu_cap" "$memory" \
    </dev/null 2>>"$lab_dir/$name/boot.log" &
done
