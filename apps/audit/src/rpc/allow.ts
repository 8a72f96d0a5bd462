import type { audit, common, journal } from '@clearway/contracts';
import type { AllowTable } from '@clearway/platform-rpc';

/** Auditors are operators; participants see nothing of the log, which names everyone's accounts. */
export const AUDIT_SERVICE: AllowTable<typeof audit.AuditServiceService> = {
  GetCheckpoint: ['operator/*'],
  ListCoverage: ['operator/*'],
  ListEntries: ['operator/*'],
  GetInclusionProof: ['operator/*'],
  GetConsistencyProof: ['operator/*'],
  ListCheckpoints: ['operator/*'],
  ExportEntries: ['operator/*'],
};

/** Invariants of the live state and of the read model. */
export const INVARIANT_SERVICE: AllowTable<typeof common.InvariantServiceService> = {
  CheckInvariants: ['operator/*'],
};

/** Audit's own journal: the archive of every source batch, for replays and for a second audit. */
export const FEED_SERVICE: AllowTable<typeof journal.FeedServiceService> = {
  Subscribe: ['svc/audit', 'operator/*'],
};
