import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

const PORT_DEFAULT = 6379;

/** Where Redis is and who asks. Name and password may stand in the URL; given apart, so that a URL is no secret, they win. */
export interface RedisAddress {
  /** `redis://HOST:PORT[/NUMBER]`, or `rediss://` for TLS. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Authority (PEM) that signed the server's certificate; those that Node knows when it is left out. */
  readonly caPath?: string | undefined;
}

/** The part of a client's options that says where and as whom it connects. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

/** The client's options for an address. The authority's file is read again for each connection, because it is renewed. */
export function connectionOf({ url, username, password, caPath }: RedisAddress): RedisConnection {
  const parsed = new URL(url);
  const { hostname, port, pathname, protocol } = parsed;
  const ownName = username ?? decodeURIComponent(parsed.username);
  const ownPassword = password ?? decodeURIComponent(parsed.password);
  const tls = protocol === 'rediss:' ? { tls: caPath === undefined ? {} : readAgain(caPath) } : {};
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? PORT_DEFAULT : Number(port),
    db: Number(pathname.slice(1)) || 0,
    ...(ownName === '' ? {} : { username: ownName }),
    ...(ownPassword === '' ? {} : { password: ownPassword }),
    ...tls,
  };
}

/** A file that is not there must not end a process: without it no server is believed, and the next attempt looks again. */
function readAgain(caPath: string): ConnectionOptions {
  return {
    get ca(): string[] {
      try {
        return [readFileSync(caPath, 'utf8')];
      } catch {
        return [];
      }
    },
  };
}
