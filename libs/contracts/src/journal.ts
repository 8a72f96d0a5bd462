export * from './generated/clearway/journal/v1/journal';
