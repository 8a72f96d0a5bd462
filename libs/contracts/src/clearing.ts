export * from './generated/clearway/clearing/v1/clearing_service';
export * from './generated/clearway/clearing/v1/clearing_step_service';
export * from './generated/clearway/clearing/v1/events';
