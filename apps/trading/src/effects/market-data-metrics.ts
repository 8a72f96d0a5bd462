import type { ChannelKind, MarketDataHub, TopicCounts } from '@clearway/platform-market-data';
import { metrics } from '@clearway/platform-telemetry';

/** Shows who reads market data, what it takes to serve them, and who could not keep up. Read only when somebody scrapes. */
export function marketDataMetrics(hub: MarketDataHub): void {
  const meter = metrics.getMeter('clearway');
  const show = (name: string, description: string, read: () => number): void => {
    meter
      .createObservableGauge(`clearway_market_data_${name}`, { description })
      .addCallback((result) => result.observe(read()));
  };
  show('subscribers', 'Streams of market data that are open', () => hub.subscriberCount);
  show('behind_subscribers', 'Of these, streams that do not take what is written now', () => hub.behindCount);
  const count = (name: string, description: string, pick: (counts: TopicCounts) => number): void => {
    meter
      .createObservableCounter(`clearway_market_data_${name}_total`, { description })
      .addCallback((result) => {
        for (const channel of Object.keys(hub.counts) as ChannelKind[])
          result.observe(pick(hub.counts[channel]), { channel });
      });
  };
  count('messages', 'Messages encoded, once for all their readers', ({ messages }) => messages);
  count('writes', 'Messages handed to a stream', ({ writes }) => writes);
  count('snapshots', 'Snapshots that began a stream', ({ begins }) => begins);
  count('resyncs', 'Snapshots for readers that were too far behind', ({ behinds }) => behinds);
}
