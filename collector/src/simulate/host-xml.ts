import { DomainState } from '@evenkeel/libvirt';
import type { SimHost } from './sim-host.ts';
import type { SimVm } from './sim-vm.ts';

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');

export const defaultCpuModel = 'EPYC-Rome';
export const defaultNetwork = 'br0';

export function domainXml(vm: SimVm): string {
  const { uuid, name, vcpus, memBytes, network, disk, metadata } = vm.plan;
  const running = vm.state !== DomainState.shutoff;
  const mac = `52:54:00:${uuid.slice(0, 2)}:${uuid.slice(2, 4)}:${uuid.slice(4, 6)}`;
  return `<domain type='kvm'${running ? ` id='${vm.id}'` : ''}>
  <name>${escaped(name)}</name>
  <uuid>${uuid}</uuid>
  ${metadata === undefined ? '' : `<metadata>${metadata}</metadata>`}
  <memory unit='KiB'>${Math.floor(memBytes / 1024)}</memory>
  <currentMemory unit='KiB'>${Math.floor(memBytes / 1024)}</currentMemory>
  <vcpu placement='static'>${vcpus}</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
  <cpu mode='custom' match='exact' check='full'><model fallback='forbid'>${defaultCpuModel}</model></cpu>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='${escaped(disk ?? `/shared/${uuid}.qcow2`)}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='bridge'>
      <mac address='${mac}'/>
      <source bridge='${escaped(network ?? defaultNetwork)}'/>
      <target dev='vnet${Math.max(0, vm.id)}'/>
      <model type='virtio'/>
    </interface>
    <memballoon model='virtio'><stats period='5'/></memballoon>
  </devices>
</domain>`;
}

export function capabilitiesXml(host: SimHost): string {
  const { uuid, cores, memBytes, cpuModel } = host.plan;
  return `<capabilities>
  <host>
    <uuid>${uuid}</uuid>
    <cpu>
      <arch>x86_64</arch>
      <model>${cpuModel ?? defaultCpuModel}</model>
      <vendor>AMD</vendor>
      <topology sockets='1' dies='1' cores='${cores}' threads='1'/>
    </cpu>
    <migration_features><live/><uri_transports><uri_transport>tcp</uri_transport></uri_transports></migration_features>
    <topology>
      <cells num='1'>
        <cell id='0'><memory unit='KiB'>${Math.floor(memBytes / 1024)}</memory><cpus num='${cores}'/></cell>
      </cells>
    </topology>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='x86_64'><wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator><domain type='kvm'/></arch>
  </guest>
</capabilities>`;
}
