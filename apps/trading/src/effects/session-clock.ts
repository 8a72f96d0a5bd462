import { PHASE_RULES } from '@clearway/domain-matching';
import { indicativePriceOf, type TradingState } from '@clearway/domain-trading';
import type { TradingCore } from '../trading-core';
import type { AuctionView, MarketFeed } from './market-feed';

/** How often it is looked whether a phase is over. Orders are exact to the microsecond whatever this is: see `advancePhases`. */
const LOOK_EVERY_MS = 200;
/** Looks from one look at auctions to the next. */
const AUCTIONS_EVERY_LOOKS = 5;

/**
 * Lets phases end and orders expire when their time is over; commands like any others, because time comes in with commands
 * only. What fell due while no process ran is done by the first look. And it shows what auctions would come to.
 */
export class SessionClock {
  private readonly timer: NodeJS.Timeout;
  private looks = 0;
  private isLooking = false;

  constructor(
    private readonly core: TradingCore,
    private readonly feed: MarketFeed,
  ) {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.advance();
      this.looks += 1;
      if (this.looks % AUCTIONS_EVERY_LOOKS === 0) await this.showAuctions();
    } catch (error) {
      this.core.log.warn({ err: error }, 'phases and expiry have to wait');
    } finally {
      this.isLooking = false;
    }
  }

  private async advance(): Promise<void> {
    for (let due = await this.dueNow(); due; due = await this.dueNow())
      await this.core.submitOwn({ kind: due }, 'session clock');
  }

  private dueNow(): Promise<'AdvanceClock' | 'ExpireOrders' | undefined> {
    return this.core.read(({ phaseDueMicros, expiries }) => {
      const nowMicros = Date.now() * 1_000;
      if (phaseDueMicros <= nowMicros) return 'AdvanceClock';
      return expiries.nextAtMicros <= nowMicros ? 'ExpireOrders' : undefined;
    });
  }

  /** The feed forgets an auction by itself when its phase ends. */
  private async showAuctions(): Promise<void> {
    const auctions = await this.core.read(auctionsOf);
    if (auctions.length > 0) this.feed.takeAuctions(auctions, Date.now() * 1_000);
  }
}

function auctionsOf({ markets }: TradingState): AuctionView[] {
  const auctions: AuctionView[] = [];
  for (const [symbol, market] of markets) {
    if (!PHASE_RULES[market.phase].isCollecting) continue;
    const { priceTicks = 0, volumeLots = 0 } = indicativePriceOf(market) ?? {};
    auctions.push({ symbol, priceTicks, quantityLots: volumeLots });
  }
  return auctions;
}
