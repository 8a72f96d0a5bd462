import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_DIR, OVERLAYS, SERVICES, type ServiceName } from './checkout';
import { environmentOf } from './environment';
import { readGolden, workloadsOf } from './manifest';

const CONFIG_EXIT_STATUS = 78;
/** Nobody listens there, so a service whose settings are right ends soon for want of its database. */
const NO_DATABASE = 'postgres://somebody:secret@127.0.0.1:1/nothing';

/** The settings that a service's schema knows: others would be passed over without a word. */
function settingsOf(service: ServiceName): ReadonlySet<string> {
  const files = [
    ['apps', service, 'src', 'config.ts'],
    ['libs', 'platform', 'service', 'src', 'service-settings.ts'],
    ['libs', 'platform', 'config', 'src', 'service-settings.ts'],
  ];
  const names = files.flatMap((path) => [
    ...readFileSync(join(CHECKOUT_DIR, ...path), 'utf8').matchAll(/^ {2,4}(CLEARWAY_\w+): /gm),
  ]);
  return new Set(names.map(([, name = '']) => name));
}

describe.each(OVERLAYS)('the settings of %s', (overlay) => {
  const manifests = readGolden(overlay);

  it.each(SERVICES)('are those that %s reads', (name) => {
    const { pod } = workloadsOf(manifests).find(({ title }) => title === `StatefulSet/${name}`) ?? {};
    const [container] = pod?.containers ?? [];
    if (container === undefined) throw new Error(`no container of ${name}`);
    const secretOf = (secret: string): string => (secret === 'clearway-redis' ? 'somebody' : NO_DATABASE);
    const env = {
      PATH: process.env.PATH ?? '',
      ...environmentOf(container, manifests, { podName: 'pod-0', secretOf }),
    };
    const known = settingsOf(name);
    expect(Object.keys(env).filter((key) => key.startsWith('CLEARWAY_') && !known.has(key))).toEqual([]);
    // Listening needs free ports here, and audit's key and the certificates are files that only a cluster has.
    const here = {
      CLEARWAY_LISTEN: '127.0.0.1:0',
      CLEARWAY_HEALTH_LISTEN: '127.0.0.1:0',
      CLEARWAY_METRICS_LISTEN: '',
      CLEARWAY_OTLP_ENDPOINT: '',
    };
    const [entry = ''] = container.args ?? [];
    const run = (changes: Record<string, string>) =>
      spawnSync(process.execPath, [join(CHECKOUT_DIR, entry)], {
        env: { ...env, ...here, ...changes },
        timeout: 20_000,
      });
    const { status, stderr } = run({});
    const told = stderr.toString();
    // Audit looks for its key before its database: that it misses a file is the furthest it gets.
    const isMissingKey = name === 'audit' && told.includes('/var/run/clearway/signing/audit.key is missing');
    expect([told, isMissingKey ? 'key' : status]).toEqual([
      name === 'audit'
        ? expect.stringContaining('CLEARWAY_AUDIT_KEY')
        : expect.stringContaining('ECONNREFUSED'),
      name === 'audit' ? 'key' : 1,
    ]);
    expect(told).not.toContain('problem(s)');
    // A setting that is wrong would have been told.
    if (overlay === 'production')
      expect(run({ CLEARWAY_ADVERTISE: 'nowhere' }).status).toBe(CONFIG_EXIT_STATUS);
  });
});
