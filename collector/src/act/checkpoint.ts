/** The moments at which a crash of the collector would hurt most; tests crash it at each of them. */
export const checkpoints = [
  'requested',
  'checking',
  'checked',
  'reserved',
  'copying',
  'called',
  'first-bytes',
  'mid-copy',
  'aborting',
  'post-copy',
  'switching',
  'call-ended',
  'verified',
  'observed',
  'ended',
  'retrying',
] as const;
export type Checkpoint = (typeof checkpoints)[number];
