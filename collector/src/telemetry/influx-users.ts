import { type InfluxHttp, quoteIdentifier, quoteString } from './influx-http.ts';

export type InfluxUser = { readonly name: string; readonly password: string };

/**
 * Makes the admin of an InfluxDB 1.x that has no users yet. One that has them answers that it wants to know who asks,
 * and then `as` must be its admin already.
 */
export async function makeAdmin(nobody: InfluxHttp, admin: InfluxUser): Promise<void> {
  try {
    await nobody.query(
      `CREATE USER ${quoteIdentifier(admin.name)} WITH PASSWORD ${quoteString(admin.password)} WITH ALL PRIVILEGES`,
    );
  } catch (error) {
    if (!/\b401\b/.test(String(error))) throw withoutSecret(error, admin);
  }
}

/** Makes a user, or gives it this password, and one right on the database; doing it twice changes nothing. */
export async function makeUser(admin: InfluxHttp, user: InfluxUser, right: 'READ' | 'ALL'): Promise<void> {
  const name = quoteIdentifier(user.name);
  const [users] = await admin.query('SHOW USERS');
  const isThere = users?.values.some(([known]) => known === user.name) === true;
  const password = quoteString(user.password);
  try {
    await admin.query(
      isThere ? `SET PASSWORD FOR ${name} = ${password}` : `CREATE USER ${name} WITH PASSWORD ${password}`,
    );
  } catch (error) {
    throw withoutSecret(error, user);
  }
  await admin.query(`GRANT ${right} ON ${quoteIdentifier(admin.database)} TO ${name}`);
}

/** InfluxDB's errors quote the statement. */
const withoutSecret = (error: unknown, { password }: InfluxUser): Error =>
  new Error(String(error).replaceAll(quoteString(password), "'...'").replaceAll(password, '...'));
