export * from './command-run';
export * from './numbers';
export * from './run-command';
export * from './usage-error';
