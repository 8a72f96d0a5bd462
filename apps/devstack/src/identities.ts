import type { DevelopmentIdentity } from '@clearway/platform-pki';

/** The services in the order of their ports. */
export const SERVICES = ['trading', 'risk', 'clearing', 'audit'] as const;

/** Name of one service. */
export type ServiceName = (typeof SERVICES)[number];

/** The operator that devstack itself acts as. */
export const OPERATOR = 'admin';

/** A second operator, because the release of a kill switch needs two. */
export const SECOND_OPERATOR = 'officer';

/** Who trades in the sample market. */
export const TRADERS: readonly string[] = ['alice', 'bob', 'carol'];

/** Who quotes both sides in the sample market. */
export const MAKER = 'maker';

const REPLAY_PARTICIPANTS_COUNT = 8;

/** Who a replay of real order flow trades as: replay-01, replay-02 … */
export const REPLAY_PARTICIPANTS: readonly string[] = Array.from(
  { length: REPLAY_PARTICIPANTS_COUNT },
  (_, at) => `replay-${String(at + 1).padStart(2, '0')}`,
);

/** Every participant that gets a certificate. */
export const PARTICIPANTS: readonly string[] = [...TRADERS, MAKER, ...REPLAY_PARTICIPANTS];

/** The account that a participant trades on, for example `alice.main`. */
export function accountOf(participant: string): string {
  return `${participant}.main`;
}

/** Every certificate that the stack needs. */
export const IDENTITIES: readonly DevelopmentIdentity[] = [
  ...SERVICES.map((name) => ({ kind: 'service', name }) as const),
  { kind: 'operator', name: OPERATOR },
  { kind: 'operator', name: SECOND_OPERATOR },
  ...PARTICIPANTS.map((name) => ({ kind: 'participant', name }) as const),
];
