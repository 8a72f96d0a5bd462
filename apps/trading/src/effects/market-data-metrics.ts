import type { ChannelKind, MarketDataHub, TopicCounts } from '@clearway/platform-market-data';
import { metrics } from '@clearway/platform-telemetry';

type Observe = (value: number, attributes?: Readonly<Record<string, string>>) => void;

/**
 * Shows who reads a shard's market data, what it takes to serve them, and who could not keep up; read only when somebody
 * scrapes. Call what it answers when the shard leaves the process.
 */
export function marketDataMetrics(shard: string, hub: MarketDataHub): () => void {
  const stops: (() => void)[] = [];
  const meter = metrics.getMeter('clearway');
  const show = (name: string, description: string, read: () => number): void => {
    const gauge = meter.createObservableGauge(`clearway_market_data_${name}`, { description });
    const callback = (result: { observe: Observe }): void => result.observe(read(), { shard });
    gauge.addCallback(callback);
    stops.push(() => gauge.removeCallback(callback));
  };
  const count = (name: string, description: string, pick: (counts: TopicCounts) => number): void => {
    const counter = meter.createObservableCounter(`clearway_market_data_${name}_total`, { description });
    const callback = (result: { observe: Observe }): void => {
      for (const channel of Object.keys(hub.counts) as ChannelKind[])
        result.observe(pick(hub.counts[channel]), { shard, channel });
    };
    counter.addCallback(callback);
    stops.push(() => counter.removeCallback(callback));
  };
  show('subscribers', 'Streams of market data that are open', () => hub.subscriberCount);
  show('behind_subscribers', 'Of these, streams that do not take what is written now', () => hub.behindCount);
  count('messages', 'Messages encoded, once for all their readers', ({ messages }) => messages);
  count('writes', 'Messages handed to a stream', ({ writes }) => writes);
  count('snapshots', 'Snapshots that began a stream', ({ begins }) => begins);
  count('resyncs', 'Snapshots for readers that were too far behind', ({ behinds }) => behinds);
  return () => {
    for (const stop of stops) stop();
  };
}
