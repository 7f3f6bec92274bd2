import type { GuestLoad } from './guest-order.ts';

/** What a guest looks like to libvirt. */
export interface VmSpec {
  name: string;
  /** 96 by default; guests under 80 do not boot. */
  memoryMiB?: number;
  vcpus?: number;
  /** A local disk of this size as vda; none by default. */
  diskMiB?: number;
  /** A CPU model as libvirt names it; `qemu64` by default. */
  cpuModel?: string;
  /** The load it starts with. */
  load?: Partial<GuestLoad>;
  /** Whether its definition stays when it stops; true by default, as on real hosts. */
  persistent?: boolean;
}

export interface VmIdentity {
  uuid: string;
  mac: string;
  address: string;
}

export const startLoad: GuestLoad = { cpu: 5, mem: 1, set: 8, io: 0 };

export function diskPath(vm: string): string {
  return `/var/lib/libvirt/images/${vm}.img`;
}

/** Where a guest's console is logged, inside its host. */
export function consolePath(vm: string): string {
  return `/var/log/libvirt/${vm}.console`;
}

/**
 * On a busy machine a guest's timer may come too late for the kernel's own check of it, which then panics: not checked,
 * and whatever else makes a kernel panic at boot, it boots again.
 */
const kernelOptions = 'console=ttyS0 quiet nokaslr mitigations=off no_timer_check panic=1';

export function domainXml(spec: VmSpec, identity: VmIdentity): string {
  const load = { ...startLoad, ...spec.load };
  const loadWords = Object.entries(load).map(([name, value]) => `lab.${name}=${value}`);
  const disk =
    spec.diskMiB === undefined
      ? ''
      : `<disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none' iothread='1'/>
      <source file='${diskPath(spec.name)}'/>
      <target dev='vda' bus='virtio'/>
    </disk>`;
  return `<domain type='qemu'>
  <name>${spec.name}</name>
  <uuid>${identity.uuid}</uuid>
  <memory unit='MiB'>${spec.memoryMiB ?? 96}</memory>
  <vcpu>${spec.vcpus ?? 1}</vcpu>
  <iothreads>1</iothreads>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>/var/lib/libvirt/boot/vmlinuz</kernel>
    <initrd>/var/lib/libvirt/boot/initrd</initrd>
    <cmdline>${kernelOptions} lab.ip=${identity.address}/24 ${loadWords.join(' ')}</cmdline>
  </os>
  <features><acpi/><apic/><tcg><tb-cache unit='MiB'>32</tb-cache></tcg></features>
  <cpu mode='custom' match='exact' check='none'><model>${spec.cpuModel ?? 'qemu64'}</model></cpu>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    ${disk}
    <interface type='bridge'>
      <mac address='${identity.mac}'/>
      <source bridge='br0'/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>
    <serial type='pty'><log file='${consolePath(spec.name)}' append='on'/></serial>
    <controller type='usb' model='none'/>
    <memballoon model='virtio'><stats period='2'/></memballoon>
  </devices>
</domain>
`;
}
