import { mkdir, open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Checkpoint,
  formatLoggedCheckpoint,
  hashesEqual,
  type NoteVerifier,
  openCheckpoint,
  splitCheckpointLog,
} from '@clearway/domain-audit';

/** What publishes checkpoints apart from the tree. */
export interface CheckpointFilesOptions {
  /** Folder of its own; best on another disk, or one that somebody else copies away. */
  readonly dir: string;
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
  /** The log's key as others verify it; written beside the checkpoints. */
  readonly verifierKey: string;
  /** The root of the tree of its first `size` leaves, from the stored hashes. */
  readonly rootOf: (size: number) => Promise<Uint8Array>;
}

/**
 * The tree no longer leads to a checkpoint that was published: leaves were changed or lost after it was signed. No further
 * checkpoint is published or handed out, since each would vouch for the change.
 */
export class RewrittenTreeError extends Error {
  override readonly name = 'RewrittenTreeError';
}

const FILE_PATTERN = /^\d{4}-\d{2}-\d{2}\.checkpoints$/;
/** Name of the file that holds the log's verifier key. */
export const VERIFIER_KEY_FILE = 'verifier-key';

/**
 * Appends every checkpoint to a file of its day, on disk before anybody hears of it. They are kept apart from the database, so
 * that whoever rewrites the tree there is caught by the older head here: before the first checkpoint of a process is
 * added, the tree's own hashes must give the root of the newest one in the folder.
 */
export class CheckpointFiles {
  readonly #options: CheckpointFilesOptions;
  #newest: Checkpoint | undefined;
  #newestNote = '';
  #isOpen = false;
  #isVerified = false;

  constructor(options: CheckpointFilesOptions) {
    this.#options = options;
  }

  /** The newest published checkpoint; undefined before the first. */
  async newest(): Promise<Checkpoint | undefined> {
    if (!this.#isOpen) await this.#open();
    return this.#newest;
  }

  /** Publishes a checkpoint unless it is the newest already. Rejects with RewrittenTreeError, or what the disk says. */
  async publish(note: string): Promise<void> {
    const newest = await this.newest();
    if (note === this.#newestNote) return;
    const checkpoint = this.#read(note);
    if (!this.#isVerified && newest !== undefined) await this.#verify(newest, checkpoint);
    this.#isVerified = true;
    await this.#append(note);
    [this.#newest, this.#newestNote] = [checkpoint, note];
  }

  async #verify(published: Checkpoint, next: Checkpoint): Promise<void> {
    if (published.size > next.size)
      throw new RewrittenTreeError(`${published.size} leaves were published, the tree has ${next.size}`);
    const rootHash = await this.#options.rootOf(published.size);
    if (!hashesEqual(rootHash, published.rootHash))
      throw new RewrittenTreeError(
        `the first ${published.size} leaves are not those of the checkpoint that was published`,
      );
  }

  async #open(): Promise<void> {
    const { dir, verifierKey } = this.#options;
    await mkdir(dir, { recursive: true });
    await writeSynced(join(dir, VERIFIER_KEY_FILE), `${verifierKey}\n`, 'w');
    const files = (await readdir(dir)).filter((file) => FILE_PATTERN.test(file)).sort();
    for (const file of files.reverse()) {
      const note = await newestOf(join(dir, file));
      if (note === undefined) continue;
      [this.#newest, this.#newestNote] = [this.#read(note), note];
      break;
    }
    this.#isOpen = true;
  }

  #read(note: string): Checkpoint {
    const { origin, verifiers } = this.#options;
    const opened = openCheckpoint(note, origin, verifiers);
    if (opened.kind === 'opened') return opened.checkpoint;
    throw new RewrittenTreeError(`a published checkpoint is not this log's: ${JSON.stringify(opened)}`);
  }

  async #append(note: string): Promise<void> {
    const { dir } = this.#options;
    const day = new Date().toISOString().slice(0, 10);
    await writeSynced(join(dir, `${day}.checkpoints`), formatLoggedCheckpoint(note), 'a');
    await syncFolder(dir);
  }
}

/** The newest complete note of a file. What a crash left behind it was never handed out, and is cut off. */
async function newestOf(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8');
  const { notes, completeChars } = splitCheckpointLog(text);
  if (completeChars < text.length) await truncate(path, Buffer.byteLength(text.slice(0, completeChars)));
  return notes.at(-1);
}

async function writeSynced(path: string, text: string, flags: 'a' | 'w'): Promise<void> {
  const file = await open(path, flags, 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
