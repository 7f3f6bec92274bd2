import type { PluginMeta } from '@grafana/data';

/** Who is there and what is to be shown: the same facts that Grafana would hold. */
export type ConsoleSession = {
  user: { name: string; orgRole: OrgRole } | null;
  /** Every change must carry it: a page of another site cannot read it. */
  csrfToken: string;
  plugins: PluginMeta[];
};

export type OrgRole = 'Viewer' | 'Editor' | 'Admin';

type Me = { name: string; role: 'viewer' | 'operator' | 'admin'; csrf: string | null };

const orgRoles = { viewer: 'Viewer', operator: 'Editor', admin: 'Admin' } as const;
const csrfHeader = 'x-evenkeel-csrf';

export async function fetchSession(): Promise<ConsoleSession> {
  const [me, plugins] = await Promise.all([fetchMe(), fetchJson<PluginMeta[]>('/console/plugins')]);
  return {
    user: me === null ? null : { name: me.name, orgRole: orgRoles[me.role] },
    csrfToken: me?.csrf ?? '',
    plugins,
  };
}

/** Null when it worked; else why not. */
export async function login(token: string): Promise<string | null> {
  const response = await fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (response.ok) return null;
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? `The collector refused: HTTP ${String(response.status)}`;
}

export async function logout(csrfToken: string): Promise<void> {
  await fetch('/api/v1/session', { method: 'DELETE', headers: { [csrfHeader]: csrfToken } });
}

async function fetchMe(): Promise<Me | null> {
  const response = await fetch('/api/v1/me');
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`The collector did not answer: HTTP ${String(response.status)}`);
  return (await response.json()) as Me;
}

async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered HTTP ${String(response.status)}`);
  return (await response.json()) as T;
}
