import type { SecureContextOptions } from 'node:tls';
import { type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget';
import { RevocationList } from './revocation-list';
import type { RpcLog } from './rpc-log';
import { type ServiceSubject, serverIdentityCheck } from './server-identity';
import {
  readTlsFiles,
  secureContextOf,
  TLS_POLL_INTERVAL_MS,
  type TlsFiles,
  TlsFileWatcher,
} from './tls-files';

/** What a channel is made of. */
export interface RpcChannelOptions {
  /** host:port, or any target that grpc-js resolves (`dns:///risk:7002`). */
  readonly address: string;
  readonly tls: TlsFiles;
  /** Who must answer, by the SPIFFE id in its certificate. */
  readonly expect: ServiceSubject;
  readonly log: RpcLog;
  readonly retryBudget?: RetryBudgetOptions;
  /** Largest message received, in bytes. Default: 4 MiB. */
  readonly receiveMessageBytesMax?: number;
  /** How often the certificate files are read again. */
  readonly tlsPollIntervalMs?: number;
}

const RECEIVE_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** grpc-js waits up to two minutes by default; a peer that has restarted shall be found at once. */
const RECONNECT_BACKOFF_MIN_MS = 100;
const RECONNECT_BACKOFF_MAX_MS = 1_000;
const DNS_INTERVAL_MIN_MS = 1_000;
const KEEPALIVE_INTERVAL_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;
/** After new certificates, the new connection is given this long to stand before the old one goes. */
const SWAP_WAIT_MS = 5_000;
/** Calls that still wait on the old connection after a swap; it is closed once they must have ended. */
const OLD_CLIENT_GRACE_MS = 15_000;

/** A connection to one service over mutual TLS 1.3, kept open, re-made when certificates change. Shared by its clients. */
export class RpcChannel {
  readonly retryBudget: RetryBudget;
  private readonly watcher: TlsFileWatcher;
  private readonly revocations: RevocationList;
  private readonly retiring = new Map<Client, NodeJS.Timeout>();
  private grpc: Client;
  private closed = false;

  constructor(private readonly options: RpcChannelOptions) {
    this.retryBudget = new RetryBudget(options.retryBudget);
    const { log, tlsPollIntervalMs = TLS_POLL_INTERVAL_MS } = options;
    const tls = readTlsFiles(options.tls);
    this.revocations = new RevocationList(options.tls.revokedPath, log);
    this.revocations.start(tlsPollIntervalMs);
    this.grpc = this.connect(tls);
    const swap = (renewed: SecureContextOptions): void => this.swap(renewed);
    this.watcher = new TlsFileWatcher(options.tls, tls, swap, log, tlsPollIntervalMs);
  }

  /** The client to make the next call on; it changes with the certificates, so do not keep it. */
  get current(): Client {
    return this.grpc;
  }

  /** Resolves when the connection stands; rejects when it does not within the time. */
  ready(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.grpc.waitForReady(Date.now() + timeoutMs, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Closes the channel: open calls still finish, new ones fail. */
  close(): void {
    this.closed = true;
    this.watcher.close();
    this.revocations.close();
    this.grpc.close();
    for (const [client, timer] of this.retiring) {
      clearTimeout(timer);
      client.close();
    }
    this.retiring.clear();
  }

  private connect(tls: SecureContextOptions): Client {
    const { address, expect, receiveMessageBytesMax = RECEIVE_MESSAGE_BYTES_MAX } = this.options;
    const secure = credentials.createFromSecureContext(secureContextOf(tls), {
      checkServerIdentity: serverIdentityCheck(expect, this.revocations),
    });
    return new Client(address, secure, channelOptions(expect, receiveMessageBytesMax));
  }

  /** Opens a connection with the new certificates, moves over when it stands, then lets the old one finish its calls. */
  private swap(tls: SecureContextOptions): void {
    const next = this.connect(tls);
    next.waitForReady(Date.now() + SWAP_WAIT_MS, (error) => {
      if (error)
        this.options.log.warn(
          { err: error, expect: this.options.expect },
          'peer not reached while certificates changed',
        );
      if (this.closed) {
        next.close();
        return;
      }
      const old = this.grpc;
      this.grpc = next;
      this.retire(old);
    });
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

function channelOptions(expect: ServiceSubject, receiveMessageBytesMax: number): ChannelOptions {
  return {
    // Sent as TLS server name; an address would be refused there, and the identity is checked by SPIFFE id anyway.
    'grpc.ssl_target_name_override': `${expect.slice('svc/'.length)}.clearway`,
    'grpc.max_receive_message_length': receiveMessageBytesMax,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_BACKOFF_MIN_MS,
    'grpc.max_reconnect_backoff_ms': RECONNECT_BACKOFF_MAX_MS,
    'grpc.dns_min_time_between_resolutions_ms': DNS_INTERVAL_MIN_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_INTERVAL_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
  };
}
