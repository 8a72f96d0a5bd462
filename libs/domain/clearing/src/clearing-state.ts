import { ParticipantLog, Sagas } from '@clearway/domain-saga';
import { type Plain, PlainFields, type PlainParts, wholePlain } from '@clearway/kernel';
import { AccountFreezes } from './account-freezes';
import { Ledger } from './ledger';
import { OpenTrades } from './open-trades';
import { SettledTotals } from './settled-totals';
import { StandingLegs } from './standing-legs';
import { Transfers } from './transfers';

/** The whole state of one clearing shard. `evolve` alone changes it. */
export interface ClearingState {
  readonly ledger: Ledger;
  /** What was answered to the steps of other hosts' sagas. */
  readonly participants: ParticipantLog;
  readonly standingLegs: StandingLegs;
  readonly openTrades: OpenTrades;
  readonly settled: SettledTotals;
  readonly freezes: AccountFreezes;
  readonly transfers: Transfers;
  /** Sagas that this shard hosts: deposits, withdrawals and freezes. */
  readonly sagas: Sagas;
}

/** Returns the state of an empty journal. */
export function createClearingState(): ClearingState {
  return {
    ledger: new Ledger(),
    participants: new ParticipantLog(),
    standingLegs: new StandingLegs(),
    openTrades: new OpenTrades(),
    settled: new SettledTotals(),
    freezes: new AccountFreezes(),
    transfers: new Transfers(),
    sagas: new Sagas(),
  };
}

/** Returns the canonical snapshot: each part under its own name. */
export function snapshotClearingState(state: ClearingState): Plain {
  return wholePlain(cutClearingState(state));
}

/** The same bit by bit: answers and sagas are written down one by one while the state goes on. */
export function cutClearingState(state: ClearingState): PlainParts {
  const { participants, sagas, ...small } = state;
  const parts = Object.entries(small).map(([name, part]) => [name, part.snapshot()]);
  return new PlainFields({
    ...Object.fromEntries(parts),
    participants: participants.cut(),
    sagas: sagas.cut(),
  });
}

/** Rebuilds a state from its snapshot. It throws when a part has another shape. */
export function restoreClearingState(plain: Plain): ClearingState {
  const from = plain as Record<keyof ClearingState, Plain>;
  return {
    ledger: Ledger.restore(from.ledger),
    participants: ParticipantLog.restore(from.participants),
    standingLegs: StandingLegs.restore(from.standingLegs),
    openTrades: OpenTrades.restore(from.openTrades),
    settled: SettledTotals.restore(from.settled),
    freezes: AccountFreezes.restore(from.freezes),
    transfers: Transfers.restore(from.transfers),
    sagas: Sagas.restore(from.sagas),
  };
}
