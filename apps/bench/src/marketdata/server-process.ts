import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MarketDataLimits } from '@clearway/platform-market-data';
import { ensureDevelopmentPki, spiffeIdOf } from '@clearway/platform-pki';
import { type TlsFiles, tlsFilesOf } from '@clearway/platform-rpc';
import type { ServerCommand, ServerFigures } from './server-main';

const SERVICE = { kind: 'service', name: 'trading' } as const;
const READER = { kind: 'operator', name: 'reader' } as const;

/** The publishing process, under its parent's hand. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dir: string,
    /** Certificate of a reader. */
    readonly readerTls: TlsFiles,
    readonly address: string,
  ) {}

  /** Starts `entryFile`, the compiled server-main. */
  static async start(entryFile: string, limits: Partial<MarketDataLimits> = {}): Promise<ServerProcess> {
    const dir = await mkdtemp(join(tmpdir(), 'clearway-marketdata-'));
    const certificates = await ensureDevelopmentPki(dir, [SERVICE, READER]);
    const tlsOf = (identity: typeof SERVICE | typeof READER): TlsFiles => {
      const paths = certificates.get(spiffeIdOf(identity));
      if (!paths) throw new Error(`no certificate was made for ${identity.name}`);
      return tlsFilesOf(paths);
    };
    const child = fork(entryFile, { stdio: 'inherit' });
    const { port } = await tell(child, { kind: 'serve', tls: tlsOf(SERVICE), limits });
    return new ServerProcess(child, dir, tlsOf(READER), `127.0.0.1:${port}`);
  }

  /** Publishes so many changes a second for so long; answers what the server is like after. */
  async publish(changesPerSecond: number, milliseconds: number): Promise<ServerFigures> {
    return tell(this.child, { kind: 'publish', changesPerSecond, milliseconds });
  }

  /** Answers what the server is like now. */
  async look(): Promise<ServerFigures> {
    return tell(this.child, { kind: 'look' });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.child.disconnect();
    await rm(this.dir, { recursive: true, force: true });
  }
}

async function tell(child: ChildProcess, command: ServerCommand): Promise<ServerFigures> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`the publishing process ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (figures) => {
      child.off('exit', ended);
      resolve(figures as ServerFigures);
    });
    child.send(command);
  });
}
