import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsPaths } from '@clearway/platform-pki';
import { Child, freePorts } from '@clearway/testing';

const USER = 'clearway';
const PASSWORD_BYTES = 18;

/** Whether this machine has a Redis server, which the trial then starts for itself. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A Redis that speaks TLS alone and lets in one user with the rights that services need, as the overlays have it. */
export class TlsRedis {
  private constructor(
    private readonly child: Child,
    /** What services are told of it. */
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Starts it in a folder. */
  static async start(dir: string, tls: TlsPaths): Promise<TlsRedis> {
    const [port = 0] = await freePorts(1);
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const rights =
      '~clearway:* resetchannels &clearway:* -@all +@connection +@read +@write +@transaction +@pubsub +eval';
    const users = ['user default off', `user ${USER} on >${password} ${rights} -@dangerous +info`];
    const aclPath = join(dir, 'redis-users.acl');
    await writeFile(aclPath, `${users.join('\n')}\n`, { mode: 0o600 });
    const args = ['--port', '0', '--bind', '127.0.0.1', '--tls-port', `${port}`, '--tls-auth-clients', 'no'];
    args.push('--tls-cert-file', tls.cert, '--tls-key-file', tls.key, '--tls-ca-cert-file', tls.ca);
    args.push('--aclfile', aclPath, '--save', '', '--appendonly', 'no', '--dir', dir);
    const env = { PATH: process.env.PATH ?? '' };
    const child = new Child({ name: 'redis', command: 'redis-server', args, env });
    child.start();
    return new TlsRedis(child, {
      CLEARWAY_REDIS_URL: `rediss://127.0.0.1:${port}`,
      CLEARWAY_REDIS_USERNAME: USER,
      CLEARWAY_REDIS_PASSWORD: password,
      CLEARWAY_REDIS_CA: tls.ca,
    });
  }

  /** kill -9: what it held is gone. */
  async kill(): Promise<void> {
    await this.child.kill();
  }

  /** Starts it again after a kill, empty. */
  restart(): void {
    this.child.start();
  }
}
