import { Client, credentials, Metadata } from '@grpc/grpc-js';

const CHECK_PATH = '/grpc.health.v1.Health/Check';
const CHECK_TIMEOUT_MS = 2_000;
/** HealthCheckResponse{status: SERVING} on the wire: field 1, varint, value 1. */
const SERVING = Buffer.from([0x08, 0x01]);

/** Asks a process at its `CLEARWAY_HEALTH_LISTEN` whether it takes calls; false also when it cannot be reached. */
export function isServing(address: string): Promise<boolean> {
  const client = new Client(address, credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  const options = { deadline: Date.now() + CHECK_TIMEOUT_MS };
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      CHECK_PATH,
      same,
      same,
      Buffer.alloc(0),
      new Metadata(),
      options,
      (error, answer) => {
        client.close();
        resolve(error === null && answer !== undefined && SERVING.equals(answer));
      },
    );
  });
}
