/** One method as ts-proto generates it for grpc-js. `never` stands where a codec's own type is narrower. */
export interface WireMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** A service definition as ts-proto generates it: `trading.TradingServiceService`. Keys are method names in camel case. */
export type WireService = { readonly [name: string]: WireMethod };

/** The message that a method receives. */
export type RequestOf<Method extends WireMethod> = ReturnType<Method['requestDeserialize']>;

/** The message that a method answers with. */
export type ResponseOf<Method extends WireMethod> = ReturnType<Method['responseDeserialize']>;

type NamesWhere<Service extends WireService, Shape> = {
  [Name in keyof Service & string]: Service[Name] extends Shape ? Name : never;
}[keyof Service & string];

/** Methods with one request and one response. */
export type UnaryName<Service extends WireService> = NamesWhere<
  Service,
  { readonly requestStream: false; readonly responseStream: false }
>;

/** Methods with one request and a stream of responses. */
export type ServerStreamName<Service extends WireService> = NamesWhere<
  Service,
  { readonly requestStream: false; readonly responseStream: true }
>;

/** Methods with streams both ways. */
export type BidiName<Service extends WireService> = NamesWhere<
  Service,
  { readonly requestStream: true; readonly responseStream: true }
>;

/** `clearway.audit.v1.AuditService`: the service's full name, as it stands in its methods' paths. */
export function serviceNameOf(definition: WireService): string {
  const [first] = Object.values(definition);
  if (!first) throw new Error('a service without methods has no name');
  return first.path.slice(1, first.path.lastIndexOf('/'));
}

/** `PlaceOrder` of `/clearway.trading.v1.TradingService/PlaceOrder`. */
export function methodNameOf(method: WireMethod): string {
  return method.path.slice(method.path.lastIndexOf('/') + 1);
}
