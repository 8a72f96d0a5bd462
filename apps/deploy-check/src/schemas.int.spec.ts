import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OVERLAYS } from './checkout';
import { goldenFile } from './manifest';

const PROGRAM = join(__dirname, 'strict-models.mts');

function judge(file: string): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, file], { encoding: 'utf8' });
  return { status, stderr };
}

describe('Kubernetes’ schemas, strictly', () => {
  let dir: string;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'clearway-schemas-'));
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each(OVERLAYS)('take every object of %s', (overlay) => {
    expect(judge(goldenFile(overlay))).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    [
      'a field that does not exist',
      'minReadySeconds: 2',
      'minReadySecond: 2',
      /StatefulSet\/.*minReadySecond/,
    ],
    ['a value of another type', 'failureThreshold: 6', 'failureThreshold: six', /must be integer/],
    ['a word that is none', 'readOnly: true', 'readonly: true', /readonly/],
    [
      'a kind that does not exist',
      'kind: StatefulSet',
      'kind: StatefullSet',
      /there is no apps\/v1 StatefullSet/,
    ],
    [
      'a field of cert-manager that does not exist',
      'renewBefore:',
      'renewbefore:',
      /Certificate\/.*renewbefore/,
    ],
  ])('refuse %s', (_, right, wrong, problem) => {
    const text = readFileSync(goldenFile('production'), 'utf8');
    expect(text).toContain(right);
    const file = join(dir, 'wrong.yaml');
    writeFileSync(file, text.replaceAll(right, wrong));
    const { status, stderr } = judge(file);
    expect(status).toBe(1);
    expect(stderr).toMatch(problem);
  });
});
