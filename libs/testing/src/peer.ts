import { audit, clearing, common, marketdata, risk, saga, trading } from '@clearway/contracts';
import { RpcChannel, RpcClient, type RpcLog, type TlsFiles } from '@clearway/platform-rpc';

/** The four services. */
export const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;

/** Name of one service. */
export type ServiceName = (typeof SERVICES)[number];

/** Name of one process: that of its service, with `-b` for a second one that stands by. */
export type ProcessName = ServiceName | `${ServiceName}-b`;

/** The service that a process belongs to. */
export function serviceOf(process: ProcessName): ServiceName {
  return process.replace(/-b$/, '') as ServiceName;
}

/** For connections whose troubles are the test's own doing. */
export const SILENT_LOG: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Every public service of a stack, called as one identity. Connections open when they are first used. */
export class Peer {
  readonly channels: Readonly<Record<ServiceName, RpcChannel>>;
  readonly trading: RpcClient<typeof trading.TradingServiceService>;
  readonly tradingAdmin: RpcClient<typeof trading.TradingAdminServiceService>;
  readonly marketData: RpcClient<typeof marketdata.MarketDataServiceService>;
  readonly tradingSagas: RpcClient<typeof saga.SagaServiceService>;
  readonly risk: RpcClient<typeof risk.RiskServiceService>;
  readonly riskAdmin: RpcClient<typeof risk.RiskAdminServiceService>;
  readonly riskSteps: RpcClient<typeof risk.RiskStepServiceService>;
  readonly clearing: RpcClient<typeof clearing.ClearingServiceService>;
  readonly clearingAdmin: RpcClient<typeof clearing.ClearingAdminServiceService>;
  readonly clearingSagas: RpcClient<typeof saga.SagaServiceService>;
  readonly audit: RpcClient<typeof audit.AuditServiceService>;
  readonly invariants: Readonly<Record<ServiceName, RpcClient<typeof common.InvariantServiceService>>>;

  constructor(addressOf: (service: ServiceName) => string | readonly string[], tls: TlsFiles) {
    const open = (service: ServiceName): RpcChannel =>
      new RpcChannel({ address: addressOf(service), tls, expect: `svc/${service}`, log: SILENT_LOG });
    const channels = {
      trading: open('trading'),
      risk: open('risk'),
      clearing: open('clearing'),
      audit: open('audit'),
    };
    this.channels = channels;
    this.trading = new RpcClient(channels.trading, trading.TradingServiceService);
    this.tradingAdmin = new RpcClient(channels.trading, trading.TradingAdminServiceService);
    this.marketData = new RpcClient(channels.trading, marketdata.MarketDataServiceService);
    this.tradingSagas = new RpcClient(channels.trading, saga.SagaServiceService);
    this.risk = new RpcClient(channels.risk, risk.RiskServiceService);
    this.riskAdmin = new RpcClient(channels.risk, risk.RiskAdminServiceService);
    this.riskSteps = new RpcClient(channels.risk, risk.RiskStepServiceService);
    this.clearing = new RpcClient(channels.clearing, clearing.ClearingServiceService);
    this.clearingAdmin = new RpcClient(channels.clearing, clearing.ClearingAdminServiceService);
    this.clearingSagas = new RpcClient(channels.clearing, saga.SagaServiceService);
    this.audit = new RpcClient(channels.audit, audit.AuditServiceService);
    const invariantsOf = (service: ServiceName): RpcClient<typeof common.InvariantServiceService> =>
      new RpcClient(channels[service], common.InvariantServiceService);
    this.invariants = {
      trading: invariantsOf('trading'),
      risk: invariantsOf('risk'),
      clearing: invariantsOf('clearing'),
      audit: invariantsOf('audit'),
    };
  }

  close(): void {
    for (const channel of Object.values(this.channels)) channel.close();
  }
}
