import type { RpcChannel } from '@clearway/platform-rpc';
import { Metadata } from '@grpc/grpc-js';

const CHECK_PATH = '/grpc.health.v1.Health/Check';
const CHECK_TIMEOUT_MS = 1_000;
/** HealthCheckResponse{status: SERVING} on the wire: field 1, varint, value 1. */
const SERVING = Buffer.from([0x08, 0x01]);

/** Asks a service over gRPC's own health protocol whether it serves; false also when it cannot be reached. */
export function isServing(channel: RpcChannel): Promise<boolean> {
  return new Promise((resolve) => {
    channel.current.makeUnaryRequest(
      CHECK_PATH,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      Buffer.alloc(0),
      new Metadata(),
      { deadline: Date.now() + CHECK_TIMEOUT_MS },
      (error, answer) => resolve(error === null && answer !== undefined && SERVING.equals(answer)),
    );
  });
}
