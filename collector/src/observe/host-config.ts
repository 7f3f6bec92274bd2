import { Type, type Static } from 'typebox';
import { HostPower } from '../fleet/host.ts';

const name = Type.String({ minLength: 1, maxLength: 253, description: 'how this host is called everywhere' });

/** One host of the fleet, as the fleet file names it. */
export const HostConfig = Type.Object(
  {
    name,
    uri: Type.Optional(
      Type.String({
        pattern: '^[a-z]+(\\+[a-z]+)?://.*',
        description: 'libvirt URI, e.g. qemu+tls://h1.example.org/system',
      }),
    ),
    virtTop: Type.Optional(
      Type.Object(
        {
          file: Type.Optional(Type.String({ minLength: 1, description: 'a growing `virt-top --csv` file' })),
          ssh: Type.Optional(
            Type.String({
              pattern: '^[A-Za-z0-9_.@:-]+$',
              description: 'run virt-top there by ssh ([user@]host)',
            }),
          ),
          cpuCores: Type.Number({ exclusiveMinimum: 0 }),
          memMebibytes: Type.Number({ exclusiveMinimum: 0 }),
        },
        { additionalProperties: false, description: 'for a host without libvirt access' },
      ),
    ),
    migrationUri: Type.Optional(
      Type.String({
        pattern: '^[a-z]+(\\+[a-z]+)?://.*',
        description: 'how the other hosts reach its libvirt, when not as the collector does',
      }),
    ),
    migrationDataUri: Type.Optional(
      Type.String({
        pattern: '^(tcp|rdma)://.*',
        description:
          'where guest memory is sent when its name does not resolve on the others, e.g. tcp://10.0.0.7',
      }),
    ),
    zone: Type.Optional(Type.String({ minLength: 1 })),
    rack: Type.Optional(Type.String({ minLength: 1 })),
    groups: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
    priority: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 50,
      description: 'the host of lowest priority is the first to be emptied',
    }),
    labels: Type.Record(Type.String(), Type.String(), { default: {} }),
    nicMegabitsPerSecond: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'speed of the NIC that guests and migrations share' }),
    ),
    diskMegabytesPerSecond: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'what the storage of this host can move' }),
    ),
    features: Type.Optional(
      Type.Array(Type.Enum(['tls-migration', 'rdma']), {
        description:
          'what libvirt cannot be asked: certificates for QEMU in /etc/pki/qemu (tls-migration), an RDMA card (rdma)',
      }),
    ),
    maintenance: Type.Boolean({ default: false, description: 'never a target, to be kept empty' }),
    neverTarget: Type.Boolean({ default: false }),
    energy: Type.Optional(HostPower),
    powerDriver: Type.Optional(
      Type.Object(
        {
          kind: Type.String({ minLength: 1 }),
          settings: Type.Record(Type.String(), Type.String(), { default: {} }),
        },
        {
          additionalProperties: false,
          description: 'how this host is switched on and off; read by the power drivers',
        },
      ),
    ),
  },
  { additionalProperties: false },
);
export type HostConfig = Static<typeof HostConfig>;
