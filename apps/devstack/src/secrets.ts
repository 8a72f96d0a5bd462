import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PASSWORD_BYTES = 24;

/** Passwords of one service's two database roles. */
export interface DatabasePasswords {
  readonly owner: string;
  readonly app: string;
}

/**
 * Has a password for both roles of each service, made at the first start and kept in a file that only its owner reads.
 * A file that is lost or damaged is made anew: the database takes whatever passwords it is given at each start.
 */
export async function ensurePasswords(
  stateDir: string,
  services: readonly string[],
): Promise<ReadonlyMap<string, DatabasePasswords>> {
  const file = join(stateDir, 'database-passwords.json');
  const kept = await readKept(file);
  const passwords = Object.fromEntries(
    services.map((service) => [service, kept[service] ?? { owner: randomPassword(), app: randomPassword() }]),
  );
  await replacePrivateFile(file, `${JSON.stringify(passwords, null, 2)}\n`);
  return new Map(Object.entries(passwords));
}

/** Writes a file that only its owner may read; readers see the old text or the new one, never half. */
export async function replacePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

async function readKept(file: string): Promise<Record<string, DatabasePasswords>> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Record<string, Partial<DatabasePasswords>>;
    const whole = Object.entries(found).flatMap(([service, { owner, app }]) =>
      typeof owner === 'string' && typeof app === 'string' ? [[service, { owner, app }] as const] : [],
    );
    return Object.fromEntries(whole);
  } catch {
    return {};
  }
}

function randomPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}
