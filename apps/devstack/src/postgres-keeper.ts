import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@clearway/platform-postgres';
import { signalProcess } from './process-mark';
import type { StackConsole } from './stack-console';

const RESTART_BACKOFF_MIN_MS = 200;
const RESTART_BACKOFF_MAX_MS = 5_000;

/** Where the database's files lie, and where its write-ahead log is archived. */
export interface PostgresPlaces {
  readonly dataDir: string;
  readonly archiveTo: string | undefined;
}

/** The embedded Postgres, kept alive: one that crashes is started again on the same port. */
export class PostgresKeeper {
  private stopping = false;

  private constructor(
    private running: EmbeddedPostgres,
    private readonly places: PostgresPlaces,
    private readonly console: StackConsole,
  ) {
    this.watch();
  }

  /** @throws EmbeddedPostgresError with a sentence that says what to do */
  static async start(places: PostgresPlaces, console: StackConsole): Promise<PostgresKeeper> {
    const { dataDir } = places;
    const running = await startEmbeddedPostgres({ dataDir, ...archiveOf(places), log: logOf(console) });
    return new PostgresKeeper(running, places, console);
  }

  /** The superuser's URL; it stays the same over restarts. */
  get url(): string {
    return this.running.url;
  }

  get port(): number {
    return this.running.port;
  }

  /** Where the data really lies. */
  get dataDir(): string {
    return this.running.dataDir;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running.stop();
  }

  /** Ends the server without waiting: SIGQUIT is its immediate shutdown, which leaves no process behind. */
  kill(): void {
    this.stopping = true;
    signalProcess(this.running.pid, 'SIGQUIT');
  }

  private watch(): void {
    this.running.exited
      .then(async ({ code, signal }) => {
        if (this.stopping) return;
        this.console.error(
          `Postgres ended unexpectedly (${signal ?? `exit code ${code}`}); it is started again.`,
        );
        await this.restart();
      })
      .catch((error: unknown) => this.console.error(`Postgres is lost: ${String(error)}`));
  }

  private async restart(): Promise<void> {
    const { dataDir, port } = this.running;
    for (let backoffMs = RESTART_BACKOFF_MIN_MS; !this.stopping; ) {
      await sleep(backoffMs);
      backoffMs = Math.min(backoffMs * 2, RESTART_BACKOFF_MAX_MS);
      try {
        await this.adopt(await this.startAgain(dataDir, port));
        return;
      } catch (error) {
        this.console.error(
          `Postgres does not start: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }

  private startAgain(dataDir: string, port: number): Promise<EmbeddedPostgres> {
    return startEmbeddedPostgres({ dataDir, port, ...archiveOf(this.places), log: logOf(this.console) });
  }

  private async adopt(started: EmbeddedPostgres): Promise<void> {
    this.running = started;
    if (this.stopping) return started.stop();
    this.console.info('Postgres runs again.', 'postgres');
    this.watch();
  }
}

function archiveOf({ archiveTo }: PostgresPlaces): { archiveTo?: string } {
  return archiveTo === undefined ? {} : { archiveTo };
}

function logOf(console: StackConsole): Parameters<typeof startEmbeddedPostgres>[0]['log'] {
  return {
    debug: () => undefined,
    info: (message) => console.info(message, 'postgres'),
    warn: (message) => console.service('postgres', message),
  };
}
