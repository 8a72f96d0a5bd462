import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Server, type ServerOptions } from '@grpc/grpc-js';
import { type AccessLog, BoundedAccessLog } from './access-log';
import { CallGate, type RateLimit } from './call-gate';
import type { CallObserver } from './call-observer';
import type { CallTracing } from './call-tracing';
import { http2ServersOf } from './grpc-internals';
import { HealthListener } from './health-listener';
import { Health } from './health-service';
import { DEFAULT_LIMITS, type RpcLimits } from './limits';
import { PeerSessions } from './peer-sessions';
import { reflectionServices } from './reflection-service';
import { limitRequestTime } from './request-time';
import { RevocationList } from './revocation-list';
import { RpcError } from './rpc-error';
import type { RpcLog } from './rpc-log';
import type { RpcService } from './rpc-service';
import { MutualTlsServerCredentials } from './server-credentials';
import { readTlsFiles, TLS_POLL_INTERVAL_MS, type TlsFiles, TlsFileWatcher } from './tls-files';

/** What a server is made of. */
export interface RpcServerOptions {
  /** host:port to listen on; port 0 takes a free one. */
  readonly address: string;
  readonly tls: TlsFiles;
  /** Made with `rpcService`. Health and reflection come with the server. */
  readonly services: readonly RpcService[];
  /** An encoded FileDescriptorSet that describes all services; without it there is no reflection. */
  readonly descriptorSet?: Uint8Array;
  /** Figures to set apart from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<RpcLimits>;
  readonly log: RpcLog;
  readonly access: AccessLog;
  readonly observer?: CallObserver;
  /** Traces the unary calls that it samples. */
  readonly tracing?: CallTracing;
  /** Lets a caller's call in, or gives the milliseconds after which it may try again; without it nobody is limited. */
  readonly rateLimit?: RateLimit | undefined;
  /** SPIFFE id that may hand on the calls of others: this service's own, where it runs as several processes. */
  readonly forwarder?: string | undefined;
  /** What health says at first; a standby starts with false. Default: true. */
  readonly serving?: boolean;
  /** host:port where health alone is told without TLS, for probes that have no certificate; default: nowhere. */
  readonly healthAddress?: string;
  /** How often the certificate files are read again. */
  readonly tlsPollIntervalMs?: number;
}

/** gRPC over mutual TLS 1.3 with identities, allow-lists, limits, health, reflection and a graceful end. */
export class RpcServer {
  private readonly limits: RpcLimits;
  private readonly grpc: Server;
  private readonly gate: CallGate;
  private readonly health: Health;
  private readonly access: AccessLog;
  /** Paths of methods that take a stream of requests. */
  private readonly requestStreams = new Set<string>();
  private readonly connections = new Set<ServerHttp2Session>();
  private readonly revocations: RevocationList;
  private watcher: TlsFileWatcher | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private boundPort = 0;
  private probes: HealthListener | undefined;
  private boundHealthPort = 0;

  constructor(private readonly options: RpcServerOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.access = new BoundedAccessLog(options.access, this.limits.refusalsLoggedPerSecondMax, options.log);
    const { log, observer, tracing } = options;
    this.revocations = new RevocationList(options.tls.revokedPath, log, options.tls.sharedRevocations);
    const { limits, access, revocations } = this;
    const { forwarder, rateLimit } = options;
    const settings = { limits, access, revocations, log, observer, forwarder, rateLimit, tracing };
    this.gate = new CallGate(settings, new PeerSessions(this.access));
    this.grpc = new Server(serverOptions(this.limits));
    const names = options.services.map((service) => service.name);
    this.health = new Health(names, options.serving ?? true);
    this.register(names);
  }

  /** Port that the server listens on; 0 before `start`. */
  get port(): number {
    return this.boundPort;
  }

  /** Port where health is told without TLS; 0 before `start` and where it is not. */
  get healthPort(): number {
    return this.boundHealthPort;
  }

  /** Work in hand, for metrics. */
  get load(): { readonly inFlightUnary: number; readonly openStreams: number } {
    return { inFlightUnary: this.gate.inFlightUnary, openStreams: this.gate.streams.size };
  }

  /** Reads the certificates and listens. Returns the port; rejects when a file is unusable or the address taken. */
  async start(): Promise<number> {
    const { log, tlsPollIntervalMs = TLS_POLL_INTERVAL_MS } = this.options;
    const tls = readTlsFiles(this.options.tls);
    this.revocations.start(tlsPollIntervalMs);
    const credentials = new MutualTlsServerCredentials(tls, this.limits.handshakeTimeoutMs);
    this.boundPort = await new Promise<number>((resolve, reject) => {
      this.grpc.bindAsync(this.options.address, credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.watchConnections();
    const replace = credentials.replace.bind(credentials);
    this.watcher = new TlsFileWatcher(this.options.tls, tls, replace, log, tlsPollIntervalMs);
    this.sweeper = setInterval(() => this.gate.endWithdrawnStreams(), tlsPollIntervalMs);
    this.sweeper.unref();
    await this.startProbes();
    return this.boundPort;
  }

  /** Says whether a service, or without a name the whole process, takes calls. Only health tells; calls still come in. */
  setServing(serving: boolean, serviceName?: string): void {
    this.health.setServing(serving, serviceName);
  }

  /**
   * Ends gracefully: health says NOT_SERVING, streams end with DRAINING, new calls are refused with it, clients are told to
   * go elsewhere (GOAWAY), calls in flight finish. What is still there after `timeoutMs` is cut. Resolves with whether all
   * finished in time.
   */
  async drain(timeoutMs: number): Promise<boolean> {
    this.health.setServing(false);
    this.gate.draining = true;
    for (const stream of this.gate.streams) stream.fail(new RpcError('DRAINING'));
    const finished = await this.shutDownWithin(timeoutMs);
    this.close();
    return finished;
  }

  /** Cuts everything at once. grpc-js forgets the connections when channelz is off, so they are cut here. */
  close(): void {
    clearInterval(this.sweeper);
    this.watcher?.close();
    this.revocations.close();
    this.grpc.forceShutdown();
    this.probes?.close();
    for (const connection of this.connections) connection.destroy();
  }

  private async startProbes(): Promise<void> {
    const { healthAddress } = this.options;
    if (healthAddress === undefined) return;
    this.probes = new HealthListener(this.health);
    try {
      this.boundHealthPort = await this.probes.start(healthAddress);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private register(names: readonly string[]): void {
    const healthService = this.health.service();
    const { descriptorSet, services } = this.options;
    const reflection = descriptorSet ? reflectionServices(descriptorSet, [...names, healthService.name]) : [];
    for (const service of [...services, healthService, ...reflection]) {
      const { definition, implementation } = service.bind(this.gate);
      for (const { path, requestStream } of Object.values(definition))
        if (requestStream) this.requestStreams.add(path);
      this.grpc.addService(definition, implementation);
    }
  }

  private watchConnections(): void {
    for (const server of http2ServersOf(this.grpc)) {
      server.maxConnections = this.limits.connectionsMax;
      server.on('session', (session) => {
        this.connections.add(session);
        limitRequestTime(session, this.limits.requestTimeMaxMs, (path) => this.requestStreams.has(path));
        session.once('close', () => this.connections.delete(session));
      });
      server.on('tlsClientError', (error, socket) => {
        const address = addressOf(socket);
        // Node judges the client's certificate after the handshake; then the error says only that the socket closed.
        const { authorizationError } = socket;
        this.options.log.warn({ err: error, authorizationError, address }, 'TLS handshake refused');
        this.access.refused(undefined, '', 'TLS_HANDSHAKE', address);
      });
    }
  }

  private shutDownWithin(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.grpc.tryShutdown((error) => {
        clearTimeout(timer);
        resolve(error === undefined);
      });
    });
  }
}

/** Makes a server; nothing is opened before `start`. */
export function createRpcServer(options: RpcServerOptions): RpcServer {
  return new RpcServer(options);
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? 'unknown' : `${remoteAddress}:${remotePort ?? 0}`;
}

function serverOptions(limits: RpcLimits): ServerOptions {
  return {
    'grpc.max_receive_message_length': limits.receiveMessageBytesMax,
    'grpc.max_concurrent_streams': limits.concurrentStreamsMax,
    'grpc.keepalive_time_ms': limits.keepaliveIntervalMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    'grpc.max_connection_age_ms': limits.connectionAgeMaxMs,
    'grpc.max_connection_age_grace_ms': limits.connectionAgeGraceMs,
    // channelz keeps counters on every call and message; our own observer does what is needed.
    'grpc.enable_channelz': 0,
  };
}
