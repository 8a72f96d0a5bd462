import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SERVICES, type ServiceName } from '@clearway/testing';
import { parseAllDocuments } from 'yaml';
import { PROCESSES, planProcess, SHARDS } from './process-plan';

const CHECKOUT_DIR = resolve(__dirname, '..', '..', '..');
const GOLDEN = join(CHECKOUT_DIR, 'deploy', 'kubernetes', 'golden', 'production.yaml');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly env: readonly { readonly name: string; readonly value?: string }[] },
        ];
      };
    };
  };
}

const MANIFESTS = parseAllDocuments(readFileSync(GOLDEN, 'utf8')).map((each) => each.toJS() as Manifest);

function statefulSet(name: ServiceName): Manifest['spec'] {
  const found = MANIFESTS.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === name);
  if (found === undefined) throw new Error(`the overlay has no ${name}`);
  return found.spec;
}

function settingsOf(name: ServiceName): readonly string[] {
  const shared = MANIFESTS.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('clearway-settings'),
  ).flatMap(({ data = {} }) => Object.keys(data));
  const own = statefulSet(name).template.spec.containers[0].env.map((each) => each.name);
  return [...new Set([...shared, ...own])].filter((each) => each.startsWith('CLEARWAY_')).sort();
}

function settingValueOf(name: ServiceName, setting: string): string | undefined {
  return statefulSet(name).template.spec.containers[0].env.find((each) => each.name === setting)?.value;
}

/** What the trial leaves to the cluster, or has because one machine has no more. */
const OF_THE_CLUSTER = ['CLEARWAY_OTLP_ENDPOINT', 'CLEARWAY_TRACE_SAMPLING_RATIO'];
const OF_THE_TRIAL = ['CLEARWAY_POSTGRES_POOL_SIZE_MAX', 'CLEARWAY_REDIS_CA'];

describe.each(SERVICES)('the trial of %s', (service) => {
  it('has the shards and processes of the production overlay', () => {
    expect(SHARDS[service]).toBe(Number(settingValueOf(service, 'CLEARWAY_SHARDS')));
    expect(PROCESSES[service]).toBe(statefulSet(service).replicas);
  });

  it('gives its processes the settings of the production overlay', () => {
    const processes = SERVICES.flatMap((each) =>
      Array.from({ length: PROCESSES[each] }, (_, at) => ({
        service: each,
        instance: `${each}-${at}`,
        port: at,
      })),
    );
    const { env } = planProcess(processes.find((each) => each.service === service) ?? processes[0]!, {
      checkoutDir: CHECKOUT_DIR,
      stateDir: '/state',
      processes,
      databaseUrlOf: () => 'postgres://a:b@c/d',
      tlsOf: () => ({ ca: '/ca', cert: '/cert', key: '/key' }),
      revokedPath: '/revoked',
      auditKeyPath: '/key',
      redisSettings: {
        CLEARWAY_REDIS_URL: 'rediss://redis',
        CLEARWAY_REDIS_USERNAME: 'a',
        CLEARWAY_REDIS_PASSWORD: 'b',
        CLEARWAY_REDIS_CA: '/ca',
      },
      logFile: undefined,
    });
    const names = Object.keys(env).filter(
      (each) => each.startsWith('CLEARWAY_') && !OF_THE_TRIAL.includes(each),
    );
    expect(names.sort()).toEqual(settingsOf(service).filter((each) => !OF_THE_CLUSTER.includes(each)));
    const sources = (text = ''): string[] => text.split(',').map((source) => source.split('=')[0] ?? '');
    if (service === 'audit')
      expect(sources(env.CLEARWAY_SOURCES)).toEqual(sources(settingValueOf('audit', 'CLEARWAY_SOURCES')));
  });
});
