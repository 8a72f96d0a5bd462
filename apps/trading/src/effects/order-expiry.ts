import type { TradingCore } from '../trading-core';

/** How often it is looked whether an order's time is over. */
const EXPIRY_EVERY_MS = 1_000;

/** Expires orders whose time is over; a command like any other, because time comes in with commands only. */
export class OrderExpiry {
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly core: TradingCore) {
    this.timer = setInterval(() => void this.look(), EXPIRY_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    try {
      for (let due = await this.isDue(); due; due = await this.isDue())
        await this.core.submitOwn({ kind: 'ExpireOrders' }, 'order expiry');
    } catch (error) {
      this.core.log.warn({ err: error }, 'expiry has to wait');
    }
  }

  private isDue(): Promise<boolean> {
    return this.core.read((state) => state.expiries.nextAtMicros <= Date.now() * 1_000);
  }
}
