import type { risk } from '@clearway/contracts';
import { fields, type TextRule, type UnaryHandler } from '@clearway/platform-rpc';
import { PARTICIPANT } from '../codec/risk-fields';
import { outcomeOf, type RiskCore } from '../risk-core';

const NOTE: TextRule = { charsMax: 500 };

/** Puts a participant on the blacklist or takes it off. */
export function setBlacklist(
  core: RiskCore,
): UnaryHandler<risk.SetBlacklistRequest, risk.SetBlacklistResponse> {
  return async ({ participant, blacklisted, note }, call) => {
    const check = fields();
    check.text('participant', participant, PARTICIPANT);
    check.optionalText('note', note, NOTE);
    check.done();
    const outcome = await core.submit({ kind: 'SetBlacklist', participant, blacklisted, note }, call);
    const { kind: _, ...answer } = outcomeOf(outcome, 'BlacklistSet');
    return answer;
  };
}
