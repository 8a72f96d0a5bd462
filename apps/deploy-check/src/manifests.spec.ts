import { readFileSync } from 'node:fs';
import { OVERLAYS } from './checkout';
import { findKustomize, render } from './kustomize';
import { goldenFile, type Manifest, readGolden, titleOf } from './manifest';
import { RULES } from './rules';

/** A copy of production's objects, one of which is spoiled. */
function spoiled(title: string, path: string, value: unknown): readonly Manifest[] {
  const copy = structuredClone(readGolden('production'));
  const found = copy.find((each) => titleOf(each) === title);
  if (found === undefined) throw new Error(`no ${title}`);
  plant(found, path.replace('POD', 'spec.template.spec').split('.'), value);
  return copy;
}

/** Puts a value at a path: undefined removes what is there, and a last step `+` adds to a list. */
function plant(object: object, [step = '', ...rest]: readonly string[], value: unknown): void {
  const fields = object as Record<string, unknown>;
  const next = fields[step];
  if (rest.length > 0 && typeof next === 'object' && next !== null) plant(next, rest, value);
  else if (rest.length > 0) throw new Error(`nothing at ${step}`);
  else if (step === '+' && Array.isArray(object)) object.push(value);
  else if (value === undefined) delete fields[step];
  else fields[step] = value;
}

const SERVICE = 'POD.containers.0';
const TO_ANYWHERE = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] };

describe('deploy/kubernetes', () => {
  const kustomize = findKustomize(process.env.PATH ?? '');
  if (kustomize === undefined)
    process.stdout.write('deploy: not rendered again, because there is neither kubectl nor kustomize here\n');

  (kustomize === undefined ? it.skip : it).each(OVERLAYS)(
    'renders %s as it was committed (npm run deploy:render writes it)',
    (overlay) => {
      if (kustomize === undefined) throw new Error('unreachable');
      expect(render(kustomize, overlay)).toBe(readFileSync(goldenFile(overlay), 'utf8'));
    },
  );

  describe.each(OVERLAYS)('%s', (overlay) => {
    it.each(Object.keys(RULES))('keeps the rule %s', (name) => {
      expect(RULES[name]?.(readGolden(overlay), overlay)).toEqual([]);
    });
  });

  it('has the kinds that the rules are about', () => {
    const kinds = new Set(readGolden('production').map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'Certificate',
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Issuer',
      'Job',
      'Namespace',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ]);
  });
});

/** Each rule is shown a fault of its kind; a rule that sees nothing is no rule. */
describe('rules', () => {
  const FAULTS: readonly [rule: string, title: string, path: string, value: unknown, problem: RegExp][] = [
    ['resources', 'StatefulSet/risk', `${SERVICE}.resources.limits.cpu`, undefined, /no limit of cpu/],
    ['resources', 'StatefulSet/risk', `${SERVICE}.resources.requests.memory`, '1Mi', /less memory/],
    ['probes', 'Deployment/otel-collector', `${SERVICE}.livenessProbe`, undefined, /no livenessProbe/],
    ['containerSecurity', 'StatefulSet/audit', `${SERVICE}.securityContext`, undefined, /may gain/],
    ['containerSecurity', 'StatefulSet/audit', `${SERVICE}.securityContext.privileged`, true, /privileged/],
    [
      'containerSecurity',
      'StatefulSet/audit',
      `${SERVICE}.securityContext.capabilities.add`,
      ['KILL'],
      /adds/,
    ],
    ['podSecurity', 'StatefulSet/audit', 'POD.securityContext.runAsUser', 0, /no user/],
    ['podSecurity', 'StatefulSet/audit', 'POD.hostNetwork', true, /namespaces with/],
    ['podSecurity', 'StatefulSet/audit', 'POD.volumes.+', { name: 'x', hostPath: {} }, /folders of the node/],
    ['accounts', 'StatefulSet/audit', 'POD.automountServiceAccountToken', true, /token/],
    ['accounts', 'ServiceAccount/audit', 'metadata.name', 'else', /audit, which nobody makes/],
    ['accounts', 'ServiceAccount/audit', 'kind', 'RoleBinding', /gives rights/],
    ['images', 'StatefulSet/audit', `${SERVICE}.image`, 'registry.example:5000/clearway', /no fixed/],
    ['images', 'StatefulSet/audit', `${SERVICE}.image`, 'clearway:latest', /no fixed/],
    [
      'secretsByReference',
      'StatefulSet/audit',
      `${SERVICE}.env.+`,
      { name: 'X', value: 'a://b:c@d' },
      /X is wr/,
    ],
    ['secretsByReference', 'ConfigMap/clearway-revoked', 'kind', 'Secret', /not in the repository/],
    ['services', 'StatefulSet/trading', 'metadata.name', 'else', /trading is missing/],
    ['services', 'StatefulSet/trading', 'spec.replicas', 1, /no standby/],
    ['services', 'StatefulSet/trading', `${SERVICE}.args`, ['apps/trading/dist/start.js'], /not there/],
    ['services', 'StatefulSet/trading', `${SERVICE}.livenessProbe.grpc.service`, undefined, /killed/],
    [
      'services',
      'StatefulSet/trading',
      `${SERVICE}.startupProbe.grpc.service`,
      undefined,
      /never have started/,
    ],
    ['services', 'StatefulSet/trading', `${SERVICE}.readinessProbe`, { httpGet: {} }, /not asked/],
    ['services', 'StatefulSet/trading', 'POD.terminationGracePeriodSeconds', 5, /cut before/],
    ['updates', 'StatefulSet/audit', 'spec.updateStrategy.type', 'RollingUpdate', /asks for OnDelete/],
    ['updates', 'StatefulSet/risk', 'spec.updateStrategy.type', 'OnDelete', /asks for RollingUpdate/],
    ['budgets', 'PodDisruptionBudget/risk', 'spec.selector.matchLabels', { a: 'b' }, /0 disruption/],
    ['budgets', 'PodDisruptionBudget/audit', 'spec.unhealthyPodEvictionPolicy', undefined, /must not/],
    ['spread', 'StatefulSet/risk', 'POD.affinity', undefined, /share a node/],
    ['spread', 'StatefulSet/risk', 'POD.topologySpreadConstraints', undefined, /share a zone/],
    ['addresses', 'Service/risk', 'spec.selector', { 'app.kubernetes.io/name': 'rsk' }, /of 0 workloads/],
    ['addresses', 'Service/risk', 'spec.ports.0.targetPort', 'web', /the port web/],
    ['addresses', 'Service/risk-pods', 'spec.publishNotReadyAddresses', undefined, /not name its standbys/],
    ['certificates', 'Certificate/risk', 'spec.uris.+', 'spiffe://clearway/svc/b', /exactly one/],
    ['certificates', 'Certificate/risk', 'spec.commonName', 'clearing', /common name/],
    ['certificates', 'Certificate/risk', 'spec.duration', '2160h', /longer than 24/],
    ['certificates', 'Certificate/risk', 'spec.renewBefore', '1h', /too late/],
    [
      'leastSecrets',
      'StatefulSet/risk',
      `${SERVICE}.envFrom.+`,
      { secretRef: { name: 'other' } },
      /is given/,
    ],
    ['leastSecrets', 'StatefulSet/risk', `${SERVICE}.env`, [], /is given/],
    ['references', 'ConfigMap/clearway-revoked', 'metadata.name', 'revoked', /clearway-revoked is nowhere/],
    ['references', 'Certificate/risk', 'spec.secretName', 'tls', /risk-tls is nowhere/],
    ['migrations', 'Job/migrate-risk-0-1-0', 'metadata.name', 'migrate-risk', /risk-0-1-0 is missing/],
    ['secretsByReference', 'ConfigMap/clearway-revoked', 'data', { a: 'rediss://b:c@d' }, /holds a password/],
    ['network', 'NetworkPolicy/redis-clients', 'spec.egress', [], />10\.20\.1\.0\/24:6379 can not leave/],
    [
      'redis',
      'StatefulSet/risk',
      `${SERVICE}.env.+`,
      { name: 'CLEARWAY_REDIS_URL', value: 'redis://r' },
      /TLS/,
    ],
    [
      'redis',
      'StatefulSet/risk',
      `${SERVICE}.env.+`,
      { name: 'CLEARWAY_REDIS_PASSWORD', value: 'x' },
      /no secret/,
    ],
    ['shards', 'StatefulSet/risk', 'spec.replicas', 3, /of 3 pods one may have none of 4/],
    ['shards', 'StatefulSet/risk', 'spec.replicas', 4, /audit: follows risk\/0=/],
    [
      'shards',
      'StatefulSet/audit',
      `${SERVICE}.env.+`,
      { name: 'CLEARWAY_SHARDS', value: '2' },
      /only have one/,
    ],
    [
      'shards',
      'StatefulSet/risk',
      `${SERVICE}.env.+`,
      { name: 'CLEARWAY_SHARDS', value: '5' },
      /not follow risk\/4/,
    ],
    [
      'shards',
      'StatefulSet/risk',
      `${SERVICE}.env.+`,
      { name: 'CLEARWAY_ADVERTISE', value: 'x:1' },
      /at x:1/,
    ],
    [
      'shards',
      'StatefulSet/clearing',
      `${SERVICE}.env.+`,
      { name: 'CLEARWAY_RISK_ADDRESS', value: 'risk:7002' },
      /clearing: CLEARWAY_RISK_ADDRESS is not risk-0/,
    ],
    ['network', 'NetworkPolicy/default-deny', 'spec.policyTypes', ['Ingress'], /shut by default/],
    ['network', 'NetworkPolicy/risk', 'spec.ingress.0.from', [], />risk:7002 can not arrive/],
    ['network', 'NetworkPolicy/trading', 'spec.egress', [], /trading>risk:7002 can not leave/],
    ['network', 'NetworkPolicy/risk', 'spec.ingress.0.from.+', { podSelector: {} }, /without a reason/],
    ['network', 'NetworkPolicy/risk', 'spec.egress.+', TO_ANYWHERE, /risk>0\.0\.0\.0\/0:443 may leave/],
  ];

  it('are all shown a fault', () => {
    expect([...new Set(FAULTS.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
  });

  it.each(FAULTS)('%s sees what is wrong with %s at %s', (rule, title, path, value, problem) => {
    expect(RULES[rule]?.(spoiled(title, path, value), 'production').join('\n')).toMatch(problem);
  });
});
