import { service as healthDefinition } from 'grpc-health-check';
import type { CallContext } from './call-context';
import { RpcError } from './rpc-error';
import { type RpcService, rpcService } from './rpc-service';
import type { ResponseStream } from './service-handlers';
import type { WireMethod } from './wire-service';

/** Status of a service as grpc.health.v1 names it. */
export type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

interface Request {
  readonly service: string;
}

interface Response {
  readonly status: ServingStatus;
}

interface Method<RequestMessage, ResponseMessage, Streams extends boolean> extends WireMethod {
  readonly requestStream: false;
  readonly responseStream: Streams;
  readonly requestDeserialize: (bytes: Buffer) => RequestMessage;
  readonly responseDeserialize: (bytes: Buffer) => ResponseMessage;
}

type HealthDefinition = {
  readonly Check: Method<Request, Response, false>;
  readonly Watch: Method<Request, Response, true>;
  readonly List: Method<object, { readonly statuses: Record<string, Response> }, false>;
};

/** Name under which the state of the whole process is asked for. */
export const OVERALL = '';

/**
 * The standard health service. It says NOT_SERVING while a process is a standby or draining, which is how load balancers
 * and Kubernetes learn to send calls elsewhere.
 */
export class Health {
  private readonly statuses = new Map<string, ServingStatus>();
  private readonly watchers = new Set<() => void>();

  constructor(serviceNames: readonly string[], serving: boolean) {
    for (const name of [OVERALL, ...serviceNames]) this.statuses.set(name, wordFor(serving));
  }

  /** Sets the status of one service, or with no name of the process and all its services. */
  setServing(serving: boolean, serviceName?: string): void {
    const names = serviceName === undefined ? [...this.statuses.keys()] : [serviceName];
    for (const name of names) this.statuses.set(name, wordFor(serving));
    for (const tell of this.watchers) tell();
  }

  /** What is said of a service, or with an empty name of the process; undefined for a name that is not served. */
  statusOf(serviceName: string): ServingStatus | undefined {
    return this.statuses.get(serviceName);
  }

  /** The gRPC service, open to every identity of our CA and answering even when the server is full. */
  service(): RpcService {
    return rpcService<HealthDefinition>({
      definition: healthDefinition as unknown as HealthDefinition,
      handlers: {
        Check: (request) => this.check(request),
        Watch: (request, call, stream) => this.watch(request, call, stream),
        List: () => Promise.resolve({ statuses: this.list() }),
      },
      allow: { Check: ['*'], Watch: ['*'], List: ['*'] },
      alwaysOpen: true,
    });
  }

  private async check({ service }: Request): Promise<Response> {
    const status = this.statusOf(service);
    if (status) return { status };
    throw new RpcError(
      'FIELD_INVALID',
      'No such service is served here.',
      { service },
      { status: 'NOT_FOUND' },
    );
  }

  private async watch(
    { service }: Request,
    call: CallContext,
    stream: ResponseStream<Response>,
  ): Promise<void> {
    let told: ServingStatus | undefined;
    const tell = (): void => {
      const status = this.statuses.get(service) ?? 'SERVICE_UNKNOWN';
      if (status !== told) stream.write({ status });
      told = status;
    };
    this.watchers.add(tell);
    tell();
    await aborted(call.signal);
    this.watchers.delete(tell);
  }

  private list(): Record<string, Response> {
    return Object.fromEntries([...this.statuses].map(([name, status]) => [name, { status }]));
  }
}

function wordFor(serving: boolean): ServingStatus {
  return serving ? 'SERVING' : 'NOT_SERVING';
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
