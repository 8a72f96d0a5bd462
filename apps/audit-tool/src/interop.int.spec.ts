import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SampleLog } from './verify/sample-log.fixture';

const INTEROP_DIR = join(__dirname, '..', 'interop');
const BUILD_TIMEOUT_MS = 180_000;
const hasGo = spawnSync('go', ['version']).status === 0;
// The stage of .ci/run that is about this must not pass by skipping.
const isRequired = process.env.CLEARWAY_REQUIRE_GO === '1';
if (!hasGo && !isRequired)
  process.stdout.write('Skipped: the Go interoperability check needs go on the PATH.\n');

(hasGo || isRequired ? describe : describe.skip)("Go's libraries, which know nothing of this code", () => {
  const log = new SampleLog().fill(700);
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clearway-interop-'));
    const built = spawnSync('go', ['build', '-o', join(dir, 'interop'), '.'], { cwd: INTEROP_DIR });
    expect(built.stderr.toString()).toBe('');
    expect(built.status).toBe(0);
  }, BUILD_TIMEOUT_MS);

  afterAll(async () => rm(dir, { recursive: true, force: true }));

  async function check(lines: readonly string[], key = log.verifierKey): Promise<string> {
    const file = join(dir, 'export.jsonl');
    await writeFile(file, `${lines.join('\n')}\n`);
    const { stdout, stderr, status } = spawnSync(join(dir, 'interop'), ['-key', key, file]);
    return `${status} ${stdout.toString()}${stderr.toString()}`.trim();
  }

  it.each([
    [0, 700, [1, 255, 256, 699]],
    [100, 650, [50, 99, 300, 700]],
    [511, 513, [512]],
    [0, 1, []],
    [699, 700, [7]],
    [350, 350, []],
  ])('verify the leaves %d to %d: root, inclusion and consistency', async (from, to, older) => {
    const inclusions = from === to ? 0 : to - from === 1 ? 1 : 2;
    expect(await check(log.export(from, to, older))).toBe(
      `0 GENUINE: clearway.example/audit/0, 700 leaves signed, ${to - from} entries, ${inclusions} inclusion and ${older.length} consistency proofs`,
    );
  });

  it('verify logs of every small size', async () => {
    const small = new SampleLog(log.keys);
    for (let size = 1; size <= 17; size++) {
      small.append('risk/0', size - 1);
      const older = Array.from({ length: size }, (_, i) => i + 1);
      expect(await check(small.export(0, size, older))).toMatch(/^0 GENUINE/);
    }
  });

  it('refuse what was changed', async () => {
    const lines = log.export(0, 700, [300]);
    expect(await check(lines.toSpliced(50, 1))).toMatch(/^1 NOT GENUINE: leaf 50 stands as leaf 49/);
    const other = new SampleLog().fill(700, (leaf) => (leaf === 9 ? 'forged' : '')).export();
    expect(await check(lines.with(10, other[10]!))).toMatch(/^1 NOT GENUINE: the entries do not lead/);
    expect(await check(other)).toMatch(/^1 NOT GENUINE: checkpoint: note has no verifiable signatures/);
    const proof = lines.findIndex((line) => line.startsWith('{"type":"consistency"'));
    expect(await check(lines.with(proof, lines[proof]!.replace('"proof":["', '"proof":["AAAA')))).toMatch(
      /^1 /,
    );
  });
});
