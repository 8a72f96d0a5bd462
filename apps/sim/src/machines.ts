import type { AuditCommand, AuditEvent, AuditOutcome, AuditState } from '@clearway/domain-audit';
import type {
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput,
  ClearingState,
} from '@clearway/domain-clearing';
import type { RiskCommand, RiskEvent, RiskOutcome, RiskState } from '@clearway/domain-risk';
import type {
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput,
  TradingState,
} from '@clearway/domain-trading';
import type { Machine } from '@clearway/kernel';

/** Audit's machine, real or with a bug planted. */
export type AuditMachine = Machine<AuditState, AuditCommand, AuditEvent, AuditOutcome>;

/** Clearing's machine, real or with a bug planted. */
export type ClearingMachine = Machine<
  ClearingState,
  ClearingCommand,
  ClearingEvent,
  ClearingOutcome,
  ClearingOutput
>;

/** Risk's machine, real or with a bug planted. */
export type RiskMachine = Machine<RiskState, RiskCommand, RiskEvent, RiskOutcome>;

/** Trading's machine, real or with a bug planted. */
export type TradingMachine = Machine<
  TradingState,
  TradingCommand,
  TradingEvent,
  TradingOutcome,
  TradingOutput
>;
