import type { AuditState } from '@clearway/domain-audit';
import type { ClearingState } from '@clearway/domain-clearing';
import type { RiskState } from '@clearway/domain-risk';
import type { TradingState } from '@clearway/domain-trading';

/** The durable states of all services at this moment: what the truth is, whatever any process believes. */
export interface SystemView {
  trading(): TradingState;
  risk(): RiskState;
  clearing(): ClearingState;
  audit(): AuditState;
}
