import { createHash, type Hash } from 'node:crypto';
import { REPORT, REPORT_FIELDS, ReportRing } from '../matching/report-ring';

const RING_REPORTS = 4096;

/**
 * Writes reports as the benchmark's canonical text (one a line, no line feed at the end) and hashes it on the way: the text of
 * two million messages is never held. The benchmark sorts by sequence and kind; a session already writes in that order, which
 * is checked.
 */
export class CanonicalReports {
  readonly ring = new ReportRing(RING_REPORTS, (slots, offset, count) => this.take(slots, offset, count));
  private readonly hash: Hash = createHash('sha256');
  private separator = '';
  private lastOrder = -1;

  /** Ends the text and answers its SHA-256 in hexadecimal digits. */
  digest(): string {
    this.ring.drain();
    return this.hash.digest('hex');
  }

  private take(slots: Float64Array, offset: number, count: number): void {
    let text = '';
    for (let i = 0; i < count; i++) {
      const at = offset + i * REPORT_FIELDS;
      const order = slots[at + 1]! * 8 + slots[at]!;
      if (order < this.lastOrder) throw new Error(`a report of message ${slots[at + 1]} is out of order`);
      this.lastOrder = order;
      text += this.separator + lineOf(slots, at);
      this.separator = '\n';
    }
    this.hash.update(text);
  }
}

function lineOf(slots: Float64Array, at: number): string {
  const kind = slots[at]!;
  const sequence = slots[at + 1]!;
  const side = slots[at + 2]!;
  const orderId = slots[at + 3]!;
  const priceTicks = slots[at + 4]!;
  const quantityLots = slots[at + 5]!;
  switch (kind) {
    case REPORT.trade:
      return `1,${sequence},${priceTicks},${quantityLots},${slots[at + 6]!},${orderId}`;
    case REPORT.cancelAck:
      return `2,${sequence},${side},${orderId},${priceTicks}`;
    case REPORT.cancelReject:
    case REPORT.modifyReject:
      return `${kind},${sequence},${orderId}`;
    default:
      return `${kind},${sequence},${side},${orderId},${priceTicks},${quantityLots}`;
  }
}
