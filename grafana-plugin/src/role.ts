import { config } from '@grafana/runtime';

export type OrgRole = 'Viewer' | 'Editor' | 'Admin';

const order: readonly string[] = ['Viewer', 'Editor', 'Admin'];

/** What Grafana says of the user. It only decides what is shown as possible: route and API refuse on their own. */
export function currentRole(): OrgRole {
  const role = config.bootData.user.orgRole as string;
  return order.includes(role) ? (role as OrgRole) : 'Viewer';
}

export const mayAct = (needed: OrgRole): boolean => order.indexOf(currentRole()) >= order.indexOf(needed);

/** Null when the user may; else the sentence that the disabled button shows. */
export function whyNot(needed: OrgRole, what: string): string | null {
  return mayAct(needed)
    ? null
    : `${what} needs the role ${needed}; you have ${currentRole()}. Ask an admin of this Grafana.`;
}

/** Who may not move a VM may still ask for it. */
export const moveLabel = (): 'Migrate' | 'Request' => (currentRole() === 'Editor' ? 'Request' : 'Migrate');

export const whyNotMove = (): string | null => (mayAct('Editor') ? null : whyNot('Admin', 'Migrating'));
