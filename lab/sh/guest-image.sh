#!/bin/bash
# guest-image.sh KERNEL_DIR OUT_DIR: writes OUT_DIR/vmlinuz and OUT_DIR/initrd, the smallest guest that has
# a network, a disk and a balloon. KERNEL_DIR is an unpacked linux-image package.
set -euo pipefail
kernel_dir=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
kernel=$(echo "$kernel_dir"/boot/vmlinuz-*)
modules=$kernel_dir/lib/modules/${kernel##*/vmlinuz-}/kernel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work"/{bin,lib,dev,proc,sys,tmp} "$out"
cp /bin/busybox "$work/bin/"
cp "$here/../guest/init" "$work/init"
chmod +x "$work/init"
# In load order; the numbers keep it.
number=10
for module in drivers/virtio/{virtio_ring,virtio,virtio_pci_modern_dev,virtio_pci_legacy_dev,virtio_pci,virtio_balloon} \
  net/core/failover drivers/net/{net_failover,virtio_net} drivers/block/virtio_blk; do
  cp "$modules/$module.ko" "$work/lib/$number-${module##*/}.ko"
  number=$((number + 1))
done
(cd "$work" && find . | cpio -o -H newc --quiet | gzip -1) >"$out/initrd"
cp "$kernel" "$out/vmlinuz"
