import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CHECKOUT_DIR, type OverlayName } from './checkout';

/** Labels, as Kubernetes writes them. */
export type Labels = Readonly<Record<string, string>>;

/** One environment variable of a container. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

/** A probe, of which the rules look at the kind alone, and at the port and name of gRPC's. */
export interface Probe {
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly httpGet?: object;
  readonly exec?: { readonly command: readonly string[] };
}

/** What the rules look at in a container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
  readonly securityContext?: Readonly<Record<string, unknown>> & {
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
}

/** What the rules look at in a pod. */
export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: Readonly<Record<string, unknown>> & {
    readonly seccompProfile?: { readonly type: string };
  };
  readonly affinity?: {
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly topologyKey: string;
        readonly labelSelector: { readonly matchLabels: Labels };
      }[];
    };
  };
  readonly topologySpreadConstraints?: readonly {
    readonly labelSelector: { readonly matchLabels: Labels };
  }[];
  readonly terminationGracePeriodSeconds?: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName: string };
    readonly configMap?: { readonly name: string };
    readonly hostPath?: object;
  }[];
}

/** A rendered object. Its `spec` is as the kind says; `specOf` gives it a type. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: object;
  readonly data?: Labels;
}

/** A workload with the pods that it makes. */
export interface Workload {
  readonly manifest: Manifest;
  /** For example `StatefulSet/trading`. */
  readonly title: string;
  readonly podLabels: Labels;
  readonly pod: PodSpec;
}

const WORKLOAD_KINDS = new Set(['StatefulSet', 'Deployment', 'Job']);

/** Where the committed rendering of an overlay lies. */
export function goldenFile(overlay: OverlayName): string {
  return join(CHECKOUT_DIR, 'deploy', 'kubernetes', 'golden', `${overlay}.yaml`);
}

/** Reads the objects of a YAML stream. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/** Reads the committed rendering of an overlay. */
export function readGolden(overlay: OverlayName): readonly Manifest[] {
  return parseManifests(readFileSync(goldenFile(overlay), 'utf8'));
}

/** `Kind/name`. */
export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

/** The objects of one kind. */
export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** The spec under the type that its reader knows it to have: the schemas are checked apart from the rules. */
export function specOf<Spec>(manifest: Manifest): Spec {
  return (manifest.spec ?? {}) as Spec;
}

/** Everything that makes pods. */
export function workloadsOf(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests
    .filter(({ kind }) => WORKLOAD_KINDS.has(kind))
    .map((manifest) => {
      const { template } = specOf<{ template: { metadata: { labels?: Labels }; spec: PodSpec } }>(manifest);
      return {
        manifest,
        title: titleOf(manifest),
        podLabels: template.metadata.labels ?? {},
        pod: template.spec,
      };
    });
}

/** The containers of a pod, those that run first included. */
export function containersOf({ initContainers = [], containers }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}

/** Whether a selector of labels takes a pod; an empty one takes all. */
export function selects(wanted: Labels | undefined, labels: Labels): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value);
}
