import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A collector that swallows what it gets, so that exporting costs what it costs and nothing is kept. */
export interface OtlpSink {
  readonly endpoint: string;
  /** Bytes received until now. */
  readonly bytes: () => number;
  close(): void;
}

/** Starts one on a free port of this machine. */
export async function startOtlpSink(): Promise<OtlpSink> {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bytes: () => bytes,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
