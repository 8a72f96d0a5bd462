import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsPaths } from '@clearway/platform-pki';
import type { SharedMarks } from './revocation-list';
import type { RpcLog } from './rpc-log';

/** Where the PEM files of one identity lie. All three are read again when they change. */
export interface TlsFiles {
  /** Certificates of the authorities that peers are checked against. */
  readonly caPath: string;
  /** Own certificate, followed by intermediates if there are any. */
  readonly certPath: string;
  readonly keyPath: string;
  /** List of withdrawn certificates (see `RevocationList`), read again too. Without it none is. */
  readonly revokedPath?: string;
  /** What other processes have revoked; without it the list in the file is all there is. */
  readonly sharedRevocations?: SharedMarks;
}

/** Names the files that `ensureDevelopmentPki` returned. */
export function tlsFilesOf(paths: TlsPaths): TlsFiles {
  return { caPath: paths.ca, certPath: paths.cert, keyPath: paths.key };
}

/** How often the files are read again. Polling sees what a Kubernetes secret does (it swaps a link), fs.watch does not. */
export const TLS_POLL_INTERVAL_MS = 1_000;

/**
 * Key exchange in order of preference: the hybrid of ML-KEM-768 and X25519, which a recording does not give away to a later
 * quantum computer, then X25519 for peers that lack it. Pinned, so that neither side falls back further.
 */
const KEY_EXCHANGE = 'X25519MLKEM768:X25519';
/** For runtimes whose OpenSSL is older than 3.5. */
const KEY_EXCHANGE_CLASSICAL = 'X25519';

const ecdhCurve = isUsable(KEY_EXCHANGE) ? KEY_EXCHANGE : KEY_EXCHANGE_CLASSICAL;

function isUsable(groups: string): boolean {
  try {
    createSecureContext({ ecdhCurve: groups });
    return true;
  } catch {
    return false;
  }
}

/**
 * Every connection of Clearway is TLS 1.3. This must stand in every secure context: Node's `setSecureContext` falls back
 * to its default minimum, TLS 1.2, when the new options do not repeat it.
 */
const TLS_1_3 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ecdhCurve } as const;

/** Reads the files at start. Throws when one is missing or when the key does not belong to the certificate. */
export function readTlsFiles(files: TlsFiles): SecureContextOptions {
  return checked({
    ca: readFileSync(files.caPath),
    cert: readFileSync(files.certPath),
    key: readFileSync(files.keyPath),
    ...TLS_1_3,
  });
}

/** Builds the context that clients connect with. */
export function secureContextOf(options: SecureContextOptions): SecureContext {
  return createSecureContext(options);
}

function checked(options: SecureContextOptions): SecureContextOptions {
  createSecureContext(options);
  return options;
}

/**
 * Watches the files of one identity and tells when they have changed into another valid set. A half-written set (the new
 * certificate with the old key) is passed over until it fits, and the old one stays in use.
 */
export class TlsFileWatcher {
  private readonly timer: NodeJS.Timeout;
  private refused: Buffer | undefined;
  private reading = false;

  constructor(
    private readonly files: TlsFiles,
    private current: SecureContextOptions,
    private readonly onChange: (options: SecureContextOptions) => void,
    private readonly log: RpcLog,
    intervalMs = TLS_POLL_INTERVAL_MS,
  ) {
    this.timer = setInterval(() => void this.poll(), intervalMs);
    this.timer.unref();
  }

  /** Stops watching. */
  close(): void {
    clearInterval(this.timer);
  }

  private async poll(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      const { caPath, certPath, keyPath } = this.files;
      const [ca, cert, key] = await Promise.all([readFile(caPath), readFile(certPath), readFile(keyPath)]);
      const found = Buffer.concat([ca, cert, key]);
      if (found.equals(bytesOf(this.current)) || this.refused?.equals(found)) return;
      this.take({ ca, cert, key, ...TLS_1_3 }, found);
    } catch (error) {
      this.log.warn(
        { err: error, files: this.files },
        'certificate files could not be read; the old ones stay',
      );
    } finally {
      this.reading = false;
    }
  }

  private take(options: SecureContextOptions, bytes: Buffer): void {
    try {
      checked(options);
    } catch (error) {
      this.refused = bytes;
      this.log.warn(
        { err: error, files: this.files },
        'certificate files do not fit together; the old ones stay',
      );
      return;
    }
    this.current = options;
    this.refused = undefined;
    this.onChange(options);
    this.log.info({ certPath: this.files.certPath }, 'certificates reloaded');
  }
}

function bytesOf({ ca, cert, key }: SecureContextOptions): Buffer {
  return Buffer.concat([ca, cert, key] as Buffer[]);
}
