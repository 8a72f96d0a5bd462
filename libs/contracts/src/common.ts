export * from './generated/clearway/common/v1/common';
