/** The invariants of the whole system as named queries: pure evaluation, and a collector that reads the services. */
export { coverageOf } from './coverage-of';
export { evaluateInvariants } from './evaluate-invariants';
export { collectSystemState, type ReconcileOptions, reconcile } from './reconcile';
export {
  openReconciliationClients,
  type ReconciliationClients,
  type ReconciliationTarget,
} from './reconciliation-clients';
export type {
  AccountFunds,
  AuditDump,
  ClearingDump,
  LedgerAccount,
  LedgerPurpose,
  OrderNeed,
  Position,
  Read,
  RiskDump,
  ServiceName,
  SystemState,
  TradingDump,
} from './system-state';
