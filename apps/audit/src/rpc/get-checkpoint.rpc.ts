import type { audit } from '@clearway/contracts';
import type { UnaryHandler } from '@clearway/platform-rpc';
import { withRpcErrors } from '@clearway/platform-service';
import type { CheckpointSealer } from '../effects/checkpoint-sealer';

/** Gives the newest signed checkpoint, sealing one first if the tree has grown, and the key to verify it with. */
export function getCheckpoint(
  sealer: Pick<CheckpointSealer, 'newest'>,
  verifierKey: string,
): UnaryHandler<audit.GetCheckpointRequest, audit.GetCheckpointResponse> {
  return async () => ({ checkpoint: await withRpcErrors(sealer.newest()), verifierKey });
}
