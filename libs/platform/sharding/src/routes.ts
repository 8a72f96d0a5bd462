import type {
  BidiHandler,
  CallContext,
  DuplexStream,
  RequestOf,
  ResponseOf,
  WireMethod,
  WireService,
} from '@clearway/platform-rpc';

/**
 * Where one request goes: the shard of a key, a shard by its index, every shard, the first that knows what is asked for, or
 * the one that the caller names in the header `clearway-shard` (no name is needed while there is one shard only).
 */
export type ShardTarget =
  | { readonly key: string }
  | { readonly index: number }
  | 'every'
  | 'first-that-knows'
  | 'named';

/** How a unary method finds its shards. */
export interface UnaryRoute<Request, Response> {
  target(request: Request): ShardTarget;
  /** Request for one of every shard, where it is not the same for all; undefined leaves the shard out. */
  part?(request: Request, index: number): Request | undefined;
  /** Makes one answer of those of every shard, in the order of the shards asked. */
  merge?(answers: readonly Response[], request: Request, indices: readonly number[]): Response;
  /** True where shards that know nothing of what is asked are left out, unless none knows. */
  readonly ignoreUnknown?: boolean;
  /** True for a method that must not be sent twice: it is not sent again when its outcome is unknown. */
  readonly once?: boolean;
}

/** How a stream of answers finds its shards; those of every shard are mixed as they come. */
export interface StreamRoute<Request> {
  target(request: Request): ShardTarget;
  /** Request for one of every shard, where it is not the same for all; undefined leaves the shard out. */
  part?(request: Request, index: number, shardCount: number): Request | undefined;
}

/** One shard's part of a stream both ways. */
export interface StreamLeg<Request> {
  /** Hands over a message; what the shard's queue does not take at once waits, so bound what is unanswered. */
  send(message: Request): void;
  /** Says that no more requests come. */
  end(): void;
  /** Settles when the shard has ended its part; rejects with RpcError when it could not go on. */
  readonly ended: Promise<void>;
}

/** Opens the part of a stream that one shard serves, wherever its owner is. */
export type OpenLeg<Request, Response> = (
  index: number,
  onMessage: (message: Response) => void,
) => Promise<StreamLeg<Request>>;

/** What a split of a stream both ways works with. */
export interface SplitParts<Request, Response> {
  readonly shardCount: number;
  readonly call: CallContext;
  readonly stream: DuplexStream<Request, Response>;
  readonly open: OpenLeg<Request, Response>;
}

/** Splits a stream both ways over shards; it ends when the promise does. It is not asked while there is one shard only. */
export interface BidiRoute<Request, Response> {
  split(parts: SplitParts<Request, Response>): Promise<void>;
}

/** The route that a method's shape asks for. */
export type RouteOf<Method extends WireMethod> = Method extends { readonly requestStream: true }
  ? BidiRoute<RequestOf<Method>, ResponseOf<Method>>
  : Method extends { readonly responseStream: true }
    ? StreamRoute<RequestOf<Method>>
    : UnaryRoute<RequestOf<Method>, ResponseOf<Method>>;

/** One route a method; a missing one does not compile. */
export type RouteTable<Service extends WireService> = {
  readonly [Name in keyof Service & string]: RouteOf<Service[Name]>;
};

/** A route table of which only the service's name is known. */
export interface ServiceRoutes {
  /** Full name, for example `clearway.risk.v1.RiskService`. */
  readonly name: string;
  readonly routes: Readonly<Record<string, AnyRoute>>;
}

/** A route whose messages' types are erased. */
export type AnyRoute = Partial<Omit<UnaryRoute<unknown, unknown>, 'part'> & BidiRoute<unknown, unknown>> &
  Pick<StreamRoute<unknown>, 'part'>;

/** A handler whose messages' types are erased. */
export type AnyBidiHandler = BidiHandler<unknown, unknown>;

/** Ties a table of routes to its service. */
export function routesOf<Service extends WireService>(
  definition: Service,
  routes: RouteTable<Service>,
): ServiceRoutes {
  const [first] = Object.values(definition);
  const path = first?.path ?? '';
  return {
    name: path.slice(1, path.lastIndexOf('/')),
    routes: routes,
  };
}
