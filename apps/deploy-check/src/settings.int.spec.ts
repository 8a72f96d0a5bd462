import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT_DIR, OVERLAYS, SERVICES } from './checkout';
import { type Container, readGolden, workloadsOf } from './manifest';

const CONFIG_EXIT_STATUS = 78;
/** Nobody listens there, so a service whose settings are right ends soon for want of its database. */
const NO_DATABASE = 'postgres://somebody:secret@127.0.0.1:1/nothing';

/** The environment of a container, with what comes from secrets and from the pod made up. */
function environmentOf(
  container: Container,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const env: Record<string, string> = { ...settings, PATH: process.env.PATH ?? '' };
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom?.secretKeyRef) env[name] = NO_DATABASE;
    else if (valueFrom?.fieldRef) env[name] = 'pod-0';
    else env[name] = (value ?? '').replace(/\$\((\w+)\)/g, (_, other: string) => env[other] ?? '');
  }
  return env;
}

describe.each(OVERLAYS)('the settings of %s', (overlay) => {
  const manifests = readGolden(overlay);
  const configMaps = new Map(manifests.map(({ kind, metadata, data }) => [`${kind}/${metadata.name}`, data]));

  it.each(SERVICES)('are those that %s reads', (name) => {
    const { pod } = workloadsOf(manifests).find(({ title }) => title === `StatefulSet/${name}`) ?? {};
    const [container] = pod?.containers ?? [];
    if (container === undefined) throw new Error(`no container of ${name}`);
    const settings =
      container.envFrom?.map((from) => configMaps.get(`ConfigMap/${from.configMapRef?.name}`)) ?? [];
    const env = environmentOf(container, Object.assign({}, ...settings));
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
