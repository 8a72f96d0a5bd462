import type { Container, Manifest } from './manifest';

/** A container's environment as its program will see it. */
export type ContainerEnvironment = Readonly<Record<string, string>>;

/**
 * The environment of a container: what its ConfigMaps say, then its own variables in their order, with references to earlier
 * ones filled in as the kubelet does. What only a cluster has is made up: of a secret by `secretOf`, of the pod by its name.
 */
export function environmentOf(
  container: Container,
  manifests: readonly Manifest[],
  {
    podName,
    secretOf,
  }: { readonly podName: string; readonly secretOf: (name: string, key: string) => string },
): Record<string, string> {
  const maps = new Map(manifests.map(({ kind, metadata, data }) => [`${kind}/${metadata.name}`, data]));
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? [])
    Object.assign(env, maps.get(`ConfigMap/${configMapRef?.name}`));
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    if (valueFrom?.secretKeyRef)
      env[name] = secretOf(valueFrom.secretKeyRef.name, valueFrom.secretKeyRef.key);
    else if (valueFrom?.fieldRef) env[name] = podName;
    else env[name] = value.replace(/\$\((\w+)\)/g, (whole, other: string) => env[other] ?? whole);
  }
  return env;
}
