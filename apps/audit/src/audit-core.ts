import type { AuditCommand, AuditEvent, AuditOutcome, AuditState } from '@clearway/domain-audit';
import type { ServiceCore, ServiceDefinition } from '@clearway/platform-service';

/** What audit's handlers, projections and effects work with. */
export type AuditCore = ServiceCore<AuditState, AuditCommand, AuditEvent, AuditOutcome>;

/** Audit as the service runner takes it. */
export type AuditDefinition = ServiceDefinition<AuditState, AuditCommand, AuditEvent, AuditOutcome>;
