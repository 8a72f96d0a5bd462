import { clearing } from '@clearway/contracts';
import type { ClearingEvent } from '@clearway/domain-clearing';
import type { EventCodec } from '@clearway/platform-journal';
import { fromWireEvent } from './from-wire-event';
import { toWireEvent } from './to-wire-event';

/** How clearing's events become bytes in its journal and back. */
export const clearingEventCodec: EventCodec<ClearingEvent> = {
  type: eventType,
  encode: (event) => clearing.ClearingEvent.encode(toWireEvent(event)).finish(),
  decode: (_type, data) => fromWireEvent(clearing.ClearingEvent.decode(data)),
};

/** Saga events are told apart from clearing's own of the same name, for example SagaStepRefused from StepRefused. */
function eventType(event: ClearingEvent): string {
  if (event.kind !== 'Saga') return event.kind;
  const { kind } = event.saga;
  return kind.startsWith('Saga') ? kind : `Saga${kind}`;
}
