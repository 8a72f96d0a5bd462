import { readFileSync } from 'node:fs';
import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { gzipSync } from 'node:zlib';
import type { Bearer } from '../surface/raw-call';

/** A call that HTTP/2 allows and gRPC does not, or one that asks for too much. */
export interface OddCall {
  readonly headers?: OutgoingHttpHeaders;
  readonly pieces?: readonly Buffer[];
  /** False leaves the call open: half a request and then silence. */
  readonly ends?: boolean;
  /** Statuses of gRPC or of HTTP that are a fair answer; RESET when the stream is cut. */
  readonly fair: readonly string[];
}

/** A message as gRPC frames it; `said` lets it lie about its length. */
function framed(message: Buffer, compressed = 0, said = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed, 0);
  head.writeUInt32BE(said, 1);
  return Buffer.concat([head, message]);
}

const EMPTY = framed(Buffer.alloc(0));
const MIB = 2 ** 20;
const [INVALID, EXHAUSTED, UNIMPLEMENTED, INTERNAL, LATE] = ['3', '8', '12', '13', '4'] as const;

/** By what is odd about them. INTERNAL stands where grpc-js itself answers so to a call that breaks gRPC's own framing. */
export const ODD_CALLS: Readonly<Record<string, OddCall>> = {
  'an honest call': { pieces: [EMPTY], fair: ['0'] },
  GET: { headers: { ':method': 'GET' }, fair: ['http 405', 'http 415', 'RESET', UNIMPLEMENTED] },
  'no content type': { headers: { 'content-type': 'text/html' }, pieces: [EMPTY], fair: ['http 415'] },
  'an unknown method': {
    headers: { ':path': '/clearway.trading.v1.TradingService/Steal' },
    pieces: [EMPTY],
    fair: [UNIMPLEMENTED],
  },
  'an unknown path': { headers: { ':path': '/../../etc/passwd' }, pieces: [EMPTY], fair: [UNIMPLEMENTED] },
  'a path of 8 kB': {
    headers: { ':path': `/${'x'.repeat(8_000)}` },
    pieces: [EMPTY],
    fair: [UNIMPLEMENTED, 'RESET'],
  },
  'no message': { fair: [UNIMPLEMENTED, INVALID, INTERNAL] },
  'two messages': { pieces: [EMPTY, EMPTY], fair: [UNIMPLEMENTED, INVALID, INTERNAL, '0'] },
  'a message cut short': {
    pieces: [framed(Buffer.alloc(3), 0, 100)],
    fair: [INTERNAL, INVALID, UNIMPLEMENTED],
  },
  'a length of 4 GB': { pieces: [framed(Buffer.alloc(3), 0, 0xffffffff)], fair: [EXHAUSTED] },
  'compressed, with no encoding named': {
    pieces: [framed(Buffer.alloc(3), 1)],
    fair: ['0', INTERNAL, UNIMPLEMENTED, INVALID],
  },
  'an unknown encoding': {
    headers: { 'grpc-encoding': 'rot13' },
    pieces: [framed(Buffer.alloc(3), 1)],
    fair: [UNIMPLEMENTED, INTERNAL],
  },
  'no gzip': {
    headers: { 'grpc-encoding': 'gzip' },
    pieces: [framed(Buffer.alloc(9), 1)],
    fair: [INTERNAL, INVALID],
  },
  'a gzip bomb': {
    headers: { 'grpc-encoding': 'gzip' },
    pieces: [framed(gzipSync(Buffer.alloc(512 * MIB)), 1)],
    fair: [EXHAUSTED],
  },
  'metadata of 60 kB': {
    headers: { 'x-big': 'x'.repeat(60_000) },
    pieces: [EMPTY],
    fair: ['0', 'RESET', 'http 431', EXHAUSTED],
  },
  'metadata of 1,000 keys': {
    headers: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x-${n}`, 'y'])),
    pieces: [EMPTY],
    fair: ['RESET', 'http 431', EXHAUSTED, '0'],
  },
  'metadata that is no base64': {
    headers: { 'x-bin': '%%%%' },
    pieces: [EMPTY],
    fair: ['0', INVALID, INTERNAL],
  },
  'a traceparent of nonsense': {
    headers: { traceparent: '00-zz\u00ff-11', 'grpc-trace-bin': 'AAAA' },
    pieces: [EMPTY],
    fair: ['0'],
  },
  'a deadline of nonsense': {
    headers: { 'grpc-timeout': 'soon' },
    pieces: [EMPTY],
    fair: ['0', INTERNAL, INVALID, 'http 400', 'RESET'],
  },
  'a deadline below zero': {
    headers: { 'grpc-timeout': '-5S' },
    pieces: [EMPTY],
    fair: [LATE, INTERNAL, INVALID, '0', 'RESET'],
  },
  'a deadline of an age': { headers: { 'grpc-timeout': '99999999H' }, pieces: [EMPTY], fair: ['0'] },
  'a deadline of no time': {
    headers: { 'grpc-timeout': '1n' },
    pieces: [EMPTY],
    fair: ['0', LATE, 'RESET', 'http 200'],
  },
  'half a request, then silence': { pieces: [Buffer.from([0, 0])], ends: false, fair: ['OPEN', LATE] },
};

/** Opens a connection of HTTP/2 with an honest certificate. */
export function openHttp2(
  address: string,
  { caPath, certPath, keyPath }: Required<Pick<Bearer, 'caPath' | 'certPath' | 'keyPath'>>,
): ClientHttp2Session {
  const session = connect(`https://${address}`, {
    ca: readFileSync(caPath),
    cert: readFileSync(certPath),
    key: readFileSync(keyPath),
    checkServerIdentity: () => undefined,
  });
  session.on('error', () => undefined);
  return session;
}

/** Makes the call and says what came of it: gRPC's status, `http 415` and the like, RESET or OPEN. */
export function oddCall(
  session: ClientHttp2Session,
  path: string,
  odd: OddCall,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve) => {
    const headers = {
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...odd.headers,
    };
    const stream = session.request(headers, { endStream: false });
    let answer = 'RESET';
    const note = (found: IncomingHttpHeaders): void => {
      const { ':status': http, 'grpc-status': status } = found as {
        ':status'?: number;
        'grpc-status'?: string;
      };
      if (status !== undefined) answer = status;
      else if (http !== undefined) answer = `http ${http}`;
    };
    const timer = setTimeout(() => {
      answer = 'OPEN';
      stream.close();
    }, timeoutMs);
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', () => undefined);
    stream.on('error', () => undefined);
    stream.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
    for (const piece of odd.pieces ?? []) stream.write(piece);
    if (odd.ends !== false) stream.end();
  });
}
