/** virDrvFeature: what ConnectSupportsFeature can be asked. */
export const Feature = {
  peerToPeer: 4,
  migrationV3: 6,
  keepalive: 10,
  migrationParams: 13,
  eventCallback: 14,
  closeCallback: 15,
} as const;
