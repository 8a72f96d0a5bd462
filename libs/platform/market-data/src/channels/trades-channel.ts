import { common, marketdata } from '@clearway/contracts';
import { RECENT_TRADES_MAX, type TapeTrade } from '@clearway/domain-market-data';
import { encodeMessage } from '../encode-message';
import { type SnapshotCause, Topic, type TopicSource } from '../topic';
import type { Channel, ChannelParts } from './channel';

const CHANNEL = marketdata.Channel.CHANNEL_TRADES;

/** Every trade and every bust, in order; a snapshot is the newest trades. */
export class TradesChannel implements Channel, TopicSource {
  readonly topic: Topic;
  private trades: TapeTrade[] = [];
  private bustedTradeNumbers: number[] = [];

  constructor(private readonly parts: ChannelParts) {
    this.topic = new Topic(this, parts.limits, parts.limits.keptMessagesMax, parts.counts.trades);
  }

  get gathered(): number {
    return this.trades.length + this.bustedTradeNumbers.length;
  }

  traded(trade: TapeTrade): void {
    this.trades.push(trade);
  }

  busted(tradeNumber: number): void {
    this.bustedTradeNumbers.push(tradeNumber);
  }

  flush(): void {
    if (this.gathered === 0) return;
    const { state, epoch } = this.parts;
    const trades = this.trades.map((trade) => tradeToWire(trade, false));
    const value = { trades, bustedTradeNumbers: this.bustedTradeNumbers };
    this.trades = [];
    this.bustedTradeNumbers = [];
    this.topic.publish((sequence) =>
      encodeMessage(state, { channel: CHANNEL, epoch, sequence }, { $case: 'trades', value }),
    );
  }

  settle(): void {
    this.flush();
  }

  snapshot(sequence: number, cause: SnapshotCause): readonly Uint8Array[] {
    const { state, epoch } = this.parts;
    const { history } = state;
    const trades = history.trades
      .slice(-RECENT_TRADES_MAX)
      .map((trade) => tradeToWire(trade, history.bustedTradeNumbers.has(trade.tradeNumber)));
    const value = { trades, bustedTradeNumbers: [] };
    return [encodeMessage(state, { channel: CHANNEL, epoch, sequence, cause }, { $case: 'trades', value })];
  }
}

function tradeToWire({ side, ...trade }: TapeTrade, busted: boolean): marketdata.Trade {
  const { SIDE_BUY, SIDE_SELL } = common.Side;
  return { ...trade, side: side === 'BUY' ? SIDE_BUY : SIDE_SELL, busted };
}
