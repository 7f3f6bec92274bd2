// Takes the numbers and names that libvirt publishes for its API from the description that Debian's libvirt-dev installs,
// into constants.json beside this file.
//   node libvirt/test/golden/capture-constants.ts
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const enums = [
  'virDomainStatsTypes',
  'virConnectListAllDomainsFlags',
  'virConnectGetAllDomainStatsFlags',
  'virDomainState',
  'virDomainMigrateFlags',
  'virDomainJobType',
  'virDomainJobOperation',
  'virDomainEventType',
  'virDomainEventID',
  'virErrorNumber',
  'virTypedParameterType',
  'virDomainGetJobStatsFlags',
];

const description = await readFile('/usr/share/libvirt/api/libvirt-api.xml', 'utf8');
const constants: Record<string, number | string> = {};
for (const [, name, value, type] of description.matchAll(/<enum name='(\w+)'.*? value='(-?\d+)'.*? type='(\w+)'/g)) {
  if (enums.includes(type!)) constants[name!] = Number(value);
}
for (const [, name, text] of description.matchAll(/<macro name='(VIR_(?:MIGRATE_PARAM|DOMAIN_JOB)_\w+)'.*? string='([^']+)'/g)) {
  constants[name!] = text!;
}
await writeFile(join(import.meta.dirname, 'constants.json'), `${JSON.stringify(constants, undefined, 1)}\n`);
