/**
 * The database was first started with another number of shards. Keys would belong to other shards than their history lies
 * in, so the process must not start; docs/OPERATIONS.md says how the number is changed.
 */
export class ShardCountChangedError extends Error {
  override readonly name = 'ShardCountChangedError';

  constructor(service: string, recorded: number, wanted: number) {
    super(
      `CLEARWAY_SHARDS is ${wanted}, but the journals of ${service} were begun with ${recorded} shards. ` +
        `Start with CLEARWAY_SHARDS=${recorded}; "Changing the number of shards" in docs/OPERATIONS.md tells how to get to ${wanted}.`,
    );
  }
}
