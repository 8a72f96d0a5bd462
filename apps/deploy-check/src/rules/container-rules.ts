import { type Container, containersOf, type PodSpec, workloadsOf } from '../manifest';
import type { Rule } from './rule';

function forEachContainer(judge: (container: Container) => readonly string[]): Rule {
  return (manifests) =>
    workloadsOf(manifests).flatMap(({ title, pod }) =>
      containersOf(pod).flatMap((container) =>
        judge(container).map((problem) => `${title} ${container.name}: ${problem}`),
      ),
    );
}

function forEachPod(judge: (pod: PodSpec) => readonly string[]): Rule {
  return (manifests) =>
    workloadsOf(manifests).flatMap(({ title, pod }) => judge(pod).map((problem) => `${title}: ${problem}`));
}

function unless(isRight: boolean, problem: string): readonly string[] {
  return isRight ? [] : [problem];
}

/** CPU and memory are asked for and bounded; memory is not overcommitted, because a kill for want of it is a crash. */
export const resources: Rule = forEachContainer(({ resources: { requests = {}, limits = {} } = {} }) => [
  ...['cpu', 'memory'].flatMap((name) => [
    ...unless(requests[name] !== undefined, `requests no ${name}`),
    ...unless(limits[name] !== undefined, `has no limit of ${name}`),
  ]),
  ...unless(requests.memory === limits.memory, 'requests less memory than its limit'),
]);

/** Whoever serves is probed at the start, for readiness and for life; a job has an end instead. */
export const probes: Rule = (manifests) =>
  workloadsOf(manifests)
    .filter(({ manifest }) => manifest.kind !== 'Job')
    .flatMap(({ title, pod }) =>
      pod.containers.flatMap((container) =>
        (['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
          .filter((name) => container[name] === undefined)
          .map((name) => `${title} ${container.name}: has no ${name}`),
      ),
    );

/** Containers as Pod Security's `restricted` wants them, and with a root file system that can not be written. */
export const containerSecurity: Rule = forEachContainer(({ securityContext = {} }) => [
  ...unless(securityContext.allowPrivilegeEscalation === false, 'may gain privileges'),
  ...unless(securityContext.readOnlyRootFilesystem === true, 'may write its root file system'),
  ...unless(securityContext.privileged !== true, 'is privileged'),
  ...unless(securityContext.capabilities?.drop?.includes('ALL') === true, 'keeps capabilities'),
  ...unless((securityContext.capabilities?.add ?? []).length === 0, 'adds capabilities'),
]);

/** Pods as Pod Security's `restricted` wants them. */
export const podSecurity: Rule = forEachPod(
  ({ securityContext = {}, hostNetwork, hostPID, hostIPC, volumes = [] }) => [
    ...unless(securityContext.runAsNonRoot === true, 'may run as root'),
    ...unless(Number(securityContext.runAsUser ?? 0) > 0, 'names no user'),
    ...unless(securityContext.seccompProfile?.type === 'RuntimeDefault', 'filters no system calls'),
    ...unless(!hostNetwork && !hostPID && !hostIPC, 'shares namespaces with the node'),
    ...unless(
      volumes.every(({ hostPath }) => hostPath === undefined),
      'mounts folders of the node',
    ),
  ],
);

/** Each pod has an account of its own kind, without a token, and nobody has rights in the cluster. */
export const accounts: Rule = (manifests, overlay) => [
  ...forEachPod(({ serviceAccountName = 'default', automountServiceAccountToken }) => [
    ...unless(serviceAccountName !== 'default', 'uses the default account'),
    ...unless(automountServiceAccountToken === false, 'mounts a token'),
    ...unless(
      manifests.some(
        ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === serviceAccountName,
      ),
      `uses the account ${serviceAccountName}, which nobody makes`,
    ),
  ])(manifests, overlay),
  ...manifests
    .filter(({ kind }) => /Role(Binding)?$/.test(kind))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}: gives rights`),
];

/** An image that moves under a name makes two pods of one release differ. */
export const images: Rule = forEachContainer(({ image }) => {
  const [, tag] = /:([\w.-]+)(?:@sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
  return unless(tag !== undefined && tag !== 'latest', `runs ${image}, which is no fixed version`);
});

const HAS_PASSWORD = /:\/\/[^/]*:[^/]*@/;

/** Passwords come from secrets; a value that is written down is a leak. */
export const secretsByReference: Rule = (manifests, overlay) => [
  ...forEachContainer(({ env = [] }) =>
    env
      .filter(({ name, value = '' }) => HAS_PASSWORD.test(value) || (/PASSWORD|TOKEN/.test(name) && value))
      .map(({ name }) => `${name} is written down`),
  )(manifests, overlay),
  ...manifests
    .filter(
      ({ kind, data = {} }) =>
        kind === 'ConfigMap' && Object.values(data).some((value) => HAS_PASSWORD.test(value)),
    )
    .map(({ metadata }) => `ConfigMap/${metadata.name}: holds a password`),
  ...manifests
    .filter(({ kind }) => kind === 'Secret' && overlay === 'production')
    .map(({ metadata }) => `Secret/${metadata.name}: production's secrets are not in the repository`),
];
