/** What an event told between two polls. */
export type InventoryChange = {
  /** `arrived` and `left`: by migration. */
  readonly kind: 'started' | 'stopped' | 'arrived' | 'left' | 'paused' | 'resumed';
  readonly uuid: string;
  readonly vm: string;
  readonly host: string;
  readonly at: number;
};
