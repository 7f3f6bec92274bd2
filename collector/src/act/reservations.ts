/** What a migration holds on its target until a snapshot shows the VM there, or it came to nothing. */
export type Reservation = {
  readonly migration: string;
  readonly uuid: string;
  readonly from: string;
  readonly to: string;
  readonly memoryBytes: number;
};

export type Reservations = {
  readonly hold: (reservation: Reservation) => void;
  /** At once: the move came to nothing. */
  readonly release: (migration: string) => void;
  /** The VM arrived: the room is taken by itself from the next snapshot on. */
  readonly arrived: (migration: string, at: number) => void;
  /** Those that a snapshot of this moment does not show yet. */
  readonly beside: (snapshot: SnapshotSeen) => readonly Reservation[];
  readonly all: () => readonly Reservation[];
};

export type SnapshotSeen = {
  readonly at: number;
  readonly hostOf: (uuid: string) => string | undefined;
};

const forgetMs = 600_000;

export const createReservations = (): Reservations => {
  const held = new Map<string, { readonly reservation: Reservation; arrivedAt: number | null }>();
  return {
    hold: (reservation) => held.set(reservation.migration, { reservation, arrivedAt: null }),
    release: (migration) => held.delete(migration),
    arrived: (migration, at) => {
      const entry = held.get(migration);
      if (entry !== undefined) entry.arrivedAt = at;
    },
    beside: (snapshot) => {
      for (const [migration, { reservation, arrivedAt }] of held) {
        if (arrivedAt === null) continue;
        const shown = snapshot.hostOf(reservation.uuid) === reservation.to;
        if (shown || snapshot.at > arrivedAt + forgetMs) held.delete(migration);
      }
      return [...held.values()].map(({ reservation }) => reservation);
    },
    all: () =>
      [...held.values()].filter(({ arrivedAt }) => arrivedAt === null).map(({ reservation }) => reservation),
  };
};
