import { spawnSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';

const SIZE_MEGABYTES = 2_048;
/** Postgres may write between the look and the cut, which then is refused. */
const FILL_ATTEMPTS_MAX = 20;
const SLACK_BYTES = 65_536;

/**
 * A file system of its own for Postgres, in memory, whose size can be cut down to what is used: then every write of Postgres ends with
 * ENOSPC. What memory cannot show is a loss of power; here only processes die.
 */
export class SmallDisk {
  private constructor(
    private readonly dir: string,
    /** Why there is none; Postgres is then on an ordinary file system. */
    readonly unavailable: string | undefined,
  ) {}

  /** Mounts it on the folder, which needs root on Linux. */
  static mount(dir: string): SmallDisk {
    mkdirSync(dir, { recursive: true });
    if (process.platform !== 'linux') return new SmallDisk(dir, 'tmpfs is there on Linux only');
    const options = `size=${SIZE_MEGABYTES}m,mode=0755`;
    const why = mount(['-t', 'tmpfs', '-o', options, 'clearway-chaos', dir]);
    return new SmallDisk(dir, why === undefined ? undefined : `no file system could be mounted: ${why}`);
  }

  /** Lets nothing more be written. */
  fill(): void {
    let why: string | undefined;
    for (let slack = 0; slack < FILL_ATTEMPTS_MAX; slack += 1) {
      const { blocks, bfree, bsize } = statfsSync(this.dir);
      why = this.resize(`${(blocks - bfree) * bsize + slack * SLACK_BYTES}`);
      if (why === undefined) return;
    }
    throw new Error(`the file system could not be made full: ${why}`);
  }

  /** Has room again. */
  free(): void {
    const why = this.resize(`${SIZE_MEGABYTES}m`);
    if (why !== undefined) throw new Error(`the file system could not be given room again: ${why}`);
  }

  /** Takes it away again. */
  unmount(): void {
    if (this.unavailable === undefined) spawnSync('umount', [this.dir]);
  }

  private resize(size: string): string | undefined {
    return mount(['-o', `remount,size=${size}`, this.dir]);
  }
}

/** Why it failed; undefined when it did not. */
function mount(args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
