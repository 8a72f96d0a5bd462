import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Bearer } from '../surface/raw-call';

/** How a connection ended. */
export interface SocketEnd {
  readonly closed: boolean;
  readonly receivedBytes: number;
}

const PIECE_BYTES = 64 * 1024;

/** Opens TLS with an honest certificate, as far as HTTP/2's door. */
export function openTls(port: number, { caPath, certPath, keyPath }: Bearer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      ca: readFileSync(caPath),
      cert: certPath === undefined ? '' : readFileSync(certPath),
      key: keyPath === undefined ? '' : readFileSync(keyPath),
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Opens TCP and no more. */
export function openTcp(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends bytes, then waits until the other side closes or the time is over. Reads on, so that it can. */
export async function sendAndWatch(socket: Socket, bytes: Buffer, timeoutMs: number): Promise<SocketEnd> {
  let receivedBytes = 0;
  socket.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
  });
  socket.on('error', () => undefined);
  const ended = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true));
    socket.once('end', () => resolve(true));
  });
  for (let at = 0; at < bytes.length && socket.writable; at += PIECE_BYTES) {
    if (!socket.write(bytes.subarray(at, at + PIECE_BYTES))) await Promise.race([drained(socket), ended]);
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const closed = await Promise.race([ended, late]);
  clearTimeout(timer);
  socket.destroy();
  return { closed, receivedBytes };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
