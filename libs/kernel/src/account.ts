/** Owner name of the house's own ledger accounts; no participant may be called so. */
export const HOUSE = 'house';

/** Longest account id, participant and point included. */
export const ACCOUNT_ID_LENGTH_MAX = 64;

const ACCOUNT_ID = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?\.[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * Tells whether the text is an account id, "PARTICIPANT.NAME" in lower case, for example "alice.main". The owner stands in
 * the id itself, so every service decides who may touch an account without asking another.
 */
export function isAccountId(text: string): boolean {
  return text.length <= ACCOUNT_ID_LENGTH_MAX && ACCOUNT_ID.test(text) && !text.startsWith(`${HOUSE}.`);
}

/** Returns the participant that owns the account: what stands before the point. */
export function participantOf(accountId: string): string {
  return accountId.slice(0, accountId.indexOf('.'));
}
