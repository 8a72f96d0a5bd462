import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileLibrary } from './testing/compiled-library.fixture';
import { RandomCalls } from './testing/random-calls';
import { type EngineCall, replayed } from './testing/replay';
import { SeededRandom } from './testing/seeded-random';

const CALLS = 3_000;

/** A journal of calls of every kind. */
function journalOf(seed: number): EngineCall[] {
  const random = new SeededRandom(seed);
  const calls = new RandomCalls(random, { firstPriceTicks: 50, prices: 30 });
  return Array.from({ length: CALLS }, (_, i): EngineCall => {
    const dice = random.below(20);
    if (dice === 0) return ['goTo', i % 200 < 150 ? 'CONTINUOUS' : calls.phase()];
    if (dice === 1) return ['advanceTo', calls.time()];
    if (dice === 2) return ['cancel', 1 + random.below(i + 1)];
    return ['place', calls.order(i + 1)];
  });
}

describe('the same journal', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clearway-replay-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('replayed in another process gives the same bytes', () => {
    compileLibrary(folder);
    const journal = JSON.stringify(journalOf(41));
    writeFileSync(path.join(folder, 'journal.json'), journal);
    const program = `process.stdout.write(require('./testing/replay').replayed(require('./journal.json')))`;
    const other = spawnSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' });
    expect(other.stderr).toBe('');
    const here = replayed(JSON.parse(journal) as EngineCall[]);
    expect(here.length).toBeGreaterThan(1_000);
    expect(other.stdout).toBe(here);
    expect(replayed(journalOf(42))).not.toBe(here);
  });
});
