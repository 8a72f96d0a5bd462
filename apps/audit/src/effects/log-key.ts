import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import {
  formatVerifierKey,
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
} from '@clearway/domain-audit';

/** Where the log's key is and whether it may be made. */
export interface LogKeyOptions {
  /** PEM file (PKCS #8) of an Ed25519 private key. */
  readonly path: string;
  /** PEM file of the key that was used before, while it is being replaced. */
  readonly pathBefore?: string | undefined;
  /** Name of the log; its key bears the same. */
  readonly origin: string;
  /** True in development: a missing key is created. In production it is brought along, so that it is known and kept. */
  readonly isDevelopment: boolean;
}

/** The log's key, ready to sign, and how the world verifies it. While a key is replaced, both sign. */
export interface LogKey {
  /** The present key's, then the former's. */
  readonly signers: readonly NoteSigner[];
  /** One of them must have signed the log's newest checkpoint. */
  readonly verifiers: readonly NoteVerifier[];
  /** `name+id+key`, as GetCheckpoint gives it. */
  readonly verifierKey: string;
}

/** The key cannot be used. The message says what to do and holds nothing of the key. */
export class LogKeyError extends Error {
  override readonly name = 'LogKeyError';
}

const OWNER_ONLY_MODE = 0o600;
/** A group may read it: that is how Kubernetes hands a secret to a process that is not root. */
const OTHERS_MASK = 0o007;

/**
 * Loads the log's signing key. In development a missing one is created once, readable by its owner alone; anywhere else it is
 * an error, because a log that quietly changed its key could not be told from one that was replaced.
 * @throws LogKeyError
 */
export async function loadLogKey(options: LogKeyOptions): Promise<LogKey> {
  const { path, pathBefore, origin, isDevelopment } = options;
  if (isDevelopment) await createIfMissing(path);
  const paths = pathBefore === undefined ? [path] : [path, pathBefore];
  const privateKeys = await Promise.all(paths.map(async (each) => parseKey(each, await readKeyFile(each))));
  const publicKeys = privateKeys.map((key) => createPublicKey(key));
  const [publicKey, publicKeyBefore] = publicKeys as [KeyObject, KeyObject?];
  if (publicKeyBefore?.equals(publicKey)) throw new LogKeyError(`${pathBefore} is the same key as ${path}`);
  return {
    signers: privateKeys.map((key) => noteSigner(origin, key)),
    verifiers: publicKeys.map((key) => noteVerifier(origin, key)),
    verifierKey: formatVerifierKey(origin, publicKey),
  };
}

async function readKeyFile(path: string): Promise<string> {
  try {
    const pem = await readFile(path, 'utf8');
    const { mode } = await stat(path);
    if ((mode & OTHERS_MASK) === 0) return pem;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new LogKeyError(`${path} cannot be read`, { cause: error });
    throw new LogKeyError(
      `${path} is missing: put the log's Ed25519 key there (openssl genpkey -algorithm ed25519), or set CLEARWAY_DEVELOPMENT=true`,
    );
  }
  throw new LogKeyError(`${path} may be read by everybody: chmod 600`);
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The error of the parser may quote the file, so it goes no further.
  }
  throw new LogKeyError(`${path} is no Ed25519 private key in PEM (PKCS #8)`);
}

/** Creates the file whole or not at all; of two processes that start at once, one finds the other's. */
async function createIfMissing(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const unfinishedPath = `${path}.${process.pid}.new`;
  try {
    await writeOwnerOnly(unfinishedPath, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await link(unfinishedPath, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new LogKeyError(`${path} cannot be created`, { cause: error });
  } finally {
    await rm(unfinishedPath, { force: true });
  }
}

async function writeOwnerOnly(path: string, pem: string | Buffer): Promise<void> {
  const file = await open(path, 'w', OWNER_ONLY_MODE);
  try {
    await file.writeFile(pem);
    await file.sync();
  } finally {
    await file.close();
  }
}
