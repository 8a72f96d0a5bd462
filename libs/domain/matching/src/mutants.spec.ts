import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { MUTANTS, type Mutant } from './testing/mutants';

const CALLS_MAX = 40_000;
const ROUND_CALLS = 2_000;

/** The library as JavaScript, by file, from its sources: what is tested is what is there, built or not. */
const library = new Map(
  ['.', 'testing'].flatMap((folder) =>
    readdirSync(path.join(__dirname, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => [path.join(folder, name), compile(path.join(folder, name))] as const),
  ),
);

function compile(file: string, change = (text: string): string => text): string {
  const source = change(readFileSync(path.join(__dirname, file), 'utf8'));
  return transformSync(source, {
    filename: file,
    module: { type: 'commonjs' },
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  }).code;
}

function plant({ file, find, replace }: Mutant): string {
  return compile(file, (text) => {
    const [before, after, ...more] = text.split(find);
    if (after === undefined || more.length > 0) throw new Error(`${file} does not have ${find} once`);
    return `${before}${replace}${after}`;
  });
}

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
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'clearway-mutants-'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  function write(name: string, mutant?: Mutant): string {
    const folder = path.join(root, name);
    mkdirSync(path.join(folder, 'testing'), { recursive: true });
    for (const [file, code] of library) {
      const isMutated = file === mutant?.file;
      writeFileSync(path.join(folder, file.replace(/\.ts$/, '.js')), isMutated ? plant(mutant) : code);
    }
    return folder;
  }

  it('but the library as it is has none', () => {
    expect(differenceIn(write('as-it-is'))).toBeUndefined();
  });

  it.each(MUTANTS.map((mutant, i) => ({ ...mutant, i })))('$name', ({ i, ...mutant }) => {
    expect(differenceIn(write(`mutant-${i}`, mutant))).toMatch(/./);
  });
});
