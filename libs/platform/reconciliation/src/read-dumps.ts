import { clearing, type common } from '@clearway/contracts';
import type { ReconciliationClients } from './reconciliation-clients';
import type {
  AuditDump,
  ClearingDump,
  LedgerPurpose,
  Position,
  Read,
  RiskDump,
  TradingDump,
} from './system-state';

/** The dumps of one moment, or nearly so. */
export interface Dumps {
  readonly trading: Read<TradingDump>;
  readonly risk: Read<RiskDump>;
  readonly clearing: Read<ClearingDump>;
  readonly audit: Read<AuditDump>;
}

const READ = { idempotent: true, timeoutMs: 20_000 } as const;

/** How many accounts are asked for their holds at a time. */
const ACCOUNTS_AT_ONCE = 32;

/** Reads every service's dump at the same time. A service that does not answer leaves the reason in its place. */
export async function readDumps(clients: ReconciliationClients): Promise<Dumps> {
  const [trading, risk, ledger, audit] = await Promise.all([
    read(() => readTrading(clients)),
    read(() => readRisk(clients)),
    read(() => readClearing(clients)),
    read(() => readAudit(clients)),
  ]);
  return { trading, risk, clearing: ledger, audit };
}

/** Makes of a read its value, or the sentence that says why there is none. */
export async function read<T>(ask: () => Promise<T>): Promise<Read<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

async function readTrading({ trading, tradingAdmin }: ReconciliationClients): Promise<TradingDump> {
  const { instruments } = await trading.call('listInstruments', {}, READ);
  const { position, needs } = await tradingAdmin.call('listOrderNeeds', {}, READ);
  return {
    position: positionOf(position),
    needs,
    cashAssets: new Set(instruments.map(({ quoteAsset }) => quoteAsset)),
  };
}

async function readRisk({ risk, riskAdmin }: ReconciliationClients): Promise<RiskDump> {
  const { position, funds } = await riskAdmin.call('listFunds', {}, READ);
  const accounts = [...new Set(funds.map(({ account }) => account))];
  const openHolds = new Map<string, number>();
  for (let first = 0; first < accounts.length; first += ACCOUNTS_AT_ONCE) {
    const asked = accounts.slice(first, first + ACCOUNTS_AT_ONCE);
    const answers = await Promise.all(asked.map((account) => risk.call('getAccountRisk', { account }, READ)));
    for (const answer of answers) openHolds.set(answer.account, answer.openHolds);
  }
  return { position: positionOf(position), funds, openHolds };
}

async function readClearing({ clearingAdmin }: ReconciliationClients): Promise<ClearingDump> {
  const dump = await clearingAdmin.call('listLedgerBalances', {}, READ);
  return {
    position: positionOf(dump.position),
    accounts: dump.balances.map((balance) => ({ ...balance, purpose: purposeOf(balance.purpose) })),
    settledBuyMinor: new Map(Object.entries(dump.settledBuyMinor)),
    settledSellMinor: new Map(Object.entries(dump.settledSellMinor)),
    legsSettled: dump.legsSettled,
    legsReversed: dump.legsReversed,
  };
}

async function readAudit({ audit }: ReconciliationClients): Promise<AuditDump> {
  const { shards, treeSize } = await audit.call('listCoverage', {}, READ);
  return { coverage: new Map(shards.map(({ shard, nextEvent }) => [shard, nextEvent])), treeSize };
}

function positionOf(position: common.JournalPosition | undefined): Position {
  if (!position) throw new Error('the answer names no journal position');
  return position;
}

function purposeOf(purpose: clearing.AccountPurpose): LedgerPurpose {
  switch (purpose) {
    case clearing.AccountPurpose.ACCOUNT_PURPOSE_CUSTOMER:
      return 'CUSTOMER';
    case clearing.AccountPurpose.ACCOUNT_PURPOSE_CCP:
      return 'CCP';
    case clearing.AccountPurpose.ACCOUNT_PURPOSE_FEES:
      return 'FEES';
    case clearing.AccountPurpose.ACCOUNT_PURPOSE_NOSTRO:
      return 'NOSTRO';
    default:
      return 'UNKNOWN';
  }
}
