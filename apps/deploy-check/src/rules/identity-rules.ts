import { SERVICES } from '../checkout';
import { containersOf, ofKind, type PodSpec, specOf, titleOf, workloadsOf } from '../manifest';
import type { Rule } from './rule';

/** Longest that a stolen key of a service or an operator can be used. */
const LIFE_HOURS_MAX = 24;

interface CertificateSpec {
  readonly secretName: string;
  readonly commonName: string;
  readonly uris?: readonly string[];
  readonly duration: string;
  readonly renewBefore?: string;
  readonly usages?: readonly string[];
  readonly privateKey?: { readonly rotationPolicy?: string };
}

/** What production brings along under these names; docs/OPERATIONS.md lists them. */
const BROUGHT_ALONG = new Set([
  'clearway-ca',
  'audit-signing-key',
  'clearway-redis',
  ...SERVICES.flatMap((name) => [`${name}-postgres`, `${name}-postgres-owner`]),
]);

function hoursOf(text: string | undefined): number {
  const [, hours] = /^(\d+)h$/.exec(text ?? '') ?? [];
  return Number(hours ?? Number.NaN);
}

/** An identity's certificate: exactly one URI, whose last part is the common name; short of life, renewed in time, with a new key. */
export const certificates: Rule = (manifests) => {
  const identities = ofKind(manifests, 'Certificate').filter(
    (manifest) => specOf<CertificateSpec>(manifest).uris !== undefined,
  );
  const missing = SERVICES.filter((name) => !identities.some(({ metadata }) => metadata.name === name));
  return [
    ...missing.map((name) => `Certificate/${name} is missing`),
    ...identities.flatMap((manifest) => {
      const spec = specOf<CertificateSpec>(manifest);
      const [, name] =
        /^spiffe:\/\/clearway\/(?:svc|operator|participant)\/([\w.-]+)$/.exec(spec.uris?.[0] ?? '') ?? [];
      const life = hoursOf(spec.duration);
      const problems: [boolean, string][] = [
        [spec.uris?.length === 1 && name !== undefined, 'has not exactly one SPIFFE id'],
        [spec.commonName === name, 'its common name is not the last part of its SPIFFE id'],
        [life <= LIFE_HOURS_MAX, `lives longer than ${LIFE_HOURS_MAX} hours`],
        [hoursOf(spec.renewBefore) >= life / 3, 'is renewed too late for a weekend of trouble'],
        [spec.privateKey?.rotationPolicy === 'Always', 'keeps its key when it is renewed'],
        [spec.usages?.includes('client auth') === true, 'can not be shown to a server'],
      ];
      return problems
        .filter(([isRight]) => !isRight)
        .map(([, problem]) => `${titleOf(manifest)}: ${problem}`);
    }),
  ];
};

/** Every service mounts its own certificate and no other's, and the role that owns the schema is the migrations' alone. */
export const leastSecrets: Rule = (manifests) =>
  workloadsOf(manifests).flatMap(({ title, manifest, pod }) => {
    const name = SERVICES.find((service) => title === `StatefulSet/${service}`);
    const used = secretsOf(pod);
    if (name !== undefined) {
      const own = name === 'audit' ? ['audit-signing-key'] : [];
      const wanted = [`${name}-postgres`, `${name}-tls`, 'clearway-redis', ...own];
      return sameSet(used, wanted) ? [] : [`${title}: is given ${used.join(', ')}, not ${wanted.join(', ')}`];
    }
    const [, service] = /^migrate-(\w+)-/.exec(manifest.metadata.name) ?? [];
    if (service === undefined || pod.containers.length === 0) return [];
    return sameSet(used, [`${service}-postgres-owner`]) ? [] : [`${title}: is given ${used.join(', ')}`];
  });

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  return [...new Set(some)].sort().join() === [...others].sort().join();
}

function secretsOf(pod: PodSpec): readonly string[] {
  return [
    ...(pod.volumes ?? []).flatMap(({ secret }) => (secret ? [secret.secretName] : [])),
    ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef.name] : [])),
      ...envFrom.flatMap(({ secretRef }) => (secretRef ? [secretRef.name] : [])),
    ]),
  ];
}

/** Whatever a pod refers to exists: it is rendered, made by a Certificate, or among what production brings along. */
export const references: Rule = (manifests, overlay) => {
  const made = new Set(
    ofKind(manifests, 'Certificate').map((manifest) => specOf<CertificateSpec>(manifest).secretName),
  );
  const secrets = new Set(ofKind(manifests, 'Secret').map(({ metadata }) => metadata.name));
  const configMaps = new Set(ofKind(manifests, 'ConfigMap').map(({ metadata }) => metadata.name));
  const isSecret = (name: string): boolean =>
    made.has(name) || secrets.has(name) || (overlay === 'production' && BROUGHT_ALONG.has(name));
  return workloadsOf(manifests).flatMap(({ title, pod }) => {
    const maps = [
      ...(pod.volumes ?? []).flatMap(({ configMap }) => (configMap ? [configMap.name] : [])),
      ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
        ...env.flatMap(({ valueFrom }) =>
          valueFrom?.configMapKeyRef ? [valueFrom.configMapKeyRef.name] : [],
        ),
        ...envFrom.flatMap(({ configMapRef }) => (configMapRef ? [configMapRef.name] : [])),
      ]),
    ];
    return [
      ...secretsOf(pod).filter((name) => !isSecret(name)),
      ...maps.filter((name) => !configMaps.has(name)),
    ].map((name) => `${title}: ${name} is nowhere`);
  });
};

/** A job can not be changed: its name says which release it is of, so that the next one has jobs of its own. */
export const migrations: Rule = (manifests) => {
  const [image = ''] = workloadsOf(manifests)
    .filter(({ title }) => title === 'StatefulSet/trading')
    .map(({ pod }) => pod.containers[0]?.image ?? '');
  const suffix = (/:([\w.]+)/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1] ?? '').replaceAll('.', '-');
  return SERVICES.filter(
    (name) => !manifests.some((each) => titleOf(each) === `Job/migrate-${name}-${suffix}`),
  ).map((name) => `Job/migrate-${name}-${suffix} is missing`);
};
