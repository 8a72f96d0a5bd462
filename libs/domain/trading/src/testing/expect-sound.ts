import type { Plain } from '@clearway/kernel';
import { tradingInvariants } from '../invariants';
import { tradingMachine } from '../trading-machine';
import type { TradingDesk } from './trading-desk';

/** Throws unless every invariant holds, and journal and snapshot both give the very state. */
export function expectSound(desk: TradingDesk): void {
  const broken = tradingInvariants(desk.state).filter((result) => !result.holds);
  if (broken.length > 0) throw new Error(`broken: ${text(broken as unknown as Plain)}`);
  const snapshot = tradingMachine.snapshot(desk.state);
  expectSame('the journal', desk.replayed(), snapshot);
  expectSame('the snapshot', tradingMachine.snapshot(tradingMachine.restore(snapshot)), snapshot);
}

function expectSame(name: string, given: Plain, expected: Plain): void {
  const [left, right] = [text(given), text(expected)];
  if (left !== right) throw new Error(`${name} gives another state:\n${left}\nnot\n${right}`);
}

function text(plain: Plain): string {
  return JSON.stringify(
    plain,
    (_key, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      return value instanceof Uint8Array ? [...value] : value;
    },
    1,
  );
}
