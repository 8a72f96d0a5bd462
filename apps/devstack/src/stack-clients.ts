import { clearing, risk, trading } from '@clearway/contracts';
import type { TlsPaths } from '@clearway/platform-pki';
import { RpcChannel, RpcClient, type RpcLog, tlsFilesOf } from '@clearway/platform-rpc';
import type { ServiceName } from './identities';

/** For connections whose troubles are told by who uses them. */
export const SILENT_LOG: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The public services, called as one identity. */
export interface StackClients {
  readonly trading: RpcClient<typeof trading.TradingServiceService>;
  readonly tradingAdmin: RpcClient<typeof trading.TradingAdminServiceService>;
  readonly risk: RpcClient<typeof risk.RiskServiceService>;
  readonly riskAdmin: RpcClient<typeof risk.RiskAdminServiceService>;
  readonly clearing: RpcClient<typeof clearing.ClearingServiceService>;
  close(): void;
}

/** Connects to the services as the identity of the given certificate. Connections open when they are first used. */
export function connectStack(addressOf: (service: ServiceName) => string, tls: TlsPaths): StackClients {
  const open = (service: ServiceName): RpcChannel =>
    new RpcChannel({
      address: addressOf(service),
      tls: tlsFilesOf(tls),
      expect: `svc/${service}`,
      log: SILENT_LOG,
    });
  const channels = { trading: open('trading'), risk: open('risk'), clearing: open('clearing') };
  return {
    trading: new RpcClient(channels.trading, trading.TradingServiceService),
    tradingAdmin: new RpcClient(channels.trading, trading.TradingAdminServiceService),
    risk: new RpcClient(channels.risk, risk.RiskServiceService),
    riskAdmin: new RpcClient(channels.risk, risk.RiskAdminServiceService),
    clearing: new RpcClient(channels.clearing, clearing.ClearingServiceService),
    close: () => {
      for (const channel of Object.values(channels)) channel.close();
    },
  };
}
