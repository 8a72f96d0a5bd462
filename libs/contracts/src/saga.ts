export * from './generated/clearway/saga/v1/saga';
export * from './generated/clearway/saga/v1/saga_service';
