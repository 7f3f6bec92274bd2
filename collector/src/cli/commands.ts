import type { Command } from './command.ts';

/** Every command by name; each is loaded only when it is called, so that starting one stays quick. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  // One line per command:  name: async () => (await import('./name.ts')).nameCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  fleet: async () => (await import('./fleet.ts')).fleetCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  hosts: async () => (await import('./hosts.ts')).hostsCommand,
  vms: async () => (await import('./vms.ts')).vmsCommand,
  findings: async () => (await import('./findings.ts')).findingsCommand,
  recommendations: async () => (await import('./recommendations.ts')).recommendationsCommand,
  migrations: async () => (await import('./migrations.ts')).migrationsCommand,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  drain: async () => (await import('./drain.ts')).drainCommand,
  'influxdb-setup': async () => (await import('./influxdb-setup.ts')).influxdbSetupCommand,
  token: async () => (await import('./token.ts')).tokenCommand,
  advise: async () => (await import('./advise.ts')).adviseCommand,
  'what-if': async () => (await import('./what-if.ts')).whatIfCommand,
  place: async () => (await import('./place.ts')).placeCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  learn: async () => (await import('./learn.ts')).learnCommand,
  stats: async () => (await import('./stats.ts')).statsCommand,
  journal: async () => (await import('./journal.ts')).journalCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  backtest: async () => (await import('./backtest.ts')).backtestCommand,
};
