import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { service as healthDefinition } from 'grpc-health-check';
import type { Health, ServingStatus } from './health-service';

/** Name under which a probe asks whether the process lives, whoever owns its shard. */
export const LIVE = 'live';

/** A probe asks for a name of a few bytes; nobody has a reason to send more. */
const REQUEST_BYTES_MAX = 1_024;
const STREAMS_PER_CONNECTION_MAX = 8;

interface Request {
  readonly service: string;
}

interface Response {
  readonly status: ServingStatus;
}

/**
 * Answers `grpc.health.v1.Health/Check` without TLS, for whoever starts and watches the process: the probes of Kubernetes
 * speak no TLS and have no certificate. It knows nothing but health: `live` says SERVING while the process answers at all,
 * every other name says what the real health service says, so the empty one NOT_SERVING on a standby and while draining.
 */
export class HealthListener {
  private readonly grpc = new Server({
    'grpc.max_receive_message_length': REQUEST_BYTES_MAX,
    'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION_MAX,
    'grpc.enable_channelz': 0,
  });

  constructor(private readonly health: Health) {
    const { Check: check } = healthDefinition as { Check: (typeof healthDefinition)[string] };
    this.grpc.addService(
      { Check: check },
      {
        Check: ({ request }: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>) =>
          this.check(request.service, answer),
      },
    );
  }

  /** Listens on host:port; port 0 takes a free one. Returns the port; rejects when the address is taken. */
  start(address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.grpc.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }

  /** Cuts everything at once. */
  close(): void {
    this.grpc.forceShutdown();
  }

  private check(service: string, answer: sendUnaryData<Response>): void {
    const found = service === LIVE ? 'SERVING' : this.health.statusOf(service);
    if (found !== undefined) answer(null, { status: found });
    else answer({ code: status.NOT_FOUND, details: 'no such service is served here' });
  }
}
