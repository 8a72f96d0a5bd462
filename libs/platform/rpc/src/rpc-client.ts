import type { ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js';
import { type CallOptions, metadataFor, streamDeadlineMsFor, type UnaryCallOptions } from './call-options';
import { type ClientDuplex, type ClientStream, GrpcClientDuplex, GrpcClientStream } from './client-streams';
import { RpcChannel, type RpcChannelOptions } from './rpc-channel';
import { unaryRequest } from './unary-request';
import type {
  BidiName,
  RequestOf,
  ResponseOf,
  ServerStreamName,
  UnaryName,
  WireMethod,
  WireService,
} from './wire-service';

type OpenStream = ClientReadableStream<unknown> | ClientDuplexStream<unknown, unknown>;

/** A generated client class, of which only the definition is used: `trading.TradingServiceClient`. */
export interface ClientConstructor<Service extends WireService> {
  readonly service: Service;
}

/** Calls one service. Several clients may share one channel, and so one connection. */
export class RpcClient<Service extends WireService> {
  constructor(
    readonly channel: RpcChannel,
    private readonly definition: Service,
  ) {}

  /** Makes a unary call, always with a deadline. Rejects with RpcError. */
  call<Name extends UnaryName<Service>>(
    name: Name,
    request: RequestOf<Service[Name]>,
    options: UnaryCallOptions = {},
  ): Promise<ResponseOf<Service[Name]>> {
    const answer = unaryRequest(this.channel, this.method(name), request, options);
    return answer as Promise<ResponseOf<Service[Name]>>;
  }

  /** Opens a stream of responses, without a deadline unless the options set one. */
  stream<Name extends ServerStreamName<Service>>(
    name: Name,
    request: RequestOf<Service[Name]>,
    options: CallOptions = {},
  ): ClientStream<ResponseOf<Service[Name]>> {
    const method = this.method(name);
    const call = this.channel.current.makeServerStreamRequest<unknown, unknown>(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      request,
      metadataFor(options),
      deadlineOption(options),
    );
    this.track(call);
    return new GrpcClientStream(call, options) as ClientStream<ResponseOf<Service[Name]>>;
  }

  /** Opens a stream both ways, without a deadline unless the options set one. */
  duplex<Name extends BidiName<Service>>(
    name: Name,
    options: CallOptions = {},
  ): ClientDuplex<RequestOf<Service[Name]>, ResponseOf<Service[Name]>> {
    const method = this.method(name);
    const call = this.channel.current.makeBidiStreamRequest<unknown, unknown>(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      metadataFor(options),
      deadlineOption(options),
    );
    this.track(call);
    return new GrpcClientDuplex(call, options) as unknown as ClientDuplex<
      RequestOf<Service[Name]>,
      ResponseOf<Service[Name]>
    >;
  }

  /** Closes the channel, also for other clients that share it. */
  close(): void {
    this.channel.close();
  }

  private track(call: OpenStream): void {
    const tracked = this.channel.track(call);
    call.once('status', () => tracked.settled());
  }

  private method(name: string): WireMethod {
    const method = this.definition[name];
    if (!method) throw new Error(`no method ${name}`);
    return method;
  }
}

/** Opens a channel and a client on it. */
export function createRpcClient<Service extends WireService>(
  client: ClientConstructor<Service>,
  options: RpcChannelOptions,
): RpcClient<Service> {
  return new RpcClient(new RpcChannel(options), client.service);
}

function deadlineOption(options: CallOptions): { deadline?: number } {
  const deadline = streamDeadlineMsFor(options);
  return deadline === undefined ? {} : { deadline };
}
