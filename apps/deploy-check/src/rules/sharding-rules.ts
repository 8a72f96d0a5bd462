import { PORT_OF, SERVICES, type ServiceName } from '../checkout';
import { type ContainerEnvironment, environmentOf } from '../environment';
import { type Manifest, specOf, workloadsOf } from '../manifest';
import type { Rule } from './rule';
import { isRouted } from './service-rules';

/** A service as an overlay sets it up. */
interface Placement {
  readonly name: ServiceName;
  readonly replicas: number;
  readonly shards: number;
  readonly env: ContainerEnvironment;
}

/** Whom each service calls, by the setting that says where. */
const CALLEES: readonly [caller: ServiceName, setting: string, callee: ServiceName][] = [
  ['trading', 'CLEARWAY_RISK_ADDRESS', 'risk'],
  ['trading', 'CLEARWAY_CLEARING_ADDRESS', 'clearing'],
  ['clearing', 'CLEARWAY_RISK_ADDRESS', 'risk'],
];

/**
 * Shards and pods fit: each pod has a shard, or it would never be ready and hold up every rollout; each says where it is
 * itself; whoever calls or audits a service knows each of its pods, and audit each of the shards.
 */
export const shards: Rule = (manifests) => {
  const placements = placementsOf(manifests);
  const of = (name: ServiceName): Placement | undefined => placements.find((each) => each.name === name);
  return [
    ...placements.flatMap(problemsOfPlacement),
    ...CALLEES.flatMap(([caller, setting, callee]) => {
      const wanted = podsOf(of(callee)).join(',');
      return of(caller)?.env[setting] === wanted ? [] : [`${caller}: ${setting} is not ${wanted}`];
    }),
    ...sourceProblems(of('audit')?.env.CLEARWAY_SOURCES ?? '', placements),
  ];
};

/** What is shared goes over TLS, with a name and a password that are not in the URL. */
export const redis: Rule = (manifests) =>
  placementsOf(manifests).flatMap(({ name, env }) => {
    const {
      CLEARWAY_REDIS_URL: url = '',
      CLEARWAY_REDIS_USERNAME: user,
      CLEARWAY_REDIS_PASSWORD: password,
    } = env;
    return [
      ...(url.startsWith('rediss://') ? [] : [`${name}: speaks to Redis without TLS, or not at all`]),
      ...(user === SECRET && password === SECRET ? [] : [`${name}: its name at Redis comes from no secret`]),
    ];
  });

const SECRET = '(secret)';

function placementsOf(manifests: readonly Manifest[]): readonly Placement[] {
  return SERVICES.flatMap((name) => {
    const found = workloadsOf(manifests).find(({ title }) => title === `StatefulSet/${name}`);
    const [container] = found?.pod.containers ?? [];
    if (found === undefined || container === undefined) return [];
    const { replicas } = specOf<{ readonly replicas: number }>(found.manifest);
    const env = environmentOf(container, manifests, { podName: `${name}-0`, secretOf: () => SECRET });
    return [{ name, replicas, shards: Number(env.CLEARWAY_SHARDS ?? 1), env }];
  });
}

function podsOf(placement: Placement | undefined): readonly string[] {
  if (placement === undefined) return [];
  const { name, replicas } = placement;
  return Array.from({ length: replicas }, (_, pod) => `${name}-${pod}.${name}-pods:${PORT_OF[name]}`);
}

function problemsOfPlacement(placement: Placement): readonly string[] {
  const { name, replicas, shards: count, env } = placement;
  const advertised = env.CLEARWAY_ADVERTISE;
  const isBusy = !isRouted(name) || Math.ceil(count / replicas) * (replicas - 1) < count;
  return [
    ...(isBusy ? [] : [`${name}: of ${replicas} pods one may have none of ${count} shards`]),
    ...(isRouted(name) || count === 1 ? [] : [`${name}: can only have one shard`]),
    ...(advertised === podsOf(placement)[0] ? [] : [`${name}: a pod says that it is at ${advertised}`]),
  ];
}

function sourceProblems(sources: string, placements: readonly Placement[]): readonly string[] {
  const wanted = placements
    .filter(({ name }) => name !== 'audit')
    .flatMap((each) =>
      Array.from({ length: each.shards }, (_, index) => `${each.name}/${index}=${podsOf(each).join('|')}`),
    );
  const given = sources.split(',');
  return [
    ...wanted.filter((source) => !given.includes(source)).map((source) => `audit: does not follow ${source}`),
    ...given
      .filter((source) => !wanted.includes(source))
      .map((source) => `audit: follows ${source}, which is nowhere`),
  ];
}
