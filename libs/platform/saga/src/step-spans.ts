import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import type { OpenSpan, Tracing } from '@clearway/platform-telemetry';

/** How a host's saga steps are traced. */
export interface StepTracing<Request> {
  readonly tracing: Tracing;
  /** Shard of the host: the first half of a saga's id. */
  readonly shardId: string;
  /** Traceparent of the trace that the call's saga belongs to. Runs for every call sent, nearly always to say undefined. */
  traceOf(call: SagaCall<Request>): string | undefined;
  /** What is asked for, for example `Reserve`. */
  nameOf(request: Request): string;
}

/** The client spans of one call to a participant: one for each of its steps that is traced. */
export class StepSpans<Request> {
  /** By the step's place in the call; empty for a step that is not traced. */
  readonly traceparents: readonly string[];

  private constructor(
    private readonly calls: readonly SagaCall<Request>[],
    private readonly spans: readonly (OpenSpan | undefined)[],
  ) {
    this.traceparents = spans.map((span) => span?.traceparent ?? '');
  }

  /** Starts the spans; undefined when no step of the call is traced, and then nothing was allocated. */
  static start<Request>(
    stepTracing: StepTracing<Request> | undefined,
    calls: readonly SagaCall<Request>[],
  ): StepSpans<Request> | undefined {
    if (stepTracing === undefined) return undefined;
    let isTraced = false;
    for (const call of calls) isTraced ||= stepTracing.traceOf(call) !== undefined;
    if (!isTraced) return undefined;
    return new StepSpans(
      calls,
      calls.map((call) => spanOf(stepTracing, call)),
    );
  }

  /** Ends the spans by the answers, which may come in any order. A refusal is an answer, not a failure. */
  answered(answers: readonly StepAnswer[]): void {
    for (const [index, span] of this.spans.entries()) {
      const call = this.calls[index];
      if (!span || !call) continue;
      const answer = answers.find((each) => isAnswerTo(each, call));
      span.set({ 'clearway.saga.outcome': answer?.status ?? 'unknown' });
      if (answer?.status === 'refused')
        span.set({ 'clearway.reasons': answer.reasons.map(({ code }) => code) });
      span.end(answer?.status === 'failed' ? answer.code : undefined);
    }
  }

  /** Ends the spans of a call that was not answered: what came of its steps is unknown. */
  failed(code: string): void {
    for (const span of this.spans) {
      span?.set({ 'clearway.saga.outcome': 'unknown', 'error.type': code });
      span?.end(code);
    }
  }
}

function spanOf<Request>(stepTracing: StepTracing<Request>, call: SagaCall<Request>): OpenSpan | undefined {
  const parent = stepTracing.traceOf(call);
  if (parent === undefined) return undefined;
  const { participant, sagaNumber, sagaKind, step, phase, request } = call;
  return stepTracing.tracing.start({
    name: `${participant}/${stepTracing.nameOf(request)}`,
    kind: 'client',
    parent,
    attributes: {
      'rpc.system.name': 'grpc',
      'rpc.method': `clearway.${participant}.v1.${capitalised(participant)}StepService/ExecuteSteps`,
      'clearway.saga.id': `${stepTracing.shardId}#${sagaNumber}`,
      'clearway.saga.kind': sagaKind,
      'clearway.saga.step': step,
      'clearway.saga.phase': phase,
    },
  });
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function isAnswerTo(answer: StepAnswer, call: SagaCall<unknown>): boolean {
  return answer.sagaNumber === call.sagaNumber && answer.step === call.step && answer.phase === call.phase;
}
