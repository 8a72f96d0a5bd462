export * from './generated/clearway/audit/v1/audit_service';
export * from './generated/clearway/audit/v1/events';
