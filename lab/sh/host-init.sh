#!/bin/bash
# host-init.sh HOST_DIR NAME CPU_CAP MEMORY_MIB: PID 1 of one host. Gives it an /etc, /var and /run of its own,
# then plays the kernel's accountant: /proc/stat and meminfo show this host's processes, not the machine's.
set -eu
host_dir=$1 name=$2 cpu_cap=$3 memory_kib=$(($4 * 1024))
trap '' INT HUP
trap 'exit 0' TERM

read -r own_pid _ </proc/self/stat # still the machine's /proc: the pid as the machine sees it
mount -t proc proc /proc
hostname "$name"
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/libvirt /run/lock
mount --bind "$host_dir/run" /run/libvirt # seen from outside: the sockets and QEMU's pid files
mount --bind "$host_dir/etc" /etc
mount --bind "$host_dir/var" /var # last: it hides HOST_DIR
# libvirtd finds no cgroups here: it would put its guests into the machine's, where a teardown misses them.
awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts | xargs -r umount -l
# A nested machine's /dev/kvm may open and yet boot nothing, so guests run on TCG everywhere. A read-only file
# says "not usable" at once; over /dev/null libvirt would probe QEMU again at each start.
if [ -e /dev/kvm ]; then
  : >/run/no-kvm
  mount --bind /run/no-kvm /dev/kvm
  mount -o remount,ro,bind /dev/kvm
fi

cpus=$(nproc)
figures=/run/figures
mkdir $figures
[ "$memory_kib" -gt 0 ] || read -r _ memory_kib _ </proc/meminfo
[ "$cpu_cap" -gt 0 ] || cpu_cap=$((cpus * 100))

# Sums the CPU ticks and the anonymous memory of every process of this host. A child's ticks move to its parent
# when it ends (cutime, cstime), so the sums never fall.
account() {
  local stat line resident shared
  user=0 system=0 pages=0
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat" && read -r _ resident shared _ <"${stat}m"; } 2>/dev/null || continue
    # shellcheck disable=SC2086
    set -- ${line##*) } # from field 3, state, on: the name may hold spaces
    user=$((user + ${12} + ${14})) system=$((system + ${13} + ${15}))
    pages=$((pages + resident - shared))
  done
}

# Rewrites in place, with fixed widths, files that are bound over the kernel's own.
write_figures() {
  local uptime idle free cpu
  account
  read -r uptime _ </proc/uptime
  idle=$((${uptime/./} * cpu_cap / 100 - user - system))
  [ $idle -ge 0 ] || idle=0
  {
    printf 'cpu  %12d 0 %12d %12d 0 0 0 0 0 0\n' $user $system $idle
    for ((cpu = 0; cpu < cpus; cpu++)); do
      printf 'cpu%d %12d 0 %12d %12d 0 0 0 0 0 0\n' $cpu $((user / cpus)) $((system / cpus)) $((idle / cpus))
    done
  } 1<>$figures/stat
  free=$((memory_kib - pages * 4))
  [ $free -ge 0 ] || free=0
  printf 'MemTotal: %15d kB\nMemFree: %15d kB\nMemAvailable: %15d kB\nBuffers: %15d kB\nCached: %15d kB\n' \
    $memory_kib $free $free 0 0 1<>$figures/meminfo
  printf 'Node 0 MemTotal: %15d kB\nNode 0 MemFree: %15d kB\nNode 0 MemUsed: %15d kB\n' \
    $memory_kib $free $((memory_kib - free)) 1<>$figures/node0
}

write_figures
mount --bind $figures/stat /proc/stat
mount --bind $figures/meminfo /proc/meminfo
node0=/sys/devices/system/node/node0/meminfo
[ ! -e $node0 ] || mount --bind $figures/node0 $node0

echo "host $name $own_pid"
exec >/dev/null
# A pause without a process of its own: a read that never gets anything. Bash as PID 1 also reaps orphans.
mkfifo /run/pause
exec 8<>/run/pause
while :; do
  read -r -t 0.5 -u 8 || true
  write_figures
done
