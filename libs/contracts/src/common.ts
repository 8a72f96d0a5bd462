export * from './generated/clearway/common/v1/common';
export * from './generated/clearway/common/v1/shard_directory';
export * from './generated/clearway/common/v1/state_service';
