import { setTimeout as sleep } from 'node:timers/promises';
import type { TlsPaths } from '@clearway/platform-pki';
import { RpcChannel, tlsFilesOf } from '@clearway/platform-rpc';
import { Metadata } from '@grpc/grpc-js';
import type { ServiceName } from './identities';
import { SILENT_LOG } from './stack-clients';
import { StartupError } from './startup-error';

const CHECK_PATH = '/grpc.health.v1.Health/Check';
const CHECK_TIMEOUT_MS = 1_000;
const POLL_INTERVAL_MS = 50;
/** HealthCheckResponse{status: SERVING} on the wire: field 1, varint, value 1. */
const SERVING = Buffer.from([0x08, 0x01]);
const EMPTY = Buffer.alloc(0);

/** Which service to ask and with whose certificate. */
export interface HealthTarget {
  readonly name: ServiceName;
  readonly address: string;
  readonly tls: TlsPaths;
}

/**
 * Waits until a service says over mutual TLS that it serves.
 * @throws StartupError when it does not within the time; the signal's reason when the start was given up
 */
export async function waitUntilServing(
  target: HealthTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const channel = new RpcChannel({
    address: target.address,
    tls: tlsFilesOf(target.tls),
    expect: `svc/${target.name}`,
    log: SILENT_LOG,
  });
  const deadline = performance.now() + timeoutMs;
  try {
    while (!(await isServing(channel))) {
      signal.throwIfAborted();
      if (performance.now() > deadline) throw notServing(target, timeoutMs);
      await sleep(POLL_INTERVAL_MS);
    }
  } finally {
    channel.close();
  }
}

function isServing(channel: RpcChannel): Promise<boolean> {
  const options = { deadline: Date.now() + CHECK_TIMEOUT_MS };
  return new Promise((resolve) => {
    channel.current.makeUnaryRequest(
      CHECK_PATH,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      EMPTY,
      new Metadata(),
      options,
      (error, answer) => resolve(error === null && answer !== undefined && SERVING.equals(answer)),
    );
  });
}

function notServing({ name, address }: HealthTarget, timeoutMs: number): StartupError {
  return new StartupError(
    `${name} (${address}) was not ready after ${Math.round(timeoutMs / 1000)} s; its lines above say why.`,
  );
}
