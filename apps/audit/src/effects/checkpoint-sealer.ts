import {
  type AuditState,
  checkpointDue,
  createCheckpoint,
  type NoteSigner,
  type NoteVerifier,
  openCheckpoint,
  type TreeHead,
  treeHead,
} from '@clearway/domain-audit';
import type { CommandContextInput } from '@clearway/platform-journal';
import type { AppendLane, AuditShard } from './append-lane';
import type { CheckpointFiles } from './checkpoint-files';
import type { FollowerLog } from './source-follower';

/** A checkpoint is sealed this long after the one before, if the tree has grown. */
export const SEAL_INTERVAL_MS = 1_000;

/** What a sealer is made of. */
export interface CheckpointSealerOptions {
  readonly shard: AuditShard;
  readonly lane: Pick<AppendLane, 'exclusively'>;
  /** Name of the log, first line of each checkpoint. It never changes. */
  readonly origin: string;
  readonly signers: readonly NoteSigner[];
  /** The same key's public half. */
  readonly verifiers: readonly NoteVerifier[];
  /** SPIFFE id of audit itself. */
  readonly actor: string;
  /** Now, in microseconds since the epoch. */
  readonly clock: () => number;
  readonly log: FollowerLog;
  /** Keeps checkpoints apart from the tree; none is handed out before it is there. */
  readonly files?: Pick<CheckpointFiles, 'publish'>;
}

/**
 * The newest recorded checkpoint is of another origin or was signed with another key: whoever went on would quietly begin a
 * second log over the same leaves. Bring back the name and the key that the log began with.
 */
export class ForeignCheckpointError extends Error {
  override readonly name = 'ForeignCheckpointError';
}

type IsWanted = (state: AuditState) => boolean;

/**
 * Signs the tree's head and has it recorded. Only what is durable is ever signed (the lane is quiet and the shard reads behind
 * its last commit), and a checkpoint is handed out only when its record is durable too: two heads of one size with
 * different roots can therefore not exist, whatever crashes when.
 */
export class CheckpointSealer {
  readonly #options: CheckpointSealerOptions;
  readonly #context: CommandContextInput;
  #timer: NodeJS.Timeout | undefined;
  #sealing: Promise<unknown> = Promise.resolve();

  constructor(options: CheckpointSealerOptions) {
    this.#options = options;
    const { actor } = options;
    this.#context = { actor, address: '', device: '', traceparent: '', method: 'audit.SealCheckpoint' };
  }

  /** Begins to seal at intervals. Rejects with ForeignCheckpointError when the journal's newest checkpoint is not its own. */
  async start(): Promise<void> {
    const { shard, origin, verifiers } = this.#options;
    const note = await shard.read(({ lastCheckpoint }) => lastCheckpoint?.note);
    const opened = note === undefined ? undefined : openCheckpoint(note, origin, verifiers);
    if (opened !== undefined && opened.kind !== 'opened')
      throw new ForeignCheckpointError(
        `the newest checkpoint was not signed by this key as ${origin}: ${JSON.stringify(opened)}`,
      );
    this.#timer = setInterval(() => this.#tick(), SEAL_INTERVAL_MS / 4);
  }

  /** Stops; resolves when a checkpoint under way is recorded. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sealing.catch(() => undefined);
  }

  /** The newest checkpoint, after sealing one if the tree has grown since (or was never signed). */
  async newest(): Promise<string> {
    await this.#seal(
      ({ lastCheckpoint, tree }) => lastCheckpoint === null || tree.size > lastCheckpoint.size,
    );
    return this.#options.shard.read(({ lastCheckpoint }) => lastCheckpoint?.note ?? '');
  }

  #tick(): void {
    const { clock, log } = this.#options;
    const isDue: IsWanted = (state) => checkpointDue(state, clock(), SEAL_INTERVAL_MS * 1_000);
    this.#seal(isDue).catch((error: unknown) => log.error({ err: error }, 'no checkpoint could be sealed'));
  }

  /** One after another; whoever waited looks again whether one is still wanted. */
  #seal(isWanted: IsWanted): Promise<void> {
    const sealing = this.#sealing.catch(() => undefined).then(async () => this.#sealOne(isWanted));
    this.#sealing = sealing;
    return sealing;
  }

  async #sealOne(isWanted: IsWanted): Promise<void> {
    const { shard, lane, files } = this.#options;
    if (await shard.read(isWanted))
      await lane.exclusively(async () => {
        const head = await shard.read((state) => (isWanted(state) ? treeHead(state) : undefined));
        if (head !== undefined) await this.#record(head);
      });
    if (files === undefined) return;
    // Also one that was recorded just before a crash, or while the disk was full.
    const note = await shard.read(({ lastCheckpoint }) => lastCheckpoint?.note);
    if (note !== undefined) await files.publish(note);
  }

  async #record(head: TreeHead): Promise<void> {
    const { shard, origin, signers } = this.#options;
    const note = createCheckpoint({ origin, ...head, extensions: [] }, signers);
    const outcome = await shard.submit({ kind: 'RecordCheckpoint', note }, this.#context);
    if (outcome.kind !== 'checkpointRecorded')
      throw new Error(`the checkpoint of ${head.size} leaves was not recorded: ${JSON.stringify(outcome)}`);
  }
}
