import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** A host and a TCP port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Log levels in pino's words, most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** One of pino's levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const PORT_MAX = 65_535;
const HOST_PATTERN =
  /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;

/**
 * Builds a setting from a function that reads the text. The function gives undefined for a text that is wrong, so no
 * message can quote what may be a secret; the description stands in the table of problems under "expected".
 */
export function setting<T>(expected: string, read: (text: string) => T | undefined): z.ZodType<T, string> {
  return z
    .string()
    .transform((text, context): T => {
      const value = read(text.trim());
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: 'is not valid' });
      return z.NEVER;
    })
    .describe(expected);
}

/** Gives a setting a value for when the variable is not set, and keeps its description. */
export function withDefault<T>(schema: z.ZodType<T, string>, value: T): z.ZodType<T, string | undefined> {
  const described = z.globalRegistry.get(schema)?.description ?? '';
  return schema
    .optional()
    .transform((given) => given ?? value)
    .describe(described);
}

/** Lets a setting be left out; it is undefined then. */
export function optional<T>(schema: z.ZodType<T, string>): z.ZodType<T | undefined, string | undefined> {
  return schema.optional().describe(z.globalRegistry.get(schema)?.description ?? '');
}

/** Reads `host:port`, with an IPv6 host in brackets; undefined if the text is neither. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  const isHost = bracketed === undefined ? HOST_PATTERN.test(host) : isIP(host) === 6;
  return isHost && port <= PORT_MAX ? { host, port } : undefined;
}

/** Writes an address as `host:port`, with an IPv6 host in brackets. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The address that a service listens on; port 0 asks the system for a free one. */
export function listenAddress(): z.ZodType<Address, string> {
  return setting('HOST:PORT to listen on, for example 127.0.0.1:7001', parseAddress);
}

/** The address of one peer. */
export function peerAddress(): z.ZodType<Address, string> {
  return setting('HOST:PORT of a peer, for example risk:7002', readPeer);
}

/** Several addresses of one peer's instances, separated by commas; no address twice. */
export function peerAddresses(): z.ZodType<readonly Address[], string> {
  return setting('HOST:PORT[,HOST:PORT…] of a peer, each once', (text) => {
    const parts = text.split(',').map((part) => part.trim());
    const addresses = parts.map(readPeer).filter((address) => address !== undefined);
    return addresses.length === parts.length && new Set(parts).size === parts.length ? addresses : undefined;
  });
}

function readPeer(text: string): Address | undefined {
  const address = parseAddress(text);
  return address === undefined || address.port === 0 ? undefined : address;
}

/** A PostgreSQL URL with user and database. It holds a password, so wrap nothing around it that prints. */
export function postgresUrl(): z.ZodType<string, string> {
  return setting('postgres://USER:PASSWORD@HOST:PORT/DATABASE (secret)', (text) => {
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname, username, pathname } = new URL(text);
    const isPostgres = protocol === 'postgres:' || protocol === 'postgresql:';
    return isPostgres && hostname !== '' && username !== '' && pathname.length > 1 ? text : undefined;
  });
}

/** A Redis URL, over TLS with `rediss`. It may hold a password, so wrap nothing around it that prints. */
export function redisUrl(): z.ZodType<string, string> {
  return setting('redis://[USER:PASSWORD@]HOST:PORT[/NUMBER] or rediss://… (secret)', (text) => {
    if (!URL.canParse(text)) return undefined;
    const { protocol, hostname } = new URL(text);
    return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '' ? text : undefined;
  });
}

/** An absolute path; whether a file is there is for its reader to find out, since certificates may come later. */
export function absolutePath(what: string): z.ZodType<string, string> {
  return setting(`absolute path of ${what}`, (text) =>
    isAbsolute(text) && !text.includes('\0') ? text : undefined,
  );
}

/** The level below which logs are dropped. */
export function logLevel(): z.ZodType<LogLevel, string> {
  return setting(`one of ${LOG_LEVELS.join(', ')}`, (text) => LOG_LEVELS.find((level) => level === text));
}

/**
 * A whole number between two limits, both included.
 * @param unit the unit, in words, which belongs in the variable's name as well: `QUEUE_SIZE_MAX`, `CACHE_BYTES`
 */
export function wholeNumber(unit: string, min: number, max: number): z.ZodType<number, string> {
  return setting(`whole number of ${unit}, ${min} to ${max}`, (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
  });
}

/** A duration as a whole number of milliseconds; the variable's name ends in `_MS`. */
export function durationMs(minMs: number, maxMs: number): z.ZodType<number, string> {
  return wholeNumber('milliseconds', minMs, maxMs);
}

/** A size as a whole number of bytes; the variable's name ends in `_BYTES`. */
export function sizeBytes(minBytes: number, maxBytes: number): z.ZodType<number, string> {
  return wholeNumber('bytes', minBytes, maxBytes);
}

/** A share between 0 and 1, both included; the variable's name ends in `_RATIO`. */
export function ratio(): z.ZodType<number, string> {
  return setting('number from 0 to 1', (text) => {
    const value = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
    return value >= 0 && value <= 1 ? value : undefined;
  });
}

/** Exactly `true` or `false`, because a misspelt "yes" must not quietly mean no. */
export function flag(): z.ZodType<boolean, string> {
  return setting('true or false', (text) => (text === 'true' ? true : text === 'false' ? false : undefined));
}

/** An http or https URL without credentials, such as that of a telemetry collector. */
export function httpUrl(what: string): z.ZodType<string, string> {
  return setting(`http(s) URL of ${what}, without credentials`, (text) => {
    if (!URL.canParse(text)) return undefined;
    const { protocol, username, password } = new URL(text);
    const isHttp = protocol === 'http:' || protocol === 'https:';
    return isHttp && username === '' && password === '' ? text : undefined;
  });
}
