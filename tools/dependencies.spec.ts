import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { projects, sourceFiles } from './workspace';

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
}

const CHECKOUT = join(__dirname, '..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(CHECKOUT, file), 'utf8'));

const LICENSES = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Zlib',
  'CC0-1.0',
]);
/** Not in the list above and still welcome, each for its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  argparse: 'Python-2.0 is permissive; a port of the Python module, used by development tools',
  'caniuse-lite': 'CC-BY-4.0 data of browser support, used by the test runner only',
};

/** Packages of the lock that come from a registry, by their folder. */
const locked = Object.entries(
  (read('package-lock.json') as { packages: Record<string, LockedPackage> }).packages,
)
  .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  .map(([path, entry]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...entry }));
const offending = (bad: (entry: (typeof locked)[number]) => boolean): string[] =>
  locked.filter(bad).map(({ name, license }) => `${name} ${license ?? ''}`.trim());

/** Whether an SPDX expression of ANDs and ORs can be met by licenses of the list. */
function isWelcome(expression: string): boolean {
  const options = expression.replaceAll(/[()]/g, '').split(' OR ');
  return options.some((option) => option.split(' AND ').every((license) => LICENSES.has(license)));
}

describe('dependencies in package-lock.json', () => {
  it('are many enough that this test sees them', () => {
    expect(locked.length).toBeGreaterThan(300);
  });

  it('have a welcome license', () => {
    // Builds for other platforms are entered without their manifest; the package that they belong to is checked.
    const isForeignBuild = ({ optional, license }: LockedPackage): boolean =>
      optional === true && license === undefined;
    const bad = offending(
      (entry) => !isForeignBuild(entry) && !isWelcome(entry.license ?? 'none') && !(entry.name in EXCEPTIONS),
    );
    expect(bad).toEqual([]);
  });

  it('need no exception that is not used', () => {
    const unused = Object.keys(EXCEPTIONS).filter((name) => !locked.some((entry) => entry.name === name));
    expect(unused).toEqual([]);
  });

  it('carry the hash of their content, but for optional builds of other platforms', () => {
    expect(offending(({ integrity, optional }) => integrity === undefined && optional !== true)).toEqual([]);
  });

  it('name no host to be fetched from, so that the configured registry serves them all', () => {
    expect(offending(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('run only install scripts that somebody has reviewed', () => {
    const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
    expect(
      offending(
        ({ name, hasInstallScript, optional }) =>
          hasInstallScript === true && optional !== true && !(name in allowScripts),
      ),
    ).toEqual([]);
  });

  it('are not given up by their authors', () => {
    expect(offending(({ deprecated }) => deprecated !== undefined)).toEqual([]);
  });
});

/** Every package that a text names in quotes of any kind: imported, required, resolved or given to a program. */
function namedPackages(text: string): Set<string> {
  const named = text.matchAll(/['"`]((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^'"`\n]*)?['"`]/g);
  return new Set([...named].map((match) => match[1] as string));
}

/** Every package that a text imports. */
function importedPackages(text: string): Set<string> {
  const imported = text.matchAll(
    /(?:\bfrom |^import |\bimport\()['"]((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^'"\n]*)?['"]/gm,
  );
  return new Set([...imported].map((match) => match[1] as string));
}

describe('the manifests of the workspaces', () => {
  const files = sourceFiles();
  const atRoot = Object.keys((read('package.json') as { devDependencies: object }).devDependencies);
  const cases = projects().map((project) => {
    const own = files.filter((file) => file.startsWith(`${project.folder}/`));
    return { ...project, text: own.map((file) => readFileSync(join(CHECKOUT, file), 'utf8')).join('\n') };
  });

  it.each(cases)('$folder needs every package that it names', ({ allDependencies, text }) => {
    const named = namedPackages(text);
    expect(allDependencies.filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(cases)('$folder names every package that it imports', ({ name: self, allDependencies, text }) => {
    const known = new Set([self, ...allDependencies, ...atRoot, ...builtinModules]);
    expect(
      [...importedPackages(text)].filter((name) => !known.has(name) && !name.startsWith('node:')),
    ).toEqual([]);
  });

  it('are read as they are written', () => {
    const text =
      "import a from 'a/b';\nimport '@c/d';\nconst e = await import('e');\nconst f = `f/g`;\nfrom './g';";
    expect([...importedPackages(text)]).toEqual(['a', '@c/d', 'e']);
    expect([...namedPackages(text)]).toEqual(['a', '@c/d', 'e', 'f']);
  });
});
