import { audit, clearing, common, marketdata, risk, saga, trading } from '@clearway/contracts';
import { openReconciliationClients, type ReconciliationClients } from '@clearway/platform-reconciliation';
import { RpcChannel, type RpcLog, type TlsFiles, type WireService } from '@clearway/platform-rpc';
import { HEALTH_SERVICE } from './health';
import { ServiceClient } from './service-client';
import type { StackDescription } from './stack-description';

/** The services in the order of an order's way. */
export const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;

/** Name of one service. */
export type ServiceName = (typeof SERVICES)[number];

/** The services that host sagas. */
export const SAGA_HOSTS = ['trading', 'clearing'] as const satisfies readonly ServiceName[];

/** Name of one of them. */
export type SagaHost = (typeof SAGA_HOSTS)[number];

/** How to connect. */
export interface StackOptions {
  readonly description: StackDescription;
  /** Certificate to call with. */
  readonly tls: TlsFiles;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What connections would log is told by the error of the call that failed. */
const SILENT_LOG: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Answers with every account are larger than what services send each other. */
const RECEIVE_MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** The one place where this program connects: every public service of one stack, called as one identity. */
export class Stack {
  readonly trading: ServiceClient<typeof trading.TradingServiceService>;
  readonly marketData: ServiceClient<typeof marketdata.MarketDataServiceService>;
  readonly tradingAdmin: ServiceClient<typeof trading.TradingAdminServiceService>;
  readonly risk: ServiceClient<typeof risk.RiskServiceService>;
  readonly riskAdmin: ServiceClient<typeof risk.RiskAdminServiceService>;
  readonly clearing: ServiceClient<typeof clearing.ClearingServiceService>;
  readonly clearingAdmin: ServiceClient<typeof clearing.ClearingAdminServiceService>;
  readonly audit: ServiceClient<typeof audit.AuditServiceService>;
  private readonly channels = new Map<ServiceName, RpcChannel>();
  private reconciliation: ReconciliationClients | undefined;

  constructor(private readonly options: StackOptions) {
    this.trading = this.client('trading', trading.TradingServiceService);
    this.marketData = this.client('trading', marketdata.MarketDataServiceService);
    this.tradingAdmin = this.client('trading', trading.TradingAdminServiceService);
    this.risk = this.client('risk', risk.RiskServiceService);
    this.riskAdmin = this.client('risk', risk.RiskAdminServiceService);
    this.clearing = this.client('clearing', clearing.ClearingServiceService);
    this.clearingAdmin = this.client('clearing', clearing.ClearingAdminServiceService);
    this.audit = this.client('audit', audit.AuditServiceService);
  }

  /** HOST:PORT of a service. */
  addressOf(service: ServiceName): string {
    return this.options.description.services[service];
  }

  /** A service's standard health service. */
  health(service: ServiceName): ServiceClient<typeof HEALTH_SERVICE> {
    return this.client(service, HEALTH_SERVICE);
  }

  /** A service's own invariants. */
  invariants(service: ServiceName): ServiceClient<typeof common.InvariantServiceService> {
    return this.client(service, common.InvariantServiceService);
  }

  /** The sagas of one host. */
  sagas(host: SagaHost): ServiceClient<typeof saga.SagaServiceService> {
    return this.client(host, saga.SagaServiceService);
  }

  /** What reconciliation reads with. */
  reconciliationClients(): ReconciliationClients {
    const { description, tls } = this.options;
    this.reconciliation ??= openReconciliationClients({
      addresses: description.services,
      tls,
      log: SILENT_LOG,
    });
    return this.reconciliation;
  }

  /** Closes every connection. */
  close(): void {
    for (const channel of this.channels.values()) channel.close();
    this.reconciliation?.close();
  }

  private client<Service extends WireService>(
    service: ServiceName,
    definition: Service,
  ): ServiceClient<Service> {
    const { timeoutMs, signal } = this.options;
    const place = { service, address: this.addressOf(service), timeoutMs, signal };
    return new ServiceClient(() => this.channel(service), definition, place);
  }

  private channel(service: ServiceName): RpcChannel {
    const open = this.channels.get(service);
    if (open) return open;
    const channel = new RpcChannel({
      address: this.addressOf(service),
      tls: this.options.tls,
      expect: `svc/${service}`,
      log: SILENT_LOG,
      receiveMessageBytesMax: RECEIVE_MESSAGE_BYTES_MAX,
    });
    this.channels.set(service, channel);
    return channel;
  }
}
