import { clearing, risk, trading } from '@clearway/contracts';
import { PLATFORM_TYPE_PREFIX } from '@clearway/platform-journal';
import { detailJson } from './detail-json';
import {
  CLEARING_EVENTS,
  type EventDescription,
  type EventFields,
  fieldsBy,
  RISK_EVENTS,
  TRADING_EVENTS,
  UNKNOWN_EVENT,
} from './event-fields';
import { describePlatformEvent } from './platform-events';

/** How the events of a service's journals are read: what they are about, and, when somebody asks for it, their content. */
interface EventReader {
  readonly fields: (data: Buffer, shard: string) => EventFields;
  readonly detail: (data: Buffer) => string;
}

/** By service. */
const SERVICES: Readonly<Record<string, EventReader>> = {
  trading: {
    fields: (data, shard) =>
      fieldsBy(TRADING_EVENTS, trading.TradingEvent.decode(data).event, { shard, key: undefined }),
    detail: (data) => detailOf(trading.TradingEvent.decode(data).event, {}),
  },
  risk: {
    fields: (data, shard) => {
      const { key, event } = risk.RiskEvent.decode(data);
      return fieldsBy(RISK_EVENTS, event, { shard, key });
    },
    detail: (data) => {
      const { key, event } = risk.RiskEvent.decode(data);
      return detailOf(event, { key });
    },
  },
  clearing: {
    fields: (data, shard) => {
      const { key, event } = clearing.ClearingEvent.decode(data);
      return fieldsBy(CLEARING_EVENTS, event, { shard, key });
    },
    detail: (data) => {
      const { key, event } = clearing.ClearingEvent.decode(data);
      return detailOf(event, { key });
    },
  },
};

/**
 * Says what one event of a source is about, without its content. It never throws: an event of an unknown service, of a newer
 * version or with bytes that do not decode is only recorded, because the search must not stop where the tree goes on.
 */
export function fieldsOf(shard: string, type: string, data: Buffer): EventFields {
  const service = serviceOf(shard);
  try {
    if (type.startsWith(PLATFORM_TYPE_PREFIX)) return describePlatformEvent(type, data, service);
    return SERVICES[service]?.fields(data, shard) ?? UNKNOWN_EVENT;
  } catch {
    return UNKNOWN_EVENT;
  }
}

/** Describes one event of a source with its content. It never throws; why an event does not decode is told in its detail. */
export function describeEvent(shard: string, type: string, data: Buffer): EventDescription {
  const service = serviceOf(shard);
  try {
    if (type.startsWith(PLATFORM_TYPE_PREFIX)) return describePlatformEvent(type, data, service);
    const reader = SERVICES[service];
    if (reader !== undefined) return { ...reader.fields(data, shard), detailJson: reader.detail(data) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it does not decode';
    return { ...UNKNOWN_EVENT, detailJson: detailJson({ undecoded: problem }) };
  }
  return { ...UNKNOWN_EVENT, detailJson: '{}' };
}

function serviceOf(shard: string): string {
  return shard.slice(0, shard.indexOf('/'));
}

interface Case {
  readonly $case: string;
  readonly value: object;
}

/** A saga event stands inside its host's event; the detail is that of the inner one. */
function detailOf(event: Case | undefined, more: Readonly<Record<string, unknown>>): string {
  const inner = event?.$case === 'saga' ? (event.value as { readonly event?: Case }).event : event;
  return detailJson({ ...inner?.value, ...more });
}
