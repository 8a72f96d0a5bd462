import type { ReasonCode } from '@clearway/kernel';
import type { PeerIdentity } from './peer-identity';
import type { RpcLog } from './rpc-log';

/** Why somebody was refused: a reason of the catalogue, or that the TLS handshake failed. */
export type RefusalCode = ReasonCode | 'TLS_HANDSHAKE';

/** Who came and who was turned away: the part of the audit trail that only the transport sees. */
export interface AccessLog {
  /** Called once per connection, when its first call arrives. */
  sessionOpened(identity: PeerIdentity, address: string, userAgent: string): void;
  /** Called per refusal. Identity and method are unknown when the handshake itself failed (method is empty). */
  refused(identity: PeerIdentity | undefined, method: string, code: RefusalCode, address: string): void;
}

/**
 * Bounds how many refusals reach the access log, so that a flood of bad callers cannot flood the audit trail. What is left
 * out is counted in the service's own log once a second.
 */
export class BoundedAccessLog implements AccessLog {
  private second = 0;
  private told = 0;
  private leftOut = 0;

  constructor(
    private readonly target: AccessLog,
    private readonly refusalsPerSecondMax: number,
    private readonly log: RpcLog,
  ) {}

  sessionOpened(identity: PeerIdentity, address: string, userAgent: string): void {
    this.target.sessionOpened(identity, address, userAgent);
  }

  refused(identity: PeerIdentity | undefined, method: string, code: RefusalCode, address: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) this.startSecond(second);
    if (this.told >= this.refusalsPerSecondMax) {
      this.leftOut += 1;
      return;
    }
    this.told += 1;
    this.target.refused(identity, method, code, address);
  }

  private startSecond(second: number): void {
    if (this.leftOut > 0) this.log.warn({ refusals: this.leftOut }, 'refusals left out of the access log');
    this.second = second;
    this.told = 0;
    this.leftOut = 0;
  }
}
