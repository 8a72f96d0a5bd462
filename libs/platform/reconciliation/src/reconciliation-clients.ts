import { audit, clearing, common, risk, trading } from '@clearway/contracts';
import { RpcChannel, RpcClient, type RpcLog, type TlsFiles } from '@clearway/platform-rpc';
import type { ServiceName } from './system-state';

/** Where the services are and who asks: the identity must be an operator's. */
export interface ReconciliationTarget {
  /** host:port of each service, or of its owner and its standbys. */
  readonly addresses: Readonly<Record<ServiceName, string | readonly string[]>>;
  readonly tls: TlsFiles;
  readonly log: RpcLog;
}

/** Clients of everything that reconciliation reads; the clients of one service share a connection. */
export interface ReconciliationClients {
  readonly trading: RpcClient<typeof trading.TradingServiceService>;
  readonly tradingAdmin: RpcClient<typeof trading.TradingAdminServiceService>;
  readonly risk: RpcClient<typeof risk.RiskServiceService>;
  readonly riskAdmin: RpcClient<typeof risk.RiskAdminServiceService>;
  readonly clearingAdmin: RpcClient<typeof clearing.ClearingAdminServiceService>;
  readonly audit: RpcClient<typeof audit.AuditServiceService>;
  readonly invariants: Readonly<Record<ServiceName, RpcClient<typeof common.InvariantServiceService>>>;
  /** Closes all connections. */
  close(): void;
}

/** A dump of every account and order is larger than what services send each other. */
const RECEIVE_MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Opens one connection to each service. */
export function openReconciliationClients({
  addresses,
  tls,
  log,
}: ReconciliationTarget): ReconciliationClients {
  const open = (service: ServiceName): RpcChannel =>
    new RpcChannel({
      address: addresses[service],
      tls,
      expect: `svc/${service}`,
      log,
      receiveMessageBytesMax: RECEIVE_MESSAGE_BYTES_MAX,
    });
  const channels = {
    trading: open('trading'),
    risk: open('risk'),
    clearing: open('clearing'),
    audit: open('audit'),
  };
  const invariantsOf = (service: ServiceName): RpcClient<typeof common.InvariantServiceService> =>
    new RpcClient(channels[service], common.InvariantServiceService);
  return {
    trading: new RpcClient(channels.trading, trading.TradingServiceService),
    tradingAdmin: new RpcClient(channels.trading, trading.TradingAdminServiceService),
    risk: new RpcClient(channels.risk, risk.RiskServiceService),
    riskAdmin: new RpcClient(channels.risk, risk.RiskAdminServiceService),
    clearingAdmin: new RpcClient(channels.clearing, clearing.ClearingAdminServiceService),
    audit: new RpcClient(channels.audit, audit.AuditServiceService),
    invariants: {
      trading: invariantsOf('trading'),
      risk: invariantsOf('risk'),
      clearing: invariantsOf('clearing'),
      audit: invariantsOf('audit'),
    },
    close: () => {
      for (const channel of Object.values(channels)) channel.close();
    },
  };
}
