import type { SecureContextOptions } from 'node:tls';
import { type Client, status as StatusCode } from '@grpc/grpc-js';

/** A call that is under way, unary or streamed; grpc-js has the part that ends it with a status of our own behind `call`. */
export interface OpenCall {
  readonly call?: { cancelWithStatus(code: number, details: string): void };
  cancel(): void;
}

/** Calls that still wait on the old connection after a swap; it is closed once they must have ended. */
const OLD_CLIENT_GRACE_MS = 15_000;
/** After new certificates, the new connection is given this long to stand before the old one goes. */
const SWAP_WAIT_MS = 5_000;

/** One address of a service and the connection to it, which is re-made when certificates change. */
export class ServiceEndpoint {
  private readonly retiring = new Map<Client, NodeJS.Timeout>();
  private readonly open = new Set<OpenCall>();
  private grpc: Client;
  private closed = false;

  constructor(
    readonly address: string,
    private readonly connect: (tls: SecureContextOptions) => Client,
    tls: SecureContextOptions,
  ) {
    this.grpc = connect(tls);
  }

  /** The client to make the next call on; it changes with the certificates. */
  get current(): Client {
    return this.grpc;
  }

  /** Remembers a call until `settled`, so that it can be ended when the service has moved. */
  track(call: OpenCall): { settled(): void } {
    this.open.add(call);
    return { settled: () => void this.open.delete(call) };
  }

  /** Ends what is under way with UNAVAILABLE: its process is not the owner any more and may never answer. */
  abandon(why: string): void {
    for (const call of this.open) {
      if (call.call === undefined) call.cancel();
      else call.call.cancelWithStatus(StatusCode.UNAVAILABLE, why);
    }
    this.open.clear();
  }

  /** Opens a connection with the new certificates, moves over when it stands, then lets the old one finish its calls. */
  swap(tls: SecureContextOptions, onNotReached: (error: Error) => void): void {
    const next = this.connect(tls);
    next.waitForReady(Date.now() + SWAP_WAIT_MS, (error) => {
      if (error) onNotReached(error);
      if (this.closed) {
        next.close();
        return;
      }
      const old = this.grpc;
      this.grpc = next;
      this.retire(old);
    });
  }

  /** Open calls still finish, new ones fail. */
  close(): void {
    this.closed = true;
    this.grpc.close();
    for (const [client, timer] of this.retiring) {
      clearTimeout(timer);
      client.close();
    }
    this.retiring.clear();
  }

  private retire(client: Client): void {
    const timer = setTimeout(() => {
      this.retiring.delete(client);
      client.close();
    }, OLD_CLIENT_GRACE_MS);
    timer.unref();
    this.retiring.set(client, timer);
  }
}
