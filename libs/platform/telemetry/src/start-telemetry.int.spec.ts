import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { metrics } from '@opentelemetry/api';
import { startTelemetry } from './start-telemetry';

async function listen(
  onRequest: (request: IncomingMessage, body: Buffer) => void,
): Promise<{ port: number; close: () => void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      onRequest(request, Buffer.concat(chunks));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

interface Stopped {
  readonly stopMs: number;
  readonly complaints: readonly string[];
  readonly traceId: string;
  readonly wholeSdk: boolean;
}

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;

async function recordAndStop(options: Record<string, unknown>): Promise<Stopped> {
  const fixture = join(__dirname, 'fixtures', 'record-and-stop.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [fixture, JSON.stringify(options)]);
  return JSON.parse(stdout) as Stopped;
}

test('spans reach the collector, at the latest when the service stops', async () => {
  const received: { url: string | undefined; body: string }[] = [];
  const collector = await listen((request, body) =>
    received.push({ url: request.url, body: body.toString('latin1') }),
  );
  const otlpEndpoint = `http://127.0.0.1:${collector.port}/`;
  const stopped = await recordAndStop({ service: 'spec-service', otlpEndpoint, samplingRatio: 1 });
  await recordAndStop({ service: 'spec-service', otlpEndpoint, samplingRatio: 0 });
  collector.close();
  expect(received).toMatchObject([{ url: '/v1/traces' }]);
  expect(received[0]?.body).toContain('PlaceOrder');
  expect(received[0]?.body).toContain('spec-service');
  expect(received[0]?.body).toContain(Buffer.from(stopped.traceId, 'hex').toString('latin1'));
  expect(stopped).toMatchObject({ wholeSdk: true, complaints: [] });
});

test('without an endpoint there are trace ids all the same, little is loaded and a stop is immediate', async () => {
  const stopped = await recordAndStop({ service: 'spec', samplingRatio: 1 });
  expect(stopped.traceId).toMatch(TRACE_ID);
  expect(stopped.wholeSdk).toBe(false);
  expect(stopped.stopMs).toBeLessThan(250);
});

test('a dead collector does not hold a stop up, and is complained about', async () => {
  const deaf = createTcpServer((socket) => socket.on('error', () => undefined).resume()).listen(
    0,
    '127.0.0.1',
  );
  await once(deaf, 'listening');
  const { port } = deaf.address() as AddressInfo;
  const endpoints = ['http://127.0.0.1:1', `http://127.0.0.1:${port}`];
  const options = endpoints.map((otlpEndpoint) => ({ service: 'spec', otlpEndpoint, samplingRatio: 1 }));
  const all = await Promise.all(options.map(recordAndStop)).finally(() => deaf.close());
  for (const stopped of all) {
    expect(stopped.stopMs).toBeLessThan(2_500);
    expect(stopped.complaints).not.toEqual([]);
  }
});

test('metrics are served, and a taken port is an error', async () => {
  const free = await listen(() => undefined);
  const metricsListen = { host: '127.0.0.1', port: free.port };
  await expect(startTelemetry({ service: 'spec', samplingRatio: 0, metricsListen })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  free.close();
  const telemetry = await startTelemetry({ service: 'spec', samplingRatio: 0, metricsListen });
  metrics.getMeter('spec').createCounter('orders_accepted').add(3, { shard: '0' });
  const text = await (await fetch(`http://127.0.0.1:${free.port}/metrics`)).text();
  expect(text).toMatch(/orders_accepted_total\{[^}]*shard="0"[^}]*\} 3/);
  await telemetry.shutdown();
  await expect(fetch(`http://127.0.0.1:${free.port}/metrics`)).rejects.toThrow();
});
