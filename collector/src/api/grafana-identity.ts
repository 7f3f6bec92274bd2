import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { Type, type Static } from 'typebox';
import { Role } from './role.ts';

export const grafanaIdentityHeader = 'x-grafana-id';

export const GrafanaSettings = Type.Object(
  {
    url: Type.String({ minLength: 1, description: 'where this Grafana answers, e.g. http://127.0.0.1:3000' }),
    organisation: Type.Integer({ minimum: 1, default: 1, description: 'only users of this organisation' }),
    roles: Type.Object(
      {
        Viewer: Type.Union([Role, Type.Null()], { default: 'viewer' }),
        Editor: Type.Union([Role, Type.Null()], { default: 'operator' }),
        Admin: Type.Union([Role, Type.Null()], { default: 'admin' }),
      },
      {
        additionalProperties: false,
        default: {},
        description: 'what a Grafana role may do here; null: nothing',
      },
    ),
  },
  { additionalProperties: false },
);
export type GrafanaSettings = Static<typeof GrafanaSettings>;

export type GrafanaUser = {
  readonly name: string;
  /** 'unstated': older Grafanas do not put the role into the identity; then its routes alone decide. */
  readonly role: Role | 'none' | 'unstated';
};

/** Says who a user is by the identity that Grafana signed. Headers that anyone could write are not asked. */
export class GrafanaIdentity {
  readonly #settings: GrafanaSettings;
  readonly #keys: JWTVerifyGetKey;

  constructor(settings: GrafanaSettings, keys: JWTVerifyGetKey = publishedKeys(settings.url)) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /** Throws when the signature, the time, the audience or the kind of identity is not right. */
  async verify(jwt: string, now: number): Promise<GrafanaUser> {
    const { payload } = await jwtVerify(jwt, this.#keys, {
      algorithms: ['ES256'],
      audience: `org:${this.#settings.organisation}`,
      currentDate: new Date(now),
      clockTolerance: 10,
      requiredClaims: ['sub', 'exp'],
    });
    const subject = payload.sub ?? '';
    if (!subject.startsWith('user:')) throw new Error(`the identity is of "${subject}", not of a user`);
    const name = [payload.username, payload.email, subject].find(isName);
    const orgRole = payload.role;
    return { name: name!, role: isOrgRole(orgRole) ? (this.#settings.roles[orgRole] ?? 'none') : 'unstated' };
  }
}

const publishedKeys = (url: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL('api/signing-keys/keys', url.endsWith('/') ? url : `${url}/`), {
    timeoutDuration: 5000,
  });

const isName = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

const isOrgRole = (value: unknown): value is keyof GrafanaSettings['roles'] =>
  value === 'Viewer' || value === 'Editor' || value === 'Admin';
