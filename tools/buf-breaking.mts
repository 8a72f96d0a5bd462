/**
 * Compares proto/ with an older commit (BREAKING_AGAINST, else HEAD when proto/ has uncommitted changes, else HEAD~1) and
 * fails on a change that breaks peers. The old tree is unpacked with `git archive`, so that worktrees and shallow clones do.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const PATHS = ['proto', 'buf.yaml'];

/** Runs git on this checkout, whoever owns it; returns undefined when git refuses. */
function git(...args: string[]): Buffer | undefined {
  const run = spawnSync('git', ['-c', `safe.directory=${ROOT}`, ...args], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  return run.status === 0 ? run.stdout : undefined;
}

function baseline(): string {
  if (process.env.BREAKING_AGAINST) return process.env.BREAKING_AGAINST;
  const changed = git('status', '--porcelain', '--', ...PATHS)
    ?.toString()
    .trim();
  return changed ? 'HEAD' : 'HEAD~1';
}

function compare(base: string, archive: Buffer): void {
  const dir = mkdtempSync(path.join(tmpdir(), 'clearway-breaking-'));
  try {
    execFileSync('tar', ['-x', '-C', dir], { input: archive });
    execFileSync('buf', ['breaking', '--against', dir], { cwd: ROOT, stdio: 'inherit' });
    console.log(`no breaking change in proto/ since ${base}`);
  } catch {
    console.error(`proto/ breaks peers built from ${base}`);
    process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const base = baseline();
const archive = git('archive', '--format=tar', base, '--', ...PATHS);
if (archive) compare(base, archive);
else console.log(`no contracts at ${base} to compare with`);
