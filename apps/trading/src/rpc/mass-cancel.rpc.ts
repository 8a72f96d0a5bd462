import type { trading } from '@clearway/contracts';
import type { MassCancelScope } from '@clearway/domain-trading';
import { isAccountId } from '@clearway/kernel';
import {
  fields,
  type PeerIdentity,
  RpcError,
  requireOwnAccount,
  type UnaryHandler,
} from '@clearway/platform-rpc';
import { SIDE } from '../codec/enums.codec';
import type { MassCanceler } from '../effects/mass-canceler';
import { refusalOf } from './order-answers';

const TEXT = { charsMax: 64 };

/** Cancels every open order of a scope and answers when none is left. */
export function massCancelRpc(
  canceler: MassCanceler,
): UnaryHandler<trading.MassCancelRequest, trading.MassCancelResponse> {
  return async (request, call) => {
    const canceled = await canceler.cancel(scopeOf(request, call.caller), call);
    if (canceled === undefined) throw new RpcError('OUTCOME_UNKNOWN');
    if (typeof canceled !== 'number') throw refusalOf(canceled);
    return { canceledOrders: canceled };
  };
}

/** A participant's orders are its own, whatever it names; an operator has to name something. */
function scopeOf(request: trading.MassCancelRequest, caller: PeerIdentity): MassCancelScope {
  const check = fields();
  const participant = check.optionalText('participant', request.participant, TEXT);
  const account = check.optionalText('account', request.account, TEXT);
  const symbol = check.optionalText('symbol', request.symbol, TEXT);
  const side = SIDE.fromWire(request.side);
  check.require(request.side === 0 || side !== undefined, 'side', 'has no known value');
  check.require(
    account === '' || isAccountId(account),
    'account',
    'is not an account id such as "alice.main"',
  );
  const isNamed = caller.kind === 'participant' || `${participant}${account}${symbol}` !== '';
  check.require(isNamed, 'participant', 'or account or symbol must be named by an operator');
  check.done();
  if (account !== '') requireOwnAccount(caller, account);
  if (caller.kind === 'participant' && participant !== '' && participant !== caller.name)
    throw new RpcError('NOT_YOUR_ACCOUNT');
  return {
    participant: caller.kind === 'participant' ? caller.name : participant || undefined,
    account: account || undefined,
    symbol: symbol || undefined,
    side,
  };
}
