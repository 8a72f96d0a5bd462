import type { ClearingStep, ExecuteSteps, LegSide } from '@clearway/domain-clearing';

/** Accounts that trade with each other; each must hold plenty of both assets. */
export const BASE_ASSET = 'AMZN';
/** The asset that is paid with. */
export const QUOTE_ASSET = 'USD';

const ORIGIN = 'trading/0';
const PRICE_MINOR = 10_000n;
const PRICE_STEPS = 500;
const FEE_DIVISOR = 5_000n;
/** Sagas that may be unfinished at a time: what trading has open under load. */
const OPEN_SAGAS = 4_000;

/** Name of an account by its number. */
export function accountAt(index: number): string {
  return `bench.${index}`;
}

/**
 * The legs that trading asks for, without trading: each trade is a saga of its own whose two legs stand side by side, between two
 * accounts that take turns. Deterministic.
 */
export class LegFlow {
  private trades = 0;

  constructor(private readonly accounts: number) {}

  /** The next command: both legs of so many trades, as one call of trading's brings them. */
  next(trades: number): ExecuteSteps {
    const steps: ClearingStep[] = [];
    for (let made = 0; made < trades; made += 1) {
      this.trades += 1;
      steps.push(this.step(0, 'buy'), this.step(1, 'sell'));
    }
    const finishedBelow = Math.max(1, this.trades - OPEN_SAGAS);
    return { kind: 'ExecuteSteps', originShard: ORIGIN, finishedBelow, steps };
  }

  private step(step: number, side: LegSide): ClearingStep {
    const number = this.trades;
    const quoteMinor = PRICE_MINOR + BigInt(number % PRICE_STEPS);
    const leg = {
      tradeNumber: number,
      account: accountAt((number + step) % this.accounts),
      side,
      baseAsset: BASE_ASSET,
      baseMinor: 1n,
      quoteAsset: QUOTE_ASSET,
      quoteMinor,
      feeMinor: quoteMinor / FEE_DIVISOR,
    };
    return { sagaNumber: number, step, phase: 'action', action: { kind: 'SettleLeg', leg } };
  }
}
