import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFields, type WireField } from './protobuf-fields';

/** A span as a collector got it; ids in hexadecimal digits. */
export interface CollectedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED';
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Traces that it is linked with. */
  readonly links: readonly string[];
  readonly isError: boolean;
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const STATUS_ERROR = 2n;

/** An OTLP/HTTP collector (Protobuf) in the test's own process: it keeps every span that it is sent. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  /** What came, byte for byte, to look for what must not be there. */
  readonly bodies: Buffer[] = [];

  private constructor(private readonly server: Server) {}

  /** Starts one on a free port. With `keep: false` it only swallows, for measuring. */
  static async start({ keep = true } = {}): Promise<OtlpCollector> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (keep) collector.take(Buffer.concat(chunks));
        response.end();
      });
    });
    const collector = new OtlpCollector(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return collector;
  }

  /** Base URL, as CLEARWAY_OTLP_ENDPOINT wants it. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The spans of one trace, in the order of their beginnings. */
  trace(traceId: string): CollectedSpan[] {
    const spans = this.spans.filter((span) => span.traceId === traceId);
    return spans.sort((one, other) => Number(one.startNanos - other.startNanos));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private take(body: Buffer): void {
    this.bodies.push(body);
    for (const resourceSpans of messages(readFields(body), 1)) {
      const resource = attributesOf(messages(resourceSpans, 1)[0] ?? [], 1);
      const service = String(resource['service.name']);
      for (const scopeSpans of messages(resourceSpans, 2))
        for (const span of messages(scopeSpans, 2)) this.spans.push(spanOf(service, span));
    }
  }
}

/** Writes a trace as a tree, one line a span: service, name, kind, what stands in the chosen attributes, milliseconds. */
export function traceAsText(spans: readonly CollectedSpan[], shown: readonly string[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const [first] = spans;
  const lineOf = (span: CollectedSpan, depth: number): string => {
    const attributes = shown
      .filter((key) => key in span.attributes)
      .map((key) => String(span.attributes[key]));
    const startMs = Number(span.startNanos - (first?.startNanos ?? 0n)) / 1e6;
    const tookMs = Number(span.endNanos - span.startNanos) / 1e6;
    const times = `+${startMs.toFixed(1)} ms, ${tookMs.toFixed(1)} ms`;
    const detail = attributes.length === 0 ? '' : ` [${attributes.join(' ')}]`;
    return `${'  '.repeat(depth)}${span.service}: ${span.name} ${span.kind}${detail} (${times})`;
  };
  const under = (parentSpanId: string, depth: number): string[] =>
    spans
      .filter((span) => span.parentSpanId === parentSpanId)
      .flatMap((span) => [lineOf(span, depth), ...under(span.spanId, depth + 1)]);
  const roots = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
  return roots.flatMap((span) => [lineOf(span, 0), ...under(span.spanId, 1)]).join('\n');
}

function spanOf(service: string, fields: readonly WireField[]): CollectedSpan {
  const status = messages(fields, 15)[0] ?? [];
  return {
    service,
    traceId: bytesOf(fields, 1).toString('hex'),
    spanId: bytesOf(fields, 2).toString('hex'),
    parentSpanId: bytesOf(fields, 4).toString('hex'),
    name: bytesOf(fields, 5).toString('utf8'),
    kind: KINDS[Number(numberOf(fields, 6))] ?? 'UNSPECIFIED',
    startNanos: numberOf(fields, 7),
    endNanos: numberOf(fields, 8),
    attributes: attributesOf(fields, 9),
    links: messages(fields, 13).map((link) => bytesOf(link, 1).toString('hex')),
    isError: numberOf(status, 3) === STATUS_ERROR,
  };
}

function attributesOf(fields: readonly WireField[], number: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(fields, number).map((pair) => [
      bytesOf(pair, 1).toString('utf8'),
      anyValue(messages(pair, 2)[0] ?? []),
    ]),
  );
}

/** An AnyValue: text, boolean, integer, double or a list of them. */
function anyValue([field]: readonly WireField[]): unknown {
  if (field === undefined) return undefined;
  const { number, value } = field;
  if (Buffer.isBuffer(value)) {
    if (number === 5) return messages(readFields(value), 1).map(anyValue);
    return value.toString('utf8');
  }
  if (number === 2) return value === 1n;
  if (number === 4) return new Float64Array(new BigUint64Array([value]).buffer)[0];
  return Number(BigInt.asIntN(64, value));
}

function messages(fields: readonly WireField[], number: number): WireField[][] {
  return fields
    .filter((field) => field.number === number)
    .map(({ value }) => (Buffer.isBuffer(value) ? readFields(value) : []));
}

function bytesOf(fields: readonly WireField[], number: number): Buffer {
  const value = fields.find((field) => field.number === number)?.value;
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function numberOf(fields: readonly WireField[], number: number): bigint {
  const value = fields.find((field) => field.number === number)?.value;
  return typeof value === 'bigint' ? value : 0n;
}
