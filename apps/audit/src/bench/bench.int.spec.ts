import { measureSealing, measureTree } from './sealing';
import { sourceBatches } from './source-batches';
import { measureWithPostgres } from './with-postgres';

it('seals what sources commit, alone and with a database', async () => {
  const batches = sourceBatches(2_000);
  expect(measureSealing(batches).leaves).toBe(2_000);
  expect(measureTree(2_000).leaves).toBe(2_000);
  const { journal, readModel } = await measureWithPostgres(batches);
  expect([journal.leaves, readModel.leaves]).toEqual([2_000, 2_000]);
}, 60_000);
