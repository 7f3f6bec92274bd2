/**
 * What the unmodified release 3.0.3 of CloudSim measures on public PlanetLab days, trace files sorted by name; run
 * for this project, the reference that the CloudSim track is held against.
 */
export const cloudsimRuns: readonly {
  readonly day: string;
  readonly policy: 'lr-mmt-1.2' | 'thr-mmt-0.8';
  readonly energyKwh: number;
  readonly migrations: number;
  readonly slatah: number;
  readonly hostShutdowns: number;
}[] = [
  run('20110303', 'lr-mmt-1.2', 163.47721709836688, 27859, 0.05857947786183614, 5053),
  run('20110306', 'lr-mmt-1.2', 123.28418639236499, 20878, 0.05882360408734412, 4018),
  run('20110322', 'lr-mmt-1.2', 177.47790502761035, 32038, 0.06128427087359098, 5506),
  run('20110403', 'lr-mmt-1.2', 219.70121194547954, 37972, 0.05937122247356906, 6550),
  run('20110412', 'lr-mmt-1.2', 151.61150631686036, 26248, 0.06273739432438281, 4742),
  run('20110303', 'thr-mmt-0.8', 192.6230702104301, 26711, 0.049132826292777564, 5885),
  run('20110306', 'thr-mmt-0.8', 144.74116399795003, 20908, 0.051337116100120386, 4682),
  run('20110322', 'thr-mmt-0.8', 201.70097922369274, 28902, 0.05029107232344523, 5950),
  run('20110403', 'thr-mmt-0.8', 258.55767466003164, 35488, 0.04866021624664699, 7450),
  run('20110412', 'thr-mmt-0.8', 177.19762527010087, 24824, 0.049704215535780354, 5428),
];

function run(
  day: string,
  policy: 'lr-mmt-1.2' | 'thr-mmt-0.8',
  energyKwh: number,
  migrations: number,
  slatah: number,
  hostShutdowns: number,
) {
  return { day, policy, energyKwh, migrations, slatah, hostShutdowns };
}
