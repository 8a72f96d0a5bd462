import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CertificateAndKey,
  createAuthority,
  issueCertificate,
  type SpiffeName,
  spiffeIdOf,
  type TlsPaths,
} from '@clearway/platform-pki';

/** Who gets a folder of certificate files: a process, a person, the database. */
export interface CertificateHolder {
  /** Name of the folder; several processes may share an identity, none shares files. */
  readonly folder: string;
  readonly identity: SpiffeName;
}

/** Certificates live as long as a short-lived issuer makes them: a day. */
const LEAF_DAYS = 1;

/**
 * An authority and a folder of files for each holder, replaced while they are in use as Kubernetes does with a secret: the folder is a
 * link that is swapped, so certificate and key change at one moment.
 */
export class CertificateFolders {
  private readonly holders: CertificateHolder[] = [];
  private timer: NodeJS.Timeout | undefined;
  private rotating: Promise<void> = Promise.resolve();
  private next = 0;
  private written = 0;
  /** Certificates that have been replaced while their holder ran. */
  rotated = 0;

  private constructor(
    private readonly dir: string,
    private readonly authority: CertificateAndKey,
  ) {}

  static async create(dir: string): Promise<CertificateFolders> {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    return new CertificateFolders(dir, await createAuthority());
  }

  /** Issues a holder's first certificate. */
  async issue(holder: CertificateHolder): Promise<TlsPaths> {
    this.holders.push(holder);
    await this.write(holder);
    return this.pathsOf(holder.folder);
  }

  pathsOf(folder: string): TlsPaths {
    const at = (file: string): string => join(this.dir, folder, file);
    return { ca: at('ca.crt'), cert: at('tls.crt'), key: at('tls.key') };
  }

  /** Replaces one holder's certificate after the other, for as long as the trial runs. */
  startRotation(everyMs: number, isRotated: (folder: string) => boolean): void {
    this.timer = setInterval(() => {
      this.rotating = this.rotating.then(() => this.rotateNext(isRotated));
    }, everyMs);
  }

  async stopRotation(): Promise<void> {
    clearInterval(this.timer);
    await this.rotating;
  }

  private async rotateNext(isRotated: (folder: string) => boolean): Promise<void> {
    const rotated = this.holders.filter(({ folder }) => isRotated(folder));
    const holder = rotated[this.next++ % rotated.length];
    if (holder === undefined) return;
    await this.write(holder);
    this.rotated += 1;
  }

  private async write({ folder, identity }: CertificateHolder): Promise<void> {
    const { certificatePem, privateKeyPem } = await issueCertificate(this.authority, {
      spiffeId: spiffeIdOf(identity),
      commonName: identity.name,
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      days: LEAF_DAYS,
    });
    this.written += 1;
    const version = join(this.dir, `${folder}.${this.written}`);
    await mkdir(version, { mode: 0o755 });
    await writeFile(join(version, 'ca.crt'), this.authority.certificatePem, { mode: 0o644 });
    await writeFile(join(version, 'tls.key'), privateKeyPem, { mode: 0o600 });
    await writeFile(join(version, 'tls.crt'), certificatePem, { mode: 0o644 });
    const link = join(this.dir, `${folder}.link`);
    await symlink(version, link);
    await rename(link, join(this.dir, folder));
  }
}
