import type { ChannelKind, MarketDataHub, TopicCounts } from '@clearway/platform-market-data';
import type { Figures } from '@clearway/platform-telemetry';

/** Shows who reads a shard's market data, what it takes to serve them, and who could not keep up; read when somebody scrapes. */
export function marketDataMetrics(figures: Figures, shard: string, hub: MarketDataHub): void {
  const show = (name: string, description: string, read: () => number): void =>
    figures.gauge(`clearway_market_data_${name}`, description, (observe) => observe(read(), { shard }));
  const count = (name: string, description: string, pick: (counts: TopicCounts) => number): void =>
    figures.counter(`clearway_market_data_${name}_total`, description, (observe) => {
      for (const channel of Object.keys(hub.counts) as ChannelKind[])
        observe(pick(hub.counts[channel]), { shard, channel });
    });
  show('subscribers', 'Streams of market data that are open', () => hub.subscriberCount);
  show('behind_subscribers', 'Of these, streams that do not take what is written now', () => hub.behindCount);
  count('messages', 'Messages encoded, once for all their readers', ({ messages }) => messages);
  count('writes', 'Messages handed to a stream', ({ writes }) => writes);
  count('snapshots', 'Snapshots that began a stream', ({ begins }) => begins);
  count('resyncs', 'Snapshots for readers that were too far behind', ({ behinds }) => behinds);
}
