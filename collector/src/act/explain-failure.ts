import type { HostFailure } from './hypervisor-port.ts';

export type FailureExplained = {
  /** A stable name for programs and for the admin's manual. */
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  /** The same request may succeed in some seconds without anybody changing anything. */
  readonly transient: boolean;
};

type Rule = {
  readonly code: string;
  readonly number?: number;
  readonly message: RegExp;
  readonly advice: string;
  readonly transient?: true;
};

/** What libvirt says and what it means, the most telling first. See docs/migrating.md for the same in words. */
const rules: readonly Rule[] = [
  {
    code: 'aborted',
    number: 78,
    message: /./,
    advice: 'Nothing: the VM runs on as before. Request the migration again when it suits.',
  },
  {
    code: 'same-host',
    message: /migrate guest to the same host/,
    advice: 'Source and target are the same machine under two names or uuids; mend the configuration.',
  },
  {
    code: 'ports-exhausted',
    message: /Unable to find an unused port in range 'migration'/,
    advice:
      'Too many migrations arrive at the target; lower limits.perHost or widen migration_port_max there.',
    transient: true,
  },
  {
    code: 'target-memory',
    message: /cannot set up guest memory|Cannot allocate memory/,
    advice: 'The target could not give the memory. Free some there, or choose a target with more room.',
  },
  {
    code: 'target-qemu-died',
    message: /qemu unexpectedly closed the monitor|Unable to write to socket/,
    advice:
      'QEMU ended on the target, often for lack of memory; its log /var/log/libvirt/qemu/VM.log there says why.',
  },
  {
    code: 'target-daemon-lost',
    message: /client socket is closed|Failed to send keepalive|internal error: received hangup/,
    advice: "The source lost the target's libvirtd or the link to it. Check both, then request it again.",
    transient: true,
  },
  {
    code: 'post-copy-broken',
    message: /failed in post-copy phase|post-?copy phase/i,
    advice:
      'The VM waits for memory that is still on the source; do not stop either side. It is taken up again once both answer.',
  },
  {
    code: 'post-copy-no-way-back',
    number: 55,
    message: /post-?copy/i,
    advice: 'A VM that already runs on the target cannot be called back; let it finish.',
  },
  {
    code: 'cpu-incompatible',
    message:
      /guest CPU doesn't match specification|missing features|CPU.*(incompatible|not compatible|model)|unknown CPU model/i,
    advice: 'Choose a target with that CPU, or give the VM a common CPU model at its next boot.',
  },
  {
    code: 'cannot-be-migrated',
    message:
      /non-migratable device|Migration is disabled|migration (is )?not supported|has (assigned|host) device/i,
    advice:
      'Detach the device or shut the VM down for the move; pin it in the fleet file so that nobody plans it.',
  },
  {
    code: 'guest-disk-error',
    message: /cannot migrate domain with I\/O error/,
    advice: 'The VM stands still because its disk failed or is full; mend that and resume it first.',
  },
  {
    code: 'network-missing',
    message:
      /Cannot get interface MTU|Network not found|network '.*' is not active|no network with matching|Unable to add bridge|bridge .* does not exist/i,
    advice: "Create the VM's bridge or network on the target, or choose another target.",
  },
  {
    code: 'target-disk-full',
    message: /No space left on device|migration of disk .* failed/i,
    advice: "The target has no room for a copy of the VM's disks; make some, or choose another target.",
  },
  {
    code: 'local-disk',
    number: 81,
    message: /./,
    advice:
      'The disk is local to the source. Allow copying it (localDisks: copy) or move it to shared storage.',
  },
  {
    code: 'storage-missing',
    number: 49,
    message: /./,
    advice: 'The target lacks the storage pool; create it there, or choose another target.',
  },
  {
    code: 'storage-missing',
    message:
      /Storage pool not found|cannot access storage file|No such file or directory.*(img|qcow2|raw)|Could not open/i,
    advice:
      "The VM's disk cannot be opened on the target; mount the storage there, or choose another target.",
  },
  {
    code: 'name-taken',
    message: /already exists with uuid|is already defined|already active|domain .* already/i,
    advice: 'The target knows another VM of this name or uuid; rename or remove one of the two.',
  },
  {
    code: 'another-job',
    number: 55,
    message: /another migration job|another job|cannot acquire state change lock/,
    advice: 'Something else (a backup, a snapshot, an admin) works on the VM; wait for it.',
  },
  {
    code: 'busy',
    number: 68,
    message: /./,
    advice: 'libvirt was busy with the VM for 30 s; it is tried once more.',
    transient: true,
  },
  {
    code: 'vm-stopped',
    message: /domain is not running|domain is not active|domain is no longer running|guest unexpectedly quit/,
    advice: 'The VM ended meanwhile; start it where it shall run.',
  },
  {
    code: 'tls-failed',
    message: /certificate|TLS handshake|x509|Unable to find .*TLS|tls-creds/i,
    advice:
      "Check /etc/pki/qemu and /etc/pki/libvirt on both hosts: an RSA certificate with the host's name, one CA.",
  },
  {
    code: 'target-refuses-source',
    number: 45,
    message: /./,
    advice:
      "The source's daemon has no credentials for the target; give it a client certificate or SASL user.",
  },
  {
    code: 'target-unresolved',
    message: /unable to resolve|Name or service not known|Temporary failure in name resolution|getaddrinfo/i,
    advice:
      'The source cannot resolve the target; set migrationUri and migrateAddress of the target in the fleet file.',
  },
  {
    code: 'target-unreachable',
    message:
      /unable to connect to server|Connection refused|No route to host|Connection timed out|Network is unreachable/i,
    advice:
      "The source cannot reach the target's libvirtd; start it, or open port 16514 (TLS) between the hosts.",
    transient: true,
  },
  {
    code: 'unsupported',
    message: /not supported|unsupported/i,
    advice: 'One of the hosts does not know this way of migrating; choose another strategy.',
  },
];

export const explainFailure = (failure: HostFailure): FailureExplained => {
  if (failure.unreachable)
    return {
      code: 'source-daemon-lost',
      message: `The connection to ${failure.host} broke: ${failure.message}`,
      advice: `Check libvirtd on ${failure.host}; the VM itself may well be running.`,
      transient: true,
    };
  const rule = rules.find(
    ({ number, message }) =>
      (number === undefined || number === failure.libvirtCode) && message.test(failure.message),
  );
  return {
    code: rule?.code ?? 'hypervisor',
    message: failure.message,
    advice: rule?.advice ?? "libvirt's own words are all that is known; its log on both hosts says more.",
    transient: rule?.transient ?? false,
  };
};
