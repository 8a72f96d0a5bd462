import { marketdata } from '@clearway/contracts';
import type { InstrumentState } from './instrument-state';
import type { SnapshotCause } from './topic';

/** The fields in which messages differ beside their update. */
export interface MessageHead {
  readonly channel: marketdata.Channel;
  readonly epoch: number;
  readonly sequence: number;
  readonly cause?: SnapshotCause;
  readonly more?: boolean;
  readonly hash?: string;
}

const CAUSES: Readonly<Record<SnapshotCause, marketdata.SnapshotCause>> = {
  BEGIN: marketdata.SnapshotCause.SNAPSHOT_CAUSE_BEGIN,
  BEHIND: marketdata.SnapshotCause.SNAPSHOT_CAUSE_BEHIND,
};

/** Writes one message of an instrument's channel. These bytes are what every subscriber of it is sent. */
export function encodeMessage(
  { units, atMicros }: InstrumentState,
  { channel, epoch, sequence, cause, more = false, hash = '' }: MessageHead,
  update: NonNullable<marketdata.SubscribeResponse['update']>,
): Uint8Array {
  const { symbol, tickSize, lotSize } = units;
  const snapshot = cause === undefined ? marketdata.SnapshotCause.SNAPSHOT_CAUSE_UNSPECIFIED : CAUSES[cause];
  return marketdata.SubscribeResponse.encode({
    symbol,
    channel,
    epoch,
    sequence,
    atMicros,
    snapshot,
    more,
    hash,
    units: cause === undefined ? undefined : { tickSize, lotSize },
    update,
  }).finish();
}
