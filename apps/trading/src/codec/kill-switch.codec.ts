import type { trading } from '@clearway/contracts';
import type { KillScope, KillSwitch } from '@clearway/domain-trading';
import { isAccountId } from '@clearway/kernel';
import type { FieldCheck } from '@clearway/platform-rpc';

const INSTRUMENT = 'instrument/';
const ACCOUNT = 'account/';

/** A scope as the journal and the domain write it; undefined for any other text. */
export function parseKillScope(text: string): KillScope | undefined {
  if (text === 'all') return text;
  if (text.startsWith(INSTRUMENT)) return `instrument/${text.slice(INSTRUMENT.length)}`;
  if (text.startsWith(ACCOUNT)) return `account/${text.slice(ACCOUNT.length)}`;
  return undefined;
}

/** The scope that a request names, or violations of its shape. */
export function scopeFromWire(wire: trading.KillSwitchScope | undefined, check: FieldCheck): KillScope {
  const scope = wire?.scope;
  switch (scope?.$case) {
    case 'account':
      check.require(isAccountId(scope.value), 'scope.account', 'is not an account id such as "alice.main"');
      return `account/${scope.value}`;
    case 'instrument':
      check.text('scope.instrument', scope.value, { charsMax: 20 });
      return `instrument/${scope.value}`;
    case 'all':
      check.require(scope.value, 'scope.all', 'must be true');
      return 'all';
    case undefined:
      check.violation('scope', 'must name an account, an instrument or all');
      return 'all';
  }
}

/** An engaged switch. */
export function killSwitchToWire(killSwitch: KillSwitch): trading.KillSwitch {
  const { scope, ...rest } = killSwitch;
  return { ...rest, scope: { scope: scopeToWire(scope) } };
}

function scopeToWire(scope: KillScope): NonNullable<trading.KillSwitchScope['scope']> {
  if (scope === 'all') return { $case: 'all', value: true };
  if (scope.startsWith(INSTRUMENT)) return { $case: 'instrument', value: scope.slice(INSTRUMENT.length) };
  return { $case: 'account', value: scope.slice(ACCOUNT.length) };
}
