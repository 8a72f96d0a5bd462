import {
  type ClientStream,
  type RequestOf,
  type ResponseOf,
  type RpcChannel,
  RpcClient,
  RpcError,
  type WireMethod,
  type WireService,
} from '@clearway/platform-rpc';
import { CallFailed } from './call-failed';

type NamesOf<Service extends WireService, Streams extends boolean> = {
  [Name in keyof Service & string]: Service[Name] extends WireMethod & {
    readonly requestStream: false;
    readonly responseStream: Streams;
  }
    ? Name
    : never;
}[keyof Service & string];

/** Where a client calls, for the words of its errors. */
export interface CallPlace {
  /** "trading" */
  readonly service: string;
  /** HOST:PORT */
  readonly address: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How one call is made. */
export interface AskingOptions {
  readonly timeoutMs?: number;
  /** For the few methods that must not be sent twice. */
  readonly once?: boolean;
}

/**
 * Calls one gRPC service of the stack. A call may be sent twice unless it says otherwise: it reads, sets a state, or carries a
 * key. Errors are CallFailed: the service's own error with the place that it came from.
 */
export class ServiceClient<Service extends WireService> {
  /** @param channel opens the connection when it is first needed */
  constructor(
    private readonly channel: () => RpcChannel,
    private readonly definition: Service,
    private readonly place: CallPlace,
  ) {}

  /** Asks, within the time-out unless a longer one is given. */
  async call<Name extends NamesOf<Service, false>>(
    name: Name,
    request: RequestOf<Service[Name]>,
    { timeoutMs = this.place.timeoutMs, once = false }: AskingOptions = {},
  ): Promise<ResponseOf<Service[Name]>> {
    const { signal } = this.place;
    try {
      return await this.client().call(name as never, request, {
        idempotent: !once,
        timeoutMs,
        signal,
      });
    } catch (error) {
      throw this.told(name, error);
    }
  }

  /** Follows a stream until it ends, an error ends it, or `signal` is set. */
  async *follow<Name extends NamesOf<Service, true>>(
    name: Name,
    request: RequestOf<Service[Name]>,
    signal: AbortSignal,
  ): AsyncGenerator<ResponseOf<Service[Name]>> {
    const stream = this.client().stream(name as never, request, { signal });
    try {
      yield* stream as ClientStream<ResponseOf<Service[Name]>>;
    } catch (error) {
      if (!signal.aborted) throw this.told(name, error);
    }
  }

  private client(): RpcClient<Service> {
    return new RpcClient(this.channel(), this.definition);
  }

  private told(method: string, error: unknown): unknown {
    if (!(error instanceof RpcError)) return error;
    const { service, address } = this.place;
    const rpcName = method.charAt(0).toUpperCase() + method.slice(1);
    return new CallFailed(service, address, rpcName, error);
  }
}
