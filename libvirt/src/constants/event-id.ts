/** virDomainEventID: what to register for. */
export const EventId = {
  lifecycle: 0,
  reboot: 1,
  balloonChange: 13,
  migrationIteration: 20,
  jobCompleted: 21,
} as const;
