import type { EventFields } from './event-fields';
import type { Subject } from './subject-page';

/** Whose an entry is. */
export interface Ownership extends Subject {
  /** The owners of its accounts, else the participant who acted. */
  readonly participants: readonly string[];
  /** Resource that would say more, and that no event has declared yet. */
  readonly pendingRef: string | undefined;
}

const RESOLVABLE_PATTERN = /^(order|trade|saga|transfer)\//;
const PARTICIPANT_ACTOR_PATTERN = /^spiffe:\/\/clearway\/participant\/([a-z0-9-]+)$/;
const NONE: readonly string[] = [];

/** The participant that an actor is; undefined for services and operators. */
export function participantOf(actor: string): string | undefined {
  return PARTICIPANT_ACTOR_PATTERN.exec(actor)?.[1];
}

/** Where to look up whose an entry is: its orders if it names them, else its resource, and what caused it. */
export function refsOf({ resource, orders, via }: EventFields): string[] {
  const refs = orders === undefined ? [resource] : orders.map((order) => `order/${order}`);
  if (via !== undefined) refs.push(via);
  return refs;
}

/**
 * Says whose an entry is. Most events of an order name its number only: the account stands in the event that began it, and so
 * it does for trades, sagas and transfers.
 */
export function ownershipOf(
  fields: EventFields,
  actingParticipant: string | undefined,
  subjectOf: (ref: string) => Subject | undefined,
): Ownership {
  const { resource, account } = fields;
  const stated = statedOrders(fields);
  if (account !== '' && stated.length > 0)
    return { ...ownedBy([account], stated, actingParticipant), pendingRef: undefined };
  const refs = refsOf(fields);
  const found = refs.map(subjectOf).filter((subject) => subject !== undefined);
  const orders = stated.length > 0 ? stated : found.flatMap((subject) => subject.orders);
  const accounts = account === '' ? found.flatMap((subject) => subject.accounts) : [account];
  const isWanting = accounts.length === 0 || (orders.length === 0 && resource.startsWith('trade/'));
  const pendingRef =
    isWanting && found.length === 0 ? refs.find((ref) => RESOLVABLE_PATTERN.test(ref)) : undefined;
  return { ...ownedBy(accounts, orders, actingParticipant), pendingRef };
}

/** The orders that an event itself names. */
function statedOrders({ resource, orders }: EventFields): readonly string[] {
  if (orders !== undefined) return orders;
  return resource.startsWith('order/') ? [resource.slice(6)] : NONE;
}

function ownedBy(
  accounts: readonly string[],
  orders: readonly string[],
  actingParticipant: string | undefined,
): Omit<Ownership, 'pendingRef'> {
  return {
    accounts: firstTwo(accounts),
    orders: firstTwo(orders),
    participants: participantsOf(accounts, actingParticipant),
  };
}

/** The owner of an account is the part before its point. */
export function participantsOf(
  accounts: readonly string[],
  actingParticipant: string | undefined,
): readonly string[] {
  const owners: string[] = [];
  for (const account of accounts) {
    const point = account.indexOf('.');
    if (point >= 0) owners.push(account.slice(0, point));
  }
  return firstTwo(owners.length > 0 || actingParticipant === undefined ? owners : [actingParticipant]);
}

function firstTwo(values: readonly string[]): readonly string[] {
  return values.length < 2 ? values : [...new Set(values)].slice(0, 2);
}
