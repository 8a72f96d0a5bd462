import { createFileRegistry, type DescMessage, type DescMethod, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { descriptorSetBase64 } from '@clearway/contracts';

/** One method as an attacker sees it: by its path and shape alone. */
export interface SurfaceMethod {
  /** `/clearway.trading.v1.TradingService/PlaceOrder` */
  readonly path: string;
  /** `TradingService.PlaceOrder` */
  readonly name: string;
  readonly kind: DescMethod['methodKind'];
  /** Undefined for the methods of gRPC itself. */
  readonly input: DescMessage | undefined;
}

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(descriptorSetBase64, 'base64')),
);

/** Health and reflection, which no file of ours describes. */
const OF_GRPC: Readonly<Record<string, readonly (readonly [string, DescMethod['methodKind']])[]>> = {
  'grpc.health.v1.Health': [
    ['Check', 'unary'],
    ['Watch', 'server_streaming'],
    ['List', 'unary'],
  ],
  'grpc.reflection.v1.ServerReflection': [['ServerReflectionInfo', 'bidi_streaming']],
  'grpc.reflection.v1alpha.ServerReflection': [['ServerReflectionInfo', 'bidi_streaming']],
};

/** Every method of a service that a process says it serves. Throws for a service that nobody has described. */
export function methodsOf(service: string): readonly SurfaceMethod[] {
  const shortName = service.slice(service.lastIndexOf('.') + 1);
  const own = OF_GRPC[service];
  if (own) {
    const pathOf = (name: string): string => `/${service}/${name}`;
    return own.map(([name, kind]) => ({
      path: pathOf(name),
      name: `${shortName}.${name}`,
      kind,
      input: undefined,
    }));
  }
  const found = registry.getService(service);
  if (!found) throw new Error(`${service} is served but not in the descriptor set`);
  return found.methods.map(({ name, methodKind, input }) => ({
    path: `/${service}/${name}`,
    name: `${shortName}.${name}`,
    kind: methodKind,
    input,
  }));
}
