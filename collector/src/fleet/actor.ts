/** Who asks for something to be done; the API proves it before anything in `act` hears of it. */
export type Actor = {
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'admin';
  /** token, session, grafana, autopilot */
  readonly via: string;
  /** Where the request came from. */
  readonly address: string;
};
