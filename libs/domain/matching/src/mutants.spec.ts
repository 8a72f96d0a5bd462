import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileLibrary } from './testing/compiled-library.fixture';
import { MUTANTS } from './testing/mutants';

const CALLS_MAX = 40_000;
const ROUND_CALLS = 2_000;

/** Runs both twins of the library in a folder until they differ. Answers what they said, or undefined. */
function differenceIn(folder: string): string | undefined {
  const load = createRequire(__filename);
  const { EngineTwin, ENGINE_WORLDS } = load(path.join(folder, 'testing/engine-twin.js'));
  const { TwinRun } = load(path.join(folder, 'testing/twin-run.js'));
  const { TWIN_WORLDS } = load(path.join(folder, 'testing/twin-worlds.js'));
  try {
    const twins = ENGINE_WORLDS.map((world: unknown) => new EngineTwin(world));
    for (let calls = 0; calls < CALLS_MAX; calls += ROUND_CALLS * twins.length) {
      for (const twin of twins) twin.run(ROUND_CALLS);
    }
    new TwinRun(TWIN_WORLDS[0]).run(ROUND_CALLS, 10);
    return undefined;
  } catch (error) {
    return String((error as Error).message);
  }
}

describe('a planted bug is found by the naive twin', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'clearway-mutants-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('but the library as it is has none', () => {
    compileLibrary(root);
    expect(differenceIn(root)).toBeUndefined();
  });

  it.each(MUTANTS.map((mutant, i) => ({ ...mutant, i })))('$name', ({ i, ...mutant }) => {
    const folder = path.join(root, `mutant-${i}`);
    compileLibrary(folder, mutant);
    expect(differenceIn(folder) ?? 'not found').toMatch(/differs|order book|naive book|undefined/);
  });
});
