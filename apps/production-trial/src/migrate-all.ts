import { join } from 'node:path';
import { Child, SERVICES, type ServiceName } from '@clearway/testing';

/** Migrates every service's schema with the role that owns it, in a process of its own, as a job of a deployment would. */
export async function migrateAll(
  checkoutDir: string,
  ownerUrlOf: (service: ServiceName) => string,
): Promise<void> {
  for (const service of SERVICES) {
    const child = new Child({
      name: `${service}-migrate`,
      command: process.execPath,
      args: [join(checkoutDir, 'apps', service, 'dist', 'migrate.js')],
      env: { PATH: process.env.PATH ?? '', CLEARWAY_POSTGRES_OWNER_URL: ownerUrlOf(service) },
    });
    child.start();
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`the schema of ${service} was not migrated\n${child.lines.join('\n')}`);
  }
}
