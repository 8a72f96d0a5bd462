import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The root folder of this checkout. */
export const ROOT = path.resolve(__dirname, '..');

/** One npm workspace: where it stands, and what its package.json and tsconfig.json name. */
export interface Project {
  /** The folder relative to the root, with forward slashes, for example `libs/domain/risk`. */
  readonly folder: string;
  readonly name: string;
  /** The folders that tsconfig.json references, relative to the root. */
  readonly references: readonly string[];
  /** The names under dependencies, then with those under devDependencies too. */
  readonly dependencies: readonly string[];
  readonly allDependencies: readonly string[];
}

const LAYERS = ['libs', 'libs/domain', 'libs/platform', 'apps'];
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'generated', 'coverage']);

/** Reads every project of the workspace, sorted by folder. */
export function projects(root = ROOT): Project[] {
  return LAYERS.flatMap((layer) => childFolders(root, layer))
    .filter((folder) => readJson(path.join(root, folder, 'package.json')) !== undefined)
    .map((folder) => readProject(root, folder))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Lists the hand-written TypeScript files of the tree, relative to the root: no generated code, no build output. */
export function sourceFiles(root = ROOT): string[] {
  return ['libs', 'apps', 'tools'].flatMap((top) => walk(root, top)).sort();
}

function walk(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const at = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return SKIPPED_FOLDERS.has(entry.name) || entry.name.startsWith('.') ? [] : walk(root, at);
    return /\.m?ts$/.test(entry.name) ? [at] : [];
  });
}

function childFolders(root: string, layer: string): string[] {
  return readdirSync(path.join(root, layer), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${layer}/${entry.name}`);
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly references?: readonly { readonly path: string }[];
}

function readProject(root: string, folder: string): Project {
  const manifest = readJson(path.join(root, folder, 'package.json')) as Manifest;
  const tsconfig = readJson(path.join(root, folder, 'tsconfig.json'));
  const dependencies = Object.keys(manifest.dependencies ?? {});
  return {
    folder,
    name: manifest.name,
    references: (tsconfig?.references ?? []).map((to) => path.posix.join(folder, to.path)),
    dependencies,
    allDependencies: [...dependencies, ...Object.keys(manifest.devDependencies ?? {})],
  };
}

function readJson(file: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
