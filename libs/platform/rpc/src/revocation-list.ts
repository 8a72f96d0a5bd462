import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RpcLog } from './rpc-log';

/** The marks by which a certificate can be withdrawn. */
export interface CertificateMarks {
  /** Undefined when the certificate names nobody. */
  readonly spiffeId: string | undefined;
  /** Serial number, hexadecimal, in any of the spellings that tools print. */
  readonly serialNumber: string;
  /** SHA-256 of the certificate's DER bytes, hexadecimal, with or without colons. */
  readonly fingerprint256: string;
}

const ENTRY = /^(?:(spiffe:\/\/\S+)|serial:([0-9a-f:]+)|sha256:([0-9a-f:]+))$/i;
const SHA256_DIGITS = 64;

/**
 * Reads a list of withdrawn certificates: one entry a line, `spiffe://clearway/…` (every certificate of an identity),
 * `serial:HEX` or `sha256:HEX` (one certificate); `#` begins a comment. Throws RangeError for any other line, because a
 * misspelt entry would let in whom it should keep out.
 */
export function parseRevocations(text: string): ReadonlySet<string> {
  const marks = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const entry = line.replace(/#.*/, '').trim();
    if (entry === '') continue;
    const mark = markOf(entry);
    if (mark === undefined) throw new RangeError(`line ${index + 1} of the revocation list is no entry`);
    marks.add(mark);
  }
  return marks;
}

function markOf(entry: string): string | undefined {
  const [, spiffeId, serial, sha256] = ENTRY.exec(entry) ?? [];
  if (spiffeId !== undefined) return spiffeId;
  if (serial !== undefined) return serialMark(serial);
  if (sha256 === undefined || digitsOf(sha256).length !== SHA256_DIGITS) return undefined;
  return fingerprintMark(sha256);
}

/** Tools print serials with and without a leading zero byte, colons and capitals. */
function serialMark(serial: string): string {
  return `serial:${digitsOf(serial).replace(/^0+/, '')}`;
}

function fingerprintMark(sha256: string): string {
  return `sha256:${digitsOf(sha256)}`;
}

function digitsOf(hex: string): string {
  return hex.replaceAll(':', '').toLowerCase();
}

/**
 * Revocations that a process has heard of from others, beside the list in its own file. It only grows: what was withdrawn once
 * stays so for as long as the process lives, whoever forgets it.
 */
export class SharedMarks {
  private readonly marks = new Set<string>();

  /** Takes in entries as a list has them; what is no entry is passed over, because others may be newer. */
  add(entries: Iterable<string>): void {
    for (const entry of entries) {
      const mark = markOf(entry.trim());
      if (mark !== undefined) this.marks.add(mark);
    }
  }

  has(mark: string): boolean {
    return this.marks.has(mark);
  }

  get isEmpty(): boolean {
    return this.marks.size === 0;
  }

  /** Every entry that was ever heard of. */
  all(): readonly string[] {
    return [...this.marks];
  }
}

const NOTHING_SHARED = new SharedMarks();

/**
 * Certificates that are refused though they have not expired. The file is read again as certificates are; one that cannot
 * be read or has a wrong line leaves the former list in force, and says so.
 */
export class RevocationList {
  private marks: ReadonlySet<string> = new Set();
  private text: string | undefined;
  private warnedOf: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Without a path nothing is revoked. */
  constructor(
    private readonly path: string | undefined,
    private readonly log: RpcLog,
    private readonly shared: SharedMarks = NOTHING_SHARED,
  ) {}

  /** Reads the list and keeps it fresh. Throws when it cannot be read or is wrong. */
  start(intervalMs: number): void {
    if (this.path === undefined) return;
    this.take(readFileSync(this.path, 'utf8'));
    this.timer = setInterval(() => void this.poll(), intervalMs);
    this.timer.unref();
  }

  /** Stops reading. */
  close(): void {
    clearInterval(this.timer);
  }

  /** Whether the certificate or its bearer has been withdrawn. */
  revokes({ spiffeId, serialNumber, fingerprint256 }: CertificateMarks): boolean {
    if (this.marks.size === 0 && this.shared.isEmpty) return false;
    return (
      (spiffeId !== undefined && this.isMarked(spiffeId)) ||
      this.isMarked(serialMark(serialNumber)) ||
      this.isMarked(fingerprintMark(fingerprint256))
    );
  }

  /** Whether every certificate of an identity has been withdrawn. */
  revokesIdentity(spiffeId: string): boolean {
    return this.isMarked(spiffeId);
  }

  private isMarked(mark: string): boolean {
    return this.marks.has(mark) || this.shared.has(mark);
  }

  private async poll(): Promise<void> {
    try {
      const text = await readFile(this.path ?? '', 'utf8');
      if (text === this.text) return;
      this.take(text);
      this.log.info({ path: this.path, entries: this.marks.size }, 'revocation list reloaded');
    } catch (error) {
      const why = String(error);
      if (why === this.warnedOf) return;
      this.warnedOf = why;
      this.log.warn(
        { err: error, path: this.path },
        'revocation list unusable; the former one stays in force',
      );
    }
  }

  private take(text: string): void {
    this.marks = parseRevocations(text);
    this.text = text;
    this.warnedOf = undefined;
  }
}
