import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CHECKOUT_DIR, type OverlayName } from './checkout';

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** A program that renders overlays, and its version. */
export interface Kustomize {
  readonly command: readonly [string, ...string[]];
  readonly version: string;
}

/** kustomize, or kubectl that has it inside, from `.ci/bin` or PATH; undefined where there is neither. */
export function findKustomize(path: string): Kustomize | undefined {
  const folders = [join(CHECKOUT_DIR, '.ci', 'bin'), ...path.split(delimiter)];
  const find = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  const kubectl = find('kubectl');
  if (kubectl !== undefined) {
    const told = execFileSync(kubectl, ['version', '--client'], { encoding: 'utf8' });
    const version = /Kustomize Version: (\S+)/.exec(told)?.[1] ?? 'unknown';
    return { command: [kubectl, 'kustomize'], version: `kubectl ${version}` };
  }
  const kustomize = find('kustomize');
  if (kustomize === undefined) return undefined;
  const version = execFileSync(kustomize, ['version'], { encoding: 'utf8' }).trim();
  return { command: [kustomize, 'build'], version: `kustomize ${version}` };
}

/** Renders an overlay as `kubectl apply -k` would. @throws Error with what the program printed */
export function render({ command: [program, ...args] }: Kustomize, overlay: OverlayName): string {
  const folder = join(CHECKOUT_DIR, 'deploy', 'kubernetes', 'overlays', overlay);
  return execFileSync(program, [...args, folder], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
}
