import { common } from '@clearway/contracts';
import type { CommandContextInput } from '@clearway/platform-journal';
import type { AccessLog, PeerIdentity, RefusalCode } from '@clearway/platform-rpc';
import type { Logger } from '@clearway/platform-telemetry';

/** Journaled once for each connection of a caller: the login of mutual TLS. Its data is empty; the context says who. */
export const SESSION_OPENED = 'platform.SessionOpened';

/** Journaled for each refused call or handshake. Its data is a common.Reason with the refusal's code. */
export const ACCESS_REFUSED = 'platform.AccessRefused';

/** The part of a shard that takes notes. */
export interface NoteTaker {
  note(type: string, data: Uint8Array, context: CommandContextInput): Promise<void>;
}

const NO_DATA = new Uint8Array(0);

/**
 * Writes who came and who was turned away into the service's journal, where audit finds it beside the commands. While the
 * shard does not serve, the service's own log is all there is.
 */
export function accessNotes(shard: NoteTaker, log: Logger): AccessLog {
  const note = (type: string, data: Uint8Array, context: CommandContextInput): void => {
    shard.note(type, data, context).catch((error: Error) => {
      log.info(
        { type, actor: context.actor, address: context.address, why: error.message },
        'access not journaled',
      );
    });
  };
  return {
    sessionOpened: (identity, address, device) => {
      note(SESSION_OPENED, NO_DATA, { ...contextOf(identity, address, ''), device });
    },
    refused: (identity, method, code, address) => {
      note(ACCESS_REFUSED, reasonOf(code), contextOf(identity, address, method));
    },
  };
}

function contextOf(identity: PeerIdentity | undefined, address: string, method: string): CommandContextInput {
  return { actor: identity?.spiffeId ?? '', address, device: '', traceparent: '', method };
}

function reasonOf(code: RefusalCode): Uint8Array {
  return common.Reason.encode({ code, message: '', metadata: {} }).finish();
}
