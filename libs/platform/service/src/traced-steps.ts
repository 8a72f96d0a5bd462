import type { CallContext } from '@clearway/platform-rpc';
import type { OpenSpan, Tracing } from '@clearway/platform-telemetry';

/** A step as it comes over the wire, whichever participant it is for. */
interface WireStep {
  readonly sagaNumber: number;
  readonly step: number;
  /** Name of the field that says what is asked for: `reserve`. */
  readonly action?: { readonly $case: string } | undefined;
  readonly traceparent: string;
}

interface Answered {
  readonly status: string;
}

/** Decides the steps from one place to before another under a traceparent, and gives their answers. */
type SubmitPart<Answer> = (from: number, to: number, traceparent: string) => Promise<readonly Answer[]>;

/**
 * Executes the steps of one call, and those that are traced each under a span of their own, with a journal context that
 * carries it: so the journal and audit say which order an event belongs to. Steps keep their order, since parts are
 * submitted one after the other without a wait between them. A call without traced steps is one command, as ever.
 */
export function inTraces<Answer extends Answered>(
  tracing: Tracing,
  call: CallContext,
  steps: readonly WireStep[],
  originShard: string,
  submit: SubmitPart<Answer>,
): Promise<readonly Answer[]> {
  const isTraced = ({ traceparent }: WireStep) => traceparent !== '' && tracing.follows(traceparent);
  if (!steps.some(isTraced)) return submit(0, steps.length, call.traceparent);
  const parts: Promise<readonly Answer[]>[] = [];
  let from = 0;
  for (const [index, step] of steps.entries()) {
    if (!isTraced(step)) continue;
    if (index > from) parts.push(submit(from, index, call.traceparent));
    const span = stepSpan(tracing, call, step, originShard);
    parts.push(spanned(span, submit(index, index + 1, span.traceparent)));
    from = index + 1;
  }
  if (from < steps.length) parts.push(submit(from, steps.length, call.traceparent));
  return Promise.all(parts).then((answers) => answers.flat());
}

function stepSpan(tracing: Tracing, call: CallContext, step: WireStep, originShard: string): OpenSpan {
  const field = step.action?.$case ?? 'step';
  return tracing.start({
    name: field.charAt(0).toUpperCase() + field.slice(1),
    kind: 'server',
    parent: step.traceparent,
    attributes: {
      'rpc.system.name': 'grpc',
      'rpc.method': call.method.slice(1),
      'clearway.saga.id': `${originShard}#${step.sagaNumber}`,
      'clearway.saga.step': step.step,
    },
  });
}

async function spanned<Answer extends Answered>(
  span: OpenSpan,
  answering: Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  try {
    const answers = await answering;
    span.set({ 'clearway.saga.outcome': answers[0]?.status ?? 'unknown' });
    span.end();
    return answers;
  } catch (error) {
    span.end(error instanceof Error ? error.name : 'unknown');
    throw error;
  }
}
