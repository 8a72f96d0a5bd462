import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { type AllowPattern, type AllowTable, allowRule } from './allow-table';
import { type CallGate, type GatedMethod, MALFORMED_REQUEST } from './call-gate';
import type { BidiHandler, ServerStreamHandler, ServiceHandlers, UnaryHandler } from './service-handlers';
import { bidiCall, serverStreamCall } from './stream-call';
import { unaryCall } from './unary-call';
import { methodNameOf, serviceNameOf, type WireMethod, type WireService } from './wire-service';

/** A service as its author writes it. */
export interface RpcServiceSpec<Service extends WireService> {
  /** As generated: `trading.TradingServiceService`. */
  readonly definition: Service;
  readonly handlers: ServiceHandlers<Service>;
  /** Who may call what; every method has an entry. */
  readonly allow: AllowTable<Service>;
  /** True for services that must answer even when the server is full or draining. */
  readonly alwaysOpen?: boolean;
}

/** A service ready to be served. */
export interface RpcService {
  /** Full name, for example `clearway.trading.v1.TradingService`. */
  readonly name: string;
  /** What it was made of, for whoever puts something before its handlers. */
  readonly spec: RpcServiceSpec<WireService>;
  /** Puts the gate before each handler, in the shapes that grpc-js takes. */
  bind(gate: CallGate): { definition: ServiceDefinition; implementation: UntypedServiceImplementation };
}

type AnyHandler = BidiHandler<unknown, unknown> &
  ServerStreamHandler<unknown, unknown> &
  UnaryHandler<unknown, unknown>;

/** Joins a definition, its handlers and its allow-table; the compiler checks that none of them lacks a method. */
export function rpcService<Service extends WireService>(spec: RpcServiceSpec<Service>): RpcService {
  const allow = new Map<string, readonly AllowPattern[]>(Object.entries(spec.allow));
  const bindings = Object.entries<WireMethod>(spec.definition).map(([key, method]) => {
    const patterns = allow.get(methodNameOf(method));
    if (!patterns) throw new Error(`the allow-table lacks ${method.path}`);
    const handler = spec.handlers[key] as unknown as AnyHandler;
    return { key, method, handler, gated: gatedMethod(method, patterns, spec.alwaysOpen ?? false) };
  });
  return {
    name: serviceNameOf(spec.definition),
    spec: spec,
    bind: (gate) => ({
      definition: Object.fromEntries(bindings.map(({ key, method }) => [key, tolerant(method, gate)])),
      implementation: Object.fromEntries(
        bindings.map(({ key, method, gated, handler }) => [key, serve(gate, method, gated, handler)]),
      ),
    }),
  };
}

function gatedMethod(
  method: WireMethod,
  patterns: readonly AllowPattern[],
  alwaysOpen: boolean,
): GatedMethod {
  const isStream = method.requestStream || method.responseStream;
  return { path: method.path, isStream, mayCall: allowRule(patterns), alwaysOpen };
}

function serve(
  gate: CallGate,
  method: WireMethod,
  gated: GatedMethod,
  handler: AnyHandler,
): UntypedServiceImplementation[string] {
  if (method.requestStream) return bidiCall(gate, gated, handler) as UntypedServiceImplementation[string];
  if (method.responseStream) return serverStreamCall(gate, gated, handler);
  return unaryCall(gate, gated, handler);
}

/**
 * Wraps the codecs. grpc-js answers INTERNAL to bytes that do not decode, though the fault is the caller's; and it keeps
 * silent about an answer that does not encode, though that is a bug of ours.
 */
function tolerant(method: WireMethod, gate: CallGate): MethodDefinition<unknown, unknown> {
  const { requestDeserialize, responseSerialize } = method as unknown as MethodDefinition<unknown, unknown>;
  return {
    ...(method as unknown as MethodDefinition<unknown, unknown>),
    requestDeserialize: (bytes) => {
      try {
        return requestDeserialize(bytes);
      } catch {
        return MALFORMED_REQUEST;
      }
    },
    responseSerialize: (value) => {
      try {
        return responseSerialize(value);
      } catch (thrown) {
        gate.settings.log.error({ err: thrown, method: method.path }, 'an answer could not be encoded');
        throw thrown;
      }
    },
  };
}
