import {
  type Attributes,
  context,
  createContextKey,
  type Context as OtelContext,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { contextFromTraceparent, formatTraceparent, parseTraceparent } from './traceparent';

/** Name of the scope that all spans of the system's own code stand under. */
const TRACER = 'clearway';
/** Where the flags begin in a traceparent, and the bit that says sampled. */
const FLAGS_AT = 53;
const TRACEPARENT_CHARS = 55;
const SAMPLED_BIT = 1;
/** Most links of one span. */
const LINKS_MAX = 16;

const RECORD_KEY = createContextKey('clearway: a new trace that is recorded');

/** Tells the sampler of a new trace that its recording is decided already. */
export function isDecided(parent: OtelContext): boolean {
  return parent.getValue(RECORD_KEY) === true;
}

/** What a span begins with. */
export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** The parent's traceparent; empty for a new trace. */
  readonly parent: string;
  readonly attributes?: Attributes;
  /** Traceparents of other spans that this one has to do with; at most 16 are kept. */
  readonly links?: readonly string[];
}

/** How this process traces. */
export interface TracingOptions {
  /** False where no collector is named: then no span is made at all. */
  readonly isRecording: boolean;
  /** Share of new traces that are recorded, 0 to 1. */
  readonly samplingRatio: number;
}

/**
 * The way to spans. It is asked before anything is made, so that work which is not traced costs a comparison and a random
 * number, and allocates nothing.
 */
export class Tracing {
  constructor(private readonly options: TracingOptions) {}

  /** Decides whether work that belongs to no trace yet begins one. Each call is a new decision. */
  beginsTrace(): boolean {
    const { isRecording, samplingRatio } = this.options;
    return isRecording && samplingRatio > 0 && Math.random() < samplingRatio;
  }

  /** Tells whether work that came with this traceparent is recorded: its caller has decided so. */
  follows(traceparent: string): boolean {
    if (!this.options.isRecording || traceparent.length !== TRACEPARENT_CHARS) return false;
    return (Number.parseInt(traceparent.slice(FLAGS_AT), 16) & SAMPLED_BIT) === SAMPLED_BIT;
  }

  /** Starts a span. Ask `beginsTrace` or `follows` before: this one always records. */
  start({ name, kind, parent, attributes = {}, links = [] }: SpanStart): OpenSpan {
    const under = parent === '' ? ROOT_CONTEXT.setValue(RECORD_KEY, true) : contextFromTraceparent(parent);
    const linked = links.slice(0, LINKS_MAX).map(parseTraceparent);
    const options = {
      kind: KINDS[kind],
      attributes,
      links: linked.filter((each) => each !== undefined).map((each) => ({ context: each })),
    };
    return new OpenSpan(trace.getTracer(TRACER).startSpan(name, options, under), under);
  }
}

/** For services and tests that trace nothing. */
export const NO_TRACING: Tracing = new Tracing({ isRecording: false, samplingRatio: 0 });

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** A span that is recorded and has not ended. */
export class OpenSpan {
  /** To be put into messages and journals, so that what follows from them joins the trace. */
  readonly traceparent: string;

  constructor(
    private readonly span: Span,
    private readonly under: OtelContext,
  ) {
    this.traceparent = formatTraceparent(span.spanContext()) ?? '';
  }

  /** Adds attributes, in the names of the semantic conventions or beginning with `clearway.`. */
  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  /** Runs work inside the span: its log lines carry the span's ids. */
  run<T>(work: () => T): T {
    return context.with(trace.setSpan(this.under, this.span), work);
  }

  /** Ends it; with a text it has failed. A refusal that was understood is no failure. */
  end(failure?: string): void {
    if (failure !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    this.span.end();
  }
}

/** Runs work outside any span: what it starts for others must not be logged as part of this one. */
export function outsideTrace<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}
