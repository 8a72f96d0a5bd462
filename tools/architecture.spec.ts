import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Project, projects, ROOT } from './workspace';

const DEPCRUISE = path.join(ROOT, 'node_modules/.bin/depcruise');

/** Each row plants one import that the tree forbids: the file it stands in, the line, and the rule that must name it. */
const VIOLATIONS: readonly (readonly [file: string, line: string, rule: string])[] = [
  ['libs/kernel/src/a.ts', "import '@clearway/contracts';", 'kernel-imports-nothing'],
  ['libs/kernel/src/b.ts', "import 'node:fs';", 'kernel-imports-nothing'],
  ['libs/domain/risk/src/a.ts', "import '@clearway/platform-journal';", 'domain-imports-kernel-only'],
  [
    'libs/domain/risk/src/b.ts',
    "import type { A } from '@clearway/contracts';",
    'domain-imports-kernel-only',
  ],
  ['libs/domain/risk/src/c.ts', "import 'listed';", 'domain-imports-kernel-only'],
  ['libs/domain/risk/src/d.ts', "import 'node:fs';", 'domain-without-node'],
  ['libs/domain/risk/src/e.ts', "import 'node:crypto';", 'domain-without-node'],
  ['libs/domain/audit/src/a.ts', "import 'node:fs';", 'domain-audit-hashes-only'],
  ['libs/domain/trading/src/a.ts', "import '@clearway/domain-risk';", 'domain-trading-neighbours'],
  ['libs/domain/risk/src/f.ts', "import '@clearway/domain-matching';", 'domain-risk-neighbours'],
  ['libs/domain/clearing/src/a.ts', "import '@clearway/domain-trading';", 'domain-clearing-neighbours'],
  ['libs/domain/matching/src/a.ts', "import '@clearway/domain-saga';", 'domain-neighbours'],
  ['libs/contracts/src/a.ts', "import '@clearway/domain-saga';", 'contracts-import-kernel-only'],
  ['libs/platform/journal/src/a.ts', "import '@clearway/domain-trading';", 'platform-imports-downwards'],
  ['libs/platform/saga/src/a.ts', "import '@clearway/domain-trading';", 'platform-saga-imports-downwards'],
  [
    'libs/platform/market-data/src/a.ts',
    "import '@clearway/domain-trading';",
    'platform-market-data-imports-downwards',
  ],
  ['libs/platform/rpc/src/a.ts', "import '../../../../apps/risk/src/index';", 'apps-are-not-imported'],
  ['apps/trading/src/a.ts', "import '../../risk/src/index';", 'apps-are-not-imported'],
  ['apps/trading/src/b.ts', "import '@clearway/testing';", 'testing-only-in-tests'],
  ['apps/trading/src/c.ts', "export * from '../../../libs/kernel/src/money';", 'no-deep-imports'],
  [
    'apps/trading/src/d.ts',
    "import '../../../libs/kernel/src/index';",
    'no-relative-imports-between-packages',
  ],
  ['apps/trading/src/e.ts', "import 'unlisted';", 'no-unlisted-dependencies'],
  ['apps/trading/src/f.ts', "import 'for-tests';", 'no-dev-dependencies-in-code'],
  ['apps/trading/src/g.ts', "import './h';", 'no-circular'],
  ['apps/trading/src/i.ts', "void import('./nowhere');", 'no-unresolvable'],
];

/** What the tree allows, so that a rule which forbids everything is caught too. */
const ALLOWED: readonly (readonly [file: string, line: string])[] = [
  ['libs/domain/trading/src/ok.ts', "import '@clearway/domain-matching';"],
  ['libs/domain/clearing/src/ok.ts', "import '@clearway/domain-saga';"],
  ['libs/domain/audit/src/ok.ts', "import { createHash } from 'node:crypto';"],
  ['libs/platform/saga/src/ok.ts', "import '@clearway/domain-saga';"],
  ['libs/platform/shard/src/ok.ts', "import '@clearway/platform-journal';"],
  ['libs/domain/risk/src/ok.spec.ts', "import '@clearway/testing';"],
  ['apps/e2e/src/ok.ts', "import '@clearway/testing';"],
  ['apps/trading/src/ok.ts', "import 'listed';"],
];

/** Specs and what they set up with; none of it is compiled into what runs. */
const FOR_TESTS = /\.spec\.ts$|\.fixture\.ts$|\/fixtures\//;

interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly module: string }[];
  }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

describe('the arrows of the tree', () => {
  const tree = cruise(ROOT);
  const known = projects();

  it('hold in this checkout', () => {
    expect(tree.modules.length).toBeGreaterThan(known.length);
    expect(tree.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)).toEqual([]);
  });

  it.each(known)('$folder names in its manifests what it imports', (project) => {
    const imported = importedProjects(tree, project, known);
    expect(imported.code.filter(({ name }) => !project.dependencies.includes(name))).toEqual([]);
    expect(imported.code.filter(({ folder }) => !project.references.includes(folder))).toEqual([]);
    expect(imported.tests.filter(({ name }) => !project.allDependencies.includes(name))).toEqual([]);
  });
});

describe('a planted violation', () => {
  let root: string;
  let planted: Cruise;

  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'clearway-arrows-'));
    plantTree(root);
    planted = cruise(root);
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(VIOLATIONS)('%s: %s is reported as %s', (file, _line, rule) => {
    expect(rulesBroken(planted, file)).toContain(rule);
  });

  it.each(ALLOWED)('%s: %s is allowed', (file) => {
    expect(planted.modules.map(({ source }) => source)).toContain(file);
    expect(rulesBroken(planted, file)).toEqual([]);
  });
});

function cruise(root: string): Cruise {
  const args = [DEPCRUISE, 'libs', 'apps', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (!run.stdout) throw new Error(`dependency-cruiser printed nothing: ${run.stderr}`);
  return JSON.parse(run.stdout) as Cruise;
}

function rulesBroken(result: Cruise, file: string): string[] {
  return result.summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
}

function importedProjects(tree: Cruise, project: Project, known: readonly Project[]) {
  const own = tree.modules.filter(({ source }) => source.startsWith(`${project.folder}/`));
  const tests = own.filter(({ source }) => FOR_TESTS.test(source));
  const find = (modules: Cruise['modules']): Project[] => {
    const names = new Set(modules.flatMap(({ dependencies }) => dependencies.map(({ module }) => module)));
    return known.filter(({ name, folder }) => names.has(name) && folder !== project.folder);
  };
  return { code: find(own.filter((module) => !tests.includes(module))), tests: find(tests) };
}

/** Builds a tree of the same shape as this checkout, with an empty door for every project, and plants both tables in it. */
function plantTree(root: string): void {
  cpSync(path.join(ROOT, '.dependency-cruiser.cjs'), path.join(root, '.dependency-cruiser.cjs'));
  write(root, 'package.json', JSON.stringify({ devDependencies: { 'for-tests': '1.0.0' } }));
  for (const name of ['listed', 'unlisted', 'for-tests']) {
    write(
      root,
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    );
    write(root, `node_modules/${name}/index.js`, '');
  }
  for (const project of projects()) plantProject(root, project);
  write(root, 'libs/kernel/src/money.ts', 'export {};\n');
  write(root, 'apps/trading/src/h.ts', "import './g';\n");
  for (const [file, line] of [...VIOLATIONS, ...ALLOWED]) write(root, file, `${line}\n`);
}

function plantProject(root: string, { folder, name }: Project): void {
  cpSync(path.join(ROOT, folder, 'package.json'), path.join(root, folder, 'package.json'));
  if (folder === 'apps/trading')
    write(root, `${folder}/package.json`, JSON.stringify({ name, dependencies: { listed: '1.0.0' } }));
  write(root, `${folder}/src/index.ts`, 'export {};\n');
  mkdirSync(path.join(root, 'node_modules/@clearway'), { recursive: true });
  symlinkSync(path.join('..', '..', folder), path.join(root, 'node_modules', name));
}

function write(root: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}
