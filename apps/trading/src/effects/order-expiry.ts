import type { TradingCore } from '../trading-core';

/** How often it is looked whether a day has ended. */
const EXPIRY_EVERY_MS = 1_000;

/** Expires DAY orders after their day; a command like any other, because time comes in with commands only. */
export class OrderExpiry {
  private readonly timer: NodeJS.Timeout;
  private day = 0;

  constructor(private readonly core: TradingCore) {
    this.timer = setInterval(() => void this.look(), EXPIRY_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const today = Math.floor(Date.now() / 86_400_000);
    if (today === this.day) return;
    try {
      const outcome = await this.core.submitOwn({ kind: 'ExpireOrders' }, 'order expiry');
      if (outcome.kind === 'expired' && outcome.orders === 0) this.day = today;
    } catch (error) {
      this.core.log.warn({ err: error }, 'expiry has to wait');
    }
  }
}
