import type { common, journal, risk } from '@clearway/contracts';
import type { AllowTable } from '@clearway/platform-rpc';

/** What an account may do. A participant sees only its own accounts; each method checks that itself. */
export const RISK_SERVICE: AllowTable<typeof risk.RiskServiceService> = {
  GetAccountRisk: ['participant/*', 'operator/*'],
  GetLimits: ['participant/*', 'operator/*'],
};

/** Limits and lists. */
export const RISK_ADMIN_SERVICE: AllowTable<typeof risk.RiskAdminServiceService> = {
  SetLimits: ['operator/*'],
  SetBlacklist: ['operator/*'],
  ListFunds: ['operator/*', 'svc/audit'],
};

/** Steps of sagas. Each host may only name shards of its own as their origin. */
export const RISK_STEP_SERVICE: AllowTable<typeof risk.RiskStepServiceService> = {
  ExecuteSteps: ['svc/trading', 'svc/clearing'],
};

/** Invariants of the live state. */
export const INVARIANT_SERVICE: AllowTable<typeof common.InvariantServiceService> = {
  CheckInvariants: ['operator/*', 'svc/audit'],
};

/** The journal's feed. */
export const FEED_SERVICE: AllowTable<typeof journal.FeedServiceService> = {
  Subscribe: ['svc/audit'],
};
