import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CHECKOUT_DIR } from './checkout';

/** Prometheus' own tool for rules, from `.ci/bin` or PATH; undefined where it is not. */
export function findPromtool(path: string): string | undefined {
  return [join(CHECKOUT_DIR, '.ci', 'bin'), ...path.split(delimiter)]
    .map((folder) => join(folder, 'promtool'))
    .find((file) => existsSync(file));
}

/** Runs promtool in deploy/observability; gives its exit status and all that it printed. */
export function runPromtool(
  promtool: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string } {
  const cwd = join(CHECKOUT_DIR, 'deploy', 'observability');
  const { status, stdout, stderr } = spawnSync(promtool, args, { cwd, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}
