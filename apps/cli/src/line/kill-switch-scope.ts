import type { trading } from '@clearway/contracts';
import type { Option } from './command';
import type { CommandCall } from './command-call';
import { UsageError } from './usage-error';

/** The options that say what a kill switch covers. */
export const SCOPE_OPTIONS: Readonly<Record<string, Option>> = {
  account: { value: 'ACCOUNT', summary: 'an account', suggests: 'account' },
  symbol: { value: 'SYMBOL', summary: 'an instrument' },
  all: { summary: 'everything' },
};

/**
 * Reads what the kill switch covers.
 * @throws UsageError unless exactly one thing is named: nothing is stopped by leaving a word out
 */
export function killSwitchScopeOf(call: CommandCall): trading.KillSwitchScope {
  const account = call.text('account');
  const symbol = call.text('symbol');
  const named = [account !== '', symbol !== '', call.isOn('all')].filter(Boolean);
  if (named.length !== 1) throw new UsageError('Name one of --account ACCOUNT, --symbol SYMBOL or --all.');
  if (account !== '') return { scope: { $case: 'account', value: account } };
  if (symbol !== '') return { scope: { $case: 'instrument', value: symbol } };
  return { scope: { $case: 'all', value: true } };
}

/** What a kill switch covers, in words. */
export function scopeText(scope: trading.KillSwitchScope | undefined): string {
  const covered = scope?.scope;
  if (covered === undefined) return '';
  return covered.$case === 'all' ? 'everything' : `${covered.$case} ${covered.value}`;
}
