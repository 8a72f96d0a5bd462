import type { SelfTradeAction } from '@clearway/domain-trading';
import { participantOf } from '@clearway/kernel';

const WORDS: readonly SelfTradeAction[] = [
  'CANCEL_NEWEST',
  'CANCEL_OLDEST',
  'CANCEL_BOTH',
  'DECREMENT',
  'ALLOW',
];

/** What orders that say nothing about self-trades do: by participant, and for all others. */
export interface SelfTradeModes {
  readonly others: SelfTradeAction;
  readonly byParticipant: ReadonlyMap<string, SelfTradeAction>;
}

/** What applies where nothing is configured. */
export const SELF_TRADE_MODES_DEFAULT: SelfTradeModes = { others: 'CANCEL_NEWEST', byParticipant: new Map() };

/** Reads `MODE[,PARTICIPANT=MODE…]`; undefined for any other text. */
export function parseSelfTradeModes(text: string): SelfTradeModes | undefined {
  const [first = '', ...rest] = text.split(',').map((part) => part.trim());
  const others = modeOf(first);
  const entries = rest
    .map((part) => part.split('='))
    .map(([name = '', word = '']) => [name, modeOf(word)] as const);
  if (!others || entries.some(([name, mode]) => name === '' || !mode)) return undefined;
  return { others, byParticipant: new Map(entries as [string, SelfTradeAction][]) };
}

/** The mode of an account's orders that name none. */
export function selfTradeModeOf({ others, byParticipant }: SelfTradeModes, account: string): SelfTradeAction {
  return byParticipant.size === 0 ? others : (byParticipant.get(participantOf(account)) ?? others);
}

function modeOf(word: string): SelfTradeAction | undefined {
  return WORDS.find((each) => each === word);
}
