import { type AuditState, coverage, hashesEqual } from '@clearway/domain-audit';
import {
  type ClearingState,
  clearingInvariants,
  ledgerBalances,
  settledValue,
} from '@clearway/domain-clearing';
import { checkRiskInvariants, type RiskState } from '@clearway/domain-risk';
import type { Sagas } from '@clearway/domain-saga';
import { orderNeeds, type TradingState, tradingInvariants } from '@clearway/domain-trading';
import { type InvariantResult, invariant } from '@clearway/kernel';
import { decodeBatch, decodePlain, encodePlain } from '@clearway/platform-journal';
import { evaluateInvariants, type Position, type SystemState } from '@clearway/platform-reconciliation';
import { AUDITED, leafHashesOf } from './audit-service';
import { expectedBalances, type Flow, tradesTold } from './expected-balances';
import type { BalancesReadModel } from './read-model';
import type { ServiceGroup, ServiceName } from './service-group';

/** The whole system once it has come to rest. */
export interface RestingSystem {
  readonly groups: Readonly<Record<ServiceName, ServiceGroup>>;
  readonly readModel: BalancesReadModel;
  /** Trades that clients were told of, by order. */
  readonly toldTrades: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Everything that must hold between the services when nothing is under way, each by its name. */
export function atRestInvariants(system: RestingSystem): InvariantResult[] {
  const { groups, readModel } = system;
  return [
    ...evaluateInvariants(systemState(system)),
    ...Object.values(groups).map(replayGivesLiveState),
    fillsAppliedOnce(groups),
    ...tradesTold(flowOf(groups), system.toldTrades),
    readModelEqualsLedger(groups.clearing, readModel),
    treeHoldsEveryEvent(groups),
  ];
}

function systemState({ groups }: RestingSystem): SystemState {
  const trading = groups.trading.database.shadow as TradingState;
  const risk = groups.risk.database.shadow as RiskState;
  const clearing = groups.clearing.database.shadow as ClearingState;
  const audit = groups.audit.database.shadow as AuditState;
  const funds = risk.funds.entries();
  const accounts = [...new Set(funds.map(({ account }) => account))];
  const openHolds = new Map(accounts.map((account) => [account, risk.holds.countOf(account)]));
  const { buyMinor, sellMinor, legsSettled, legsReversed } = settledValue(clearing);
  const cashAssets = new Set([...trading.markets.values()].map(({ instrument }) => instrument.quoteAsset));
  const ok = <T>(value: T) => ({ ok: true, value }) as const;
  return {
    trading: ok({
      position: positionOf(groups.trading, trading.sagas),
      needs: orderNeeds(trading),
      cashAssets,
    }),
    risk: ok({ position: positionOf(groups.risk), funds, openHolds }),
    clearing: ok({
      position: positionOf(groups.clearing, clearing.sagas),
      accounts: ledgerBalances(clearing),
      settledBuyMinor: buyMinor,
      settledSellMinor: sellMinor,
      legsSettled,
      legsReversed,
    }),
    audit: ok({
      coverage: new Map(coverage(audit).map(({ sourceShard, nextEvent }) => [sourceShard, nextEvent])),
      treeSize: audit.tree.size,
    }),
    own: {
      trading: ok(tradingInvariants(trading)),
      risk: ok(checkRiskInvariants(risk)),
      clearing: ok(clearingInvariants(clearing)),
      audit: ok([treeHoldsEveryEvent(groups)]),
    },
    unrest: [],
  };
}

function positionOf({ database }: ServiceGroup, sagas?: Sagas): Position {
  const parked = [...(sagas?.values() ?? [])].filter(({ steps }) => steps.some((step) => step.parked));
  const { shard } = database.subject;
  return {
    shard,
    nextEvent: database.nextEvent,
    liveSagas: sagas?.liveCount ?? 0,
    parkedSagas: parked.length,
  };
}

/** From the first event, and from the newest snapshot: the very bytes of the state that a process works on. */
function replayGivesLiveState(group: ServiceGroup): InvariantResult {
  const { database, spec } = group;
  const { machine, codec } = spec;
  const live = group.serving()?.live;
  const bytes = encodePlain(machine.snapshot(live));
  const replay = (state: unknown, fromEvent: number): Buffer => {
    for (const row of database.rows) {
      const { contexts, events } = decodeBatch(row);
      events.forEach(({ type, data, context }, index) => {
        if (row.firstEvent + index < fromEvent) return;
        machine.evolve(state, codec.decode(type, data), contexts[context]?.atMicros ?? 0);
      });
    }
    return encodePlain(machine.snapshot(state));
  };
  const violations: string[] = [];
  if (!replay(machine.create(), 0).equals(bytes)) violations.push('the whole journal gives another state');
  const snapshot = database.snapshots.at(-1);
  if (snapshot && !replay(machine.restore(decodePlain(snapshot.state)), snapshot.nextEvent).equals(bytes))
    violations.push(`the snapshot at event ${snapshot.nextEvent} gives another state`);
  return invariant(`replay-gives-live-state (${spec.name})`, violations);
}

/** Deposits, withdrawals and the trades that stand, added up anew from the journals, are what ledger and risk say. */
function fillsAppliedOnce(groups: RestingSystem['groups']): InvariantResult {
  const { ledger } = groups.clearing.database.shadow as ClearingState;
  const { funds } = groups.risk.database.shadow as RiskState;
  const violations: string[] = [];
  for (const { account, asset, amountMinor } of expectedBalances(flowOf(groups))) {
    const settled = ledger.customerBalanceMinor(account, asset);
    const known = funds.get(account, asset).totalMinor;
    if (settled !== amountMinor || known !== amountMinor)
      violations.push(`${account} ${asset}: due ${amountMinor}, ledger ${settled}, risk ${known}`);
  }
  return invariant('fills-and-transfers-applied-once', violations);
}

function flowOf({ trading, clearing }: RestingSystem['groups']): Flow {
  return {
    trading: trading.database.events.map(({ event }) => event) as Flow['trading'],
    clearing: clearing.database.events.map(({ event }) => event) as Flow['clearing'],
  };
}

function readModelEqualsLedger({ database }: ServiceGroup, readModel: BalancesReadModel): InvariantResult {
  const accounts = ledgerBalances(database.shadow as ClearingState);
  const violations = accounts.flatMap(({ owner, asset, purpose, creditsMinor, debitsMinor }) => {
    const shown = readModel.balancesMinor.get(`${owner} ${asset} ${purpose}`) ?? 0n;
    return shown === creditsMinor - debitsMinor
      ? []
      : [`${owner} ${asset}: table ${shown}, ledger ${creditsMinor - debitsMinor}`];
  });
  return invariant('read-model-equals-ledger', violations);
}

/** Each source's leaves, in audit's journal, are the hashes of its events: none missing, doubled, reordered or altered. */
function treeHoldsEveryEvent(groups: RestingSystem['groups']): InvariantResult {
  const leaves = new Map<string, Uint8Array[]>();
  for (const { event } of groups.audit.database.events) {
    const { kind, sourceShard, leafHashes } = event as {
      kind: string;
      sourceShard: string;
      leafHashes: Uint8Array;
    };
    if (kind === 'LeavesAppended') leaves.set(sourceShard, [...(leaves.get(sourceShard) ?? []), leafHashes]);
  }
  const violations = AUDITED.flatMap((name) => {
    const { rows } = groups[name].database;
    const due = Buffer.concat(rows.map((row) => leafHashesOf(row, row.firstEvent)));
    const found = Buffer.concat(leaves.get(`${name}/0`) ?? []);
    return hashesEqual(due, found)
      ? []
      : [`${name}: ${found.length / 32} leaves for ${due.length / 32} events`];
  });
  return invariant('tree-holds-every-event', violations);
}
