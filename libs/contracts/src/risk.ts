export * from './generated/clearway/risk/v1/events';
export * from './generated/clearway/risk/v1/risk_service';
export * from './generated/clearway/risk/v1/risk_step_service';
