import {
  type RpcService,
  rpcService,
  type ServiceHandlers,
  type WireMethod,
  type WireService,
} from '@clearway/platform-rpc';
import type { AnyBidiHandler, ServiceRoutes } from './routes';
import type { RoutedMethod, ShardRouter } from './shard-router';
import { SharedFlow } from './shared-flow';

/**
 * Puts the router before every method of the services: same names, same allow-lists, but a call goes to the shard that it
 * is for. `services` are those of any one shard. @throws Error for a service or method that has no route
 */
export function routedServices(
  services: readonly RpcService[],
  tables: readonly ServiceRoutes[],
  router: ShardRouter,
  shardCount: number,
): RpcService[] {
  return services.map(({ name, spec }, position) => {
    const table = tables.find((each) => each.name === name);
    if (table === undefined) throw new Error(`no routes are given for ${name}`);
    const handlers = Object.entries<WireMethod>(spec.definition).map(([key, method]) => {
      const route = table.routes[key];
      if (route === undefined) throw new Error(`${name} has no route for ${key}`);
      const routed = { definition: spec.definition, method, position, key, route };
      return [key, handlerFor(router, routed, shardCount)] as const;
    });
    return rpcService({
      ...spec,
      handlers: Object.fromEntries(handlers) as unknown as ServiceHandlers<WireService>,
    });
  });
}

function handlerFor(router: ShardRouter, routed: RoutedMethod, shardCount: number): unknown {
  const { method } = routed;
  if (method.requestStream) return bidi(router, routed, shardCount);
  if (!method.responseStream)
    return (...[request, call]: Parameters<UnaryShape>) => router.unary(routed, request, call);
  return (...[request, call, stream]: Parameters<StreamShape>) =>
    router.stream(routed, request, call, stream);
}

type UnaryShape = (
  request: unknown,
  call: Parameters<ShardRouter['unary']>[2],
) => ReturnType<ShardRouter['unary']>;
type StreamShape = (
  request: unknown,
  call: Parameters<ShardRouter['stream']>[2],
  stream: Parameters<ShardRouter['stream']>[3],
) => ReturnType<ShardRouter['stream']>;

/** A stream for one shard goes through whole; one for several is split by its route. */
function bidi(router: ShardRouter, routed: RoutedMethod, shardCount: number): AnyBidiHandler {
  return async (call, stream) => {
    const { split } = routed.route;
    if (shardCount === 1 || call.isForwarded || split === undefined)
      return router.wholeStream(routed, call, stream);
    const flow = new SharedFlow(stream);
    const open = (index: number, onMessage: (message: unknown) => void) =>
      router.openLeg(routed, index, call, flow, onMessage);
    return split({ shardCount, call, stream, open });
  };
}
