import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_DIR, PORT_OF, SERVICES, type ServiceName } from '../checkout';
import {
  type Labels,
  type Manifest,
  ofKind,
  selects,
  specOf,
  titleOf,
  type Workload,
  workloadsOf,
} from '../manifest';
import type { Rule } from './rule';

const HEALTH_PORT = 7080;
/** What a service takes to stop when it has to be cut, and half as much again. */
const GRACE_SECONDS_MIN = 8;

interface StatefulSetSpec {
  readonly serviceName: string;
  readonly replicas: number;
  readonly updateStrategy: { readonly type: string };
}

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly publishNotReadyAddresses?: boolean;
  readonly selector: Labels;
  readonly ports: readonly { readonly port: number; readonly targetPort?: string | number }[];
}

interface BudgetSpec {
  readonly selector: { readonly matchLabels: Labels };
  readonly maxUnavailable?: number;
  readonly minAvailable?: number;
  readonly unhealthyPodEvictionPolicy?: string;
}

function serviceWorkloads(manifests: readonly Manifest[]): readonly (Workload & { name: ServiceName })[] {
  return SERVICES.flatMap((name) => {
    const found = workloadsOf(manifests).find(({ title }) => title === `StatefulSet/${name}`);
    return found === undefined ? [] : [{ ...found, name }];
  });
}

/** Whether any process of a service takes calls and hands them to the owner; otherwise the owner alone is ready. */
export function isRouted(service: ServiceName): boolean {
  const wiring = readFileSync(join(CHECKOUT_DIR, 'apps', service, 'src', 'wiring.ts'), 'utf8');
  return /^ {4}routes(:|,)/m.test(wiring);
}

/** Every service is there, with a standby, its own compiled entry, gRPC probes that tell owner from alive, and time to stop. */
export const services: Rule = (manifests) => [
  ...SERVICES.filter((name) => !serviceWorkloads(manifests).some((found) => found.name === name)).map(
    (name) => `StatefulSet/${name} is missing`,
  ),
  ...serviceWorkloads(manifests).flatMap(({ name, title, manifest, pod }) => {
    const [container] = pod.containers;
    const entry = container?.args?.[0] ?? '';
    const source = join(CHECKOUT_DIR, entry.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
    const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
    const problems: [boolean, string][] = [
      [specOf<StatefulSetSpec>(manifest).replicas >= 2, 'has no standby'],
      [entry.startsWith(`apps/${name}/`) && existsSync(source), `runs ${entry}, which is not there`],
      [
        readinessProbe?.grpc?.port === HEALTH_PORT && !readinessProbe.grpc.service,
        'is not asked whether it serves',
      ],
      [livenessProbe?.grpc?.service === 'live', 'a standby would be killed: liveness must ask for "live"'],
      [startupProbe?.grpc?.service === 'live', 'a standby would never have started: ask for "live"'],
      [(pod.terminationGracePeriodSeconds ?? 0) >= GRACE_SECONDS_MIN, 'is cut before it has drained'],
      [
        container?.ports?.some(({ containerPort }) => containerPort === PORT_OF[name]) === true,
        'shows no port',
      ],
    ];
    return problems.filter(([isRight]) => !isRight).map(([, problem]) => `${title}: ${problem}`);
  }),
];

/** A rolling update waits for each pod to be ready: it would wait for ever for a standby that is not. */
export const updates: Rule = (manifests) =>
  serviceWorkloads(manifests).flatMap(({ name, title, manifest }) => {
    const wanted = isRouted(name) ? 'RollingUpdate' : 'OnDelete';
    const { type } = specOf<StatefulSetSpec>(manifest).updateStrategy;
    return type === wanted
      ? []
      : [`${title}: is updated by ${type}, though its readiness asks for ${wanted}`];
  });

/** A budget takes every replicated workload's pods and lets some go; where only the owner is ready, the standbys always. */
export const budgets: Rule = (manifests) =>
  workloadsOf(manifests)
    .filter(({ podLabels }) =>
      ['service', 'telemetry'].includes(podLabels['app.kubernetes.io/component'] ?? ''),
    )
    .filter(({ manifest }) => manifest.kind !== 'Job')
    .flatMap(({ title, podLabels }) => {
      const own = ofKind(manifests, 'PodDisruptionBudget')
        .map((budget) => specOf<BudgetSpec>(budget))
        .filter(({ selector }) => selects(selector.matchLabels, podLabels));
      if (own.length !== 1) return [`${title}: ${own.length} disruption budgets`];
      const name = SERVICES.find((service) => title === `StatefulSet/${service}`);
      const isOwnerOnly = name !== undefined && !isRouted(name);
      const isRight = isOwnerOnly
        ? own[0]?.minAvailable === 1 && own[0].unhealthyPodEvictionPolicy === 'AlwaysAllow'
        : own[0]?.maxUnavailable === 1;
      return isRight ? [] : [`${title}: its disruption budget stops what it must not, or nothing`];
    });

/** In production owner and standby never share a node. */
export const spread: Rule = (manifests, overlay) =>
  serviceWorkloads(manifests).flatMap(({ title, pod, podLabels }) => {
    const rules = pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const isApart = rules.some(
      ({ topologyKey, labelSelector }) =>
        topologyKey === 'kubernetes.io/hostname' && selects(labelSelector.matchLabels, podLabels),
    );
    const zones = pod.topologySpreadConstraints ?? [];
    const isSpread = zones.some(({ labelSelector }) => selects(labelSelector.matchLabels, podLabels));
    return [
      ...(isApart || overlay === 'dev' ? [] : [`${title}: pods may share a node`]),
      ...(isSpread ? [] : [`${title}: pods may share a zone`]),
    ];
  });

/** Services find pods: selectors match, named ports exist, and a StatefulSet's own service names its pods before they are ready. */
export const addresses: Rule = (manifests) => {
  const pods = workloadsOf(manifests);
  const dangling = ofKind(manifests, 'Service').flatMap((manifest) => {
    const { selector, ports } = specOf<ServiceSpec>(manifest);
    const found = pods.filter(({ podLabels }) => selects(selector, podLabels));
    const names = new Set(
      found.flatMap(({ pod }) => pod.containers.flatMap((each) => each.ports ?? [])).map(({ name }) => name),
    );
    const missing = ports.filter(
      ({ targetPort }) => typeof targetPort === 'string' && !names.has(targetPort),
    );
    return [
      ...(found.length === 1 ? [] : [`${titleOf(manifest)}: selects the pods of ${found.length} workloads`]),
      ...missing.map(({ targetPort }) => `${titleOf(manifest)}: nobody has the port ${targetPort}`),
    ];
  });
  const headless = serviceWorkloads(manifests).flatMap(({ title, manifest }) => {
    const { serviceName } = specOf<StatefulSetSpec>(manifest);
    const own = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === serviceName);
    const { clusterIP, publishNotReadyAddresses } = own ? specOf<ServiceSpec>(own) : {};
    return clusterIP === 'None' && publishNotReadyAddresses === true
      ? []
      : [`${title}: ${serviceName} does not name its standbys`];
  });
  return [...dangling, ...headless];
};
