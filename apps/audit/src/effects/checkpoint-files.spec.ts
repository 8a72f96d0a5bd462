import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCheckpoint,
  formatVerifierKey,
  noteSigner,
  noteVerifier,
  splitCheckpointLog,
} from '@clearway/domain-audit';
import { CheckpointFiles, RewrittenTreeError, VERIFIER_KEY_FILE } from './checkpoint-files';

const ORIGIN = 'clearway.example/audit/0';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const verifierKey = formatVerifierKey(ORIGIN, publicKey);
const rootOf = (size: number) => new Uint8Array(32).fill(size);

let place: string;
let dir: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'clearway-checkpoints-'));
  dir = join(place, 'published');
});

afterEach(async () => rm(place, { recursive: true, force: true }));

function files(roots: (size: number) => Uint8Array = rootOf): CheckpointFiles {
  const verifiers = [noteVerifier(ORIGIN, publicKey)];
  return new CheckpointFiles({
    dir,
    origin: ORIGIN,
    verifiers,
    verifierKey,
    rootOf: async (size) => roots(size),
  });
}

function note(size: number, rootHash = rootOf(size)): string {
  return createCheckpoint({ origin: ORIGIN, size, rootHash, extensions: [] }, [
    noteSigner(ORIGIN, privateKey),
  ]);
}

async function published(): Promise<readonly string[]> {
  const [file] = (await readdir(dir)).filter((name) => name.endsWith('.checkpoints'));
  return splitCheckpointLog(await readFile(join(dir, file as string), 'utf8')).notes;
}

it('appends each checkpoint once, with the key to verify it, and goes on after a restart', async () => {
  const first = files();
  for (const size of [1, 1, 2]) await first.publish(note(size));
  const second = files();
  expect((await second.newest())?.size).toBe(2);
  for (const size of [2, 5]) await second.publish(note(size));
  expect(await published()).toEqual([1, 2, 5].map((size) => note(size)));
  expect(await readFile(join(dir, VERIFIER_KEY_FILE), 'utf8')).toBe(`${verifierKey}\n`);
});

it('cuts off what a crash left half-written', async () => {
  await files().publish(note(1));
  const [file] = (await readdir(dir)).filter((name) => name.endsWith('.checkpoints'));
  await appendFile(join(dir, file as string), note(2).slice(0, 40));
  await files().publish(note(3));
  expect(await published()).toEqual([note(1), note(3)]);
});

it('refuses to go on from a tree that was rewritten, cut, or is another log', async () => {
  await files().publish(note(4));
  const other = () => new Uint8Array(32).fill(99);
  await expect(files(other).publish(note(6))).rejects.toThrow(RewrittenTreeError);
  await expect(files(other).publish(note(4, other()))).rejects.toThrow('the first 4 leaves are not those');
  await expect(files().publish(note(3))).rejects.toThrow('4 leaves were published, the tree has 3');
  const foreign = createCheckpoint({ origin: 'x', size: 9, rootHash: rootOf(9), extensions: [] }, [
    noteSigner('x', privateKey),
  ]);
  await expect(files().publish(foreign)).rejects.toThrow(RewrittenTreeError);
  expect(await published()).toEqual([note(4)]);
});
