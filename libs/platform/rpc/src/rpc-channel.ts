import type { SecureContextOptions } from 'node:tls';
import { type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import { OwnerFinder } from './owner-finder';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget';
import { RevocationList } from './revocation-list';
import type { RpcLog } from './rpc-log';
import { type ServiceSubject, serverIdentityCheck } from './server-identity';
import { type OpenCall, ServiceEndpoint } from './service-endpoint';
import {
  readTlsFiles,
  secureContextOf,
  TLS_POLL_INTERVAL_MS,
  type TlsFiles,
  TlsFileWatcher,
} from './tls-files';

/** What a channel is made of. */
export interface RpcChannelOptions {
  /**
   * host:port, or any target that grpc-js resolves (`dns:///risk:7002`); or those of a service's owner and its standbys, of which
   * the one that serves is found and followed.
   */
  readonly address: string | readonly string[];
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
const NOT_TRACKED = { settled: (): void => undefined };

/** A connection to one service over mutual TLS 1.3, kept open, re-made when certificates change. Shared by its clients. */
export class RpcChannel {
  readonly retryBudget: RetryBudget;
  private readonly watcher: TlsFileWatcher;
  private readonly revocations: RevocationList;
  private readonly endpoints: readonly ServiceEndpoint[];
  private readonly finder: OwnerFinder<ServiceEndpoint> | undefined;
  private owner: ServiceEndpoint;

  constructor(private readonly options: RpcChannelOptions) {
    this.retryBudget = new RetryBudget(options.retryBudget);
    const { log, tlsPollIntervalMs = TLS_POLL_INTERVAL_MS } = options;
    const tls = readTlsFiles(options.tls);
    this.revocations = new RevocationList(options.tls.revokedPath, log, options.tls.sharedRevocations);
    this.revocations.start(tlsPollIntervalMs);
    const addresses = typeof options.address === 'string' ? [options.address] : options.address;
    const connect = (address: string) => (files: SecureContextOptions) => this.connect(address, files);
    this.endpoints = addresses.map((address) => new ServiceEndpoint(address, connect(address), tls));
    this.owner = firstOf(this.endpoints);
    this.finder = this.endpoints.length > 1 ? this.startFinder() : undefined;
    const swap = (renewed: SecureContextOptions): void => this.swap(renewed);
    this.watcher = new TlsFileWatcher(options.tls, tls, swap, log, tlsPollIntervalMs);
  }

  /** The client to make the next call on; it changes with the certificates, so do not keep it. */
  get current(): Client {
    return this.owner.current;
  }

  /** Remembers a call that was made on `current`, so that it ends when another process has taken the service over. */
  track(call: OpenCall): { settled(): void } {
    return this.finder === undefined ? NOT_TRACKED : this.owner.track(call);
  }

  /** Resolves when the connection stands; rejects when it does not within the time. */
  ready(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.current.waitForReady(Date.now() + timeoutMs, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Closes the channel: open calls still finish, new ones fail. */
  close(): void {
    this.finder?.stop();
    this.watcher.close();
    this.revocations.close();
    for (const endpoint of this.endpoints) endpoint.close();
  }

  private startFinder(): OwnerFinder<ServiceEndpoint> {
    const moveTo = (next: ServiceEndpoint): void => {
      const { owner } = this;
      this.owner = next;
      const { expect, log } = this.options;
      log.info({ expect, from: owner.address, to: next.address }, 'the service is served by another process');
      owner.abandon('the service is served by another process now');
    };
    return new OwnerFinder(this.endpoints, () => this.owner, moveTo);
  }

  private connect(address: string, tls: SecureContextOptions): Client {
    const { expect, receiveMessageBytesMax = RECEIVE_MESSAGE_BYTES_MAX } = this.options;
    const secure = credentials.createFromSecureContext(secureContextOf(tls), {
      checkServerIdentity: serverIdentityCheck(expect, this.revocations),
    });
    return new Client(address, secure, channelOptions(expect, receiveMessageBytesMax));
  }

  private swap(tls: SecureContextOptions): void {
    const { log, expect } = this.options;
    const warn = (error: Error): void =>
      log.warn({ err: error, expect }, 'peer not reached while certificates changed');
    for (const endpoint of this.endpoints) endpoint.swap(tls, warn);
  }
}

function firstOf<Each>(list: readonly Each[]): Each {
  const [first] = list;
  if (first === undefined) throw new TypeError('a channel needs an address');
  return first;
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
