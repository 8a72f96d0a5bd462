import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_DIR, PORT_OF, SERVICES } from './checkout';
import { type Labels, type Manifest, ofKind, selects, specOf, workloadsOf } from './manifest';
import { isRouted } from './rules/service-rules';

/** `from>to:port`: who may open a connection to whom. */
export type Arrow = string;

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Labels };
  readonly namespaceSelector?: { readonly matchLabels?: Labels };
  readonly ipBlock?: { readonly cidr: string };
}

interface PolicyRule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number }[];
}

interface PolicySpec {
  readonly podSelector: { readonly matchLabels?: Labels };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

/**
 * The arrows between services as the code has them: who stands in a service's allow-lists, and the processes of one service
 * among themselves, where any of them hands calls to the owner.
 */
export function arrowsOfCode(): readonly Arrow[] {
  return SERVICES.flatMap((callee) => {
    const file = join(CHECKOUT_DIR, 'apps', callee, 'src', 'rpc', 'allow.ts');
    const callers = [...readFileSync(file, 'utf8').matchAll(/'svc\/([\w-]+)'/g)].map(
      ([, caller]) => caller ?? '',
    );
    const others = callers.filter((caller) => caller !== callee);
    const own = isRouted(callee) ? [callee] : [];
    return [...new Set([...others, ...own])].map((caller) => `${caller}>${callee}:${PORT_OF[callee]}`);
  }).sort();
}

/** Arrows that end or begin outside of the services, by overlay: people, figures, traces, databases, Redis. */
export function arrowsAround(overlay: 'dev' | 'production'): readonly Arrow[] {
  const database = overlay === 'dev' ? 'postgres' : '10.20.0.0/24';
  const shared = overlay === 'dev' ? 'redis' : '10.20.1.0/24';
  const traces = overlay === 'dev' ? 'jaeger' : 'monitoring/tempo';
  const jobs = [
    ...SERVICES.map((name) => `migrate-${name}`),
    ...(overlay === 'dev' ? ['provision-databases'] : []),
  ];
  return [
    ...SERVICES.flatMap((name) => [
      `[clients]>${name}:${PORT_OF[name]}`,
      `[monitoring]>${name}:9464`,
      `${name}>otel-collector:4318`,
      `${name}>${shared}:6379`,
    ]),
    ...[...SERVICES, ...jobs].map((name) => `${name}>${database}:5432`),
    `otel-collector>${traces}:4317`,
  ].sort();
}

/** The arrows that policies let out, and those that they let in; inside the namespace both must allow a connection. */
export function arrowsOfPolicies(manifests: readonly Manifest[]): {
  readonly out: readonly Arrow[];
  readonly in: readonly Arrow[];
} {
  const pods = new Map(workloadsOf(manifests).map(({ podLabels }) => [nameOf(podLabels), podLabels]));
  const policies = ofKind(manifests, 'NetworkPolicy').map((manifest) => specOf<PolicySpec>(manifest));
  const out = new Set<Arrow>();
  const into = new Set<Arrow>();
  for (const [name, labels] of pods) {
    for (const { podSelector, ingress = [], egress = [] } of policies) {
      if (!selects(podSelector.matchLabels, labels)) continue;
      for (const { to = [], ports = [] } of egress)
        for (const peer of to.flatMap((each) => namesOf(each, pods)))
          for (const { port } of ports) out.add(`${name}>${peer}:${port}`);
      for (const { from = [], ports = [] } of ingress)
        for (const peer of from.flatMap((each) => namesOf(each, pods)))
          for (const { port } of ports) into.add(`${peer}>${name}:${port}`);
    }
  }
  return { out: [...out].sort(), in: [...into].sort() };
}

/** Pods that no policy shuts are open to all: each must be shut both ways by one that selects everything. */
export function isShutByDefault(manifests: readonly Manifest[]): boolean {
  return ofKind(manifests, 'NetworkPolicy')
    .map((manifest) => specOf<PolicySpec>(manifest))
    .some(
      ({ podSelector, policyTypes, ingress, egress }) =>
        Object.keys(podSelector.matchLabels ?? {}).length === 0 &&
        policyTypes.includes('Ingress') &&
        policyTypes.includes('Egress') &&
        ingress === undefined &&
        egress === undefined,
    );
}

function nameOf(labels: Labels): string {
  return labels['app.kubernetes.io/name'] ?? '(no name)';
}

function namesOf(
  { podSelector, namespaceSelector, ipBlock }: Peer,
  pods: ReadonlyMap<string, Labels>,
): string[] {
  if (ipBlock !== undefined) return [ipBlock.cidr];
  const namespace = namespaceSelector?.matchLabels ?? {};
  const [, role] = /^clearway\.example\/(\w+)$/.exec(Object.keys(namespace)[0] ?? '') ?? [];
  if (role !== undefined) return [`[${role}]`];
  const wanted = podSelector?.matchLabels ?? {};
  if (namespaceSelector !== undefined) {
    const pod = wanted['k8s-app'] ?? nameOf(wanted);
    return [`${namespace['kubernetes.io/metadata.name'] ?? '(any namespace)'}/${pod}`];
  }
  return [...pods].filter(([, labels]) => selects(wanted, labels)).map(([name]) => name);
}
