/** virNetServerServiceAuthMethods: how a daemon wants its clients to prove themselves. */
export const AuthType = {
  none: 0,
  sasl: 1,
  polkit: 2,
} as const;
