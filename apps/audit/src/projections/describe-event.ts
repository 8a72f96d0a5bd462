import { clearing, risk, trading } from '@clearway/contracts';
import { PLATFORM_TYPE_PREFIX } from '@clearway/platform-journal';
import { detailJson } from './detail-json';
import {
  CLEARING_EVENTS,
  type EventDescription,
  fieldsBy,
  RISK_EVENTS,
  TRADING_EVENTS,
  UNKNOWN_EVENT,
} from './event-fields';
import { describePlatformEvent } from './platform-events';

type Describe = (data: Buffer, shard: string) => EventDescription;

/** By service: how the events of its journals are read. */
const SERVICES: Readonly<Record<string, Describe>> = {
  trading: (data, shard) => {
    const { event } = trading.TradingEvent.decode(data);
    return { ...fieldsBy(TRADING_EVENTS, event, { shard, key: undefined }), ...detail(event, {}) };
  },
  risk: (data, shard) => {
    const { key, event } = risk.RiskEvent.decode(data);
    return { ...fieldsBy(RISK_EVENTS, event, { shard, key }), ...detail(event, { key }) };
  },
  clearing: (data, shard) => {
    const { key, event } = clearing.ClearingEvent.decode(data);
    return { ...fieldsBy(CLEARING_EVENTS, event, { shard, key }), ...detail(event, { key }) };
  },
};

/**
 * Describes one event of a source. It never throws: an event of an unknown service, of a newer version or with bytes that do
 * not decode is told as recorded, with the reason in its detail, because the search must not stop where the tree goes on.
 */
export function describeEvent(shard: string, type: string, data: Buffer): EventDescription {
  const service = shard.slice(0, shard.indexOf('/'));
  try {
    if (type.startsWith(PLATFORM_TYPE_PREFIX)) return describePlatformEvent(type, data, service);
    const describe = SERVICES[service];
    if (describe !== undefined) return describe(data, shard);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'it does not decode';
    return { ...UNKNOWN_EVENT, detailJson: detailJson({ undecoded: problem }) };
  }
  return { ...UNKNOWN_EVENT, detailJson: '{}' };
}

interface Case {
  readonly $case: string;
  readonly value: object;
}

/** A saga event stands inside its host's event; the detail is that of the inner one. */
function detail(event: Case | undefined, more: Readonly<Record<string, unknown>>): { detailJson: string } {
  const inner = event?.$case === 'saga' ? (event.value as { readonly event?: Case }).event : event;
  return { detailJson: detailJson({ ...inner?.value, ...more }) };
}
