import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from '@swc/core';
import type { Mutant } from './mutants';

const SOURCES = path.join(__dirname, '..');

/** The library as JavaScript, by file, from its sources: what is tested is what is there, built or not. */
const library = new Map(
  ['.', 'testing'].flatMap((folder) =>
    readdirSync(path.join(SOURCES, folder))
      .filter((name) => /(?<!\.spec|\.fixture|\.d)\.ts$/.test(name))
      .map((name) => path.join(folder, name))
      .map((file) => [file, compile(file, (text) => text)] as const),
  ),
);

/** Writes the library and its twins into a folder as JavaScript, with one bug planted if need be. */
export function compileLibrary(folder: string, mutant?: Mutant): void {
  mkdirSync(path.join(folder, 'testing'), { recursive: true });
  for (const [file, code] of library) {
    const isMutated = file === mutant?.file;
    writeFileSync(path.join(folder, file.replace(/\.ts$/, '.js')), isMutated ? plant(mutant) : code);
  }
}

function plant({ file, find, replace }: Mutant): string {
  return compile(file, (text) => {
    const [before, after, ...more] = text.split(find);
    if (after === undefined || more.length > 0) throw new Error(`${file} does not have ${find} once`);
    return `${before}${replace}${after}`;
  });
}

function compile(file: string, change: (text: string) => string): string {
  return transformSync(change(readFileSync(path.join(SOURCES, file), 'utf8')), {
    filename: file,
    module: { type: 'commonjs' },
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  }).code;
}
