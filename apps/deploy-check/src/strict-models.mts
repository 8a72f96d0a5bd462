/**
 * Judges rendered manifests by Kubernetes' own OpenAPI schemas, as the packages kubernetes-models and
 * @kubernetes-models/cert-manager carry them: their validators for types, formats and what is required, and their TypeScript
 * types for fields that do not exist, which the validators let pass. It is a program of its own, because the packages are ES
 * modules. Usage: node strict-models.mts FILE…; exit status 1 and one line a problem when something is wrong.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

const SECONDS_MAX = 120_000;
const HERE = dirname(process.argv[1] ?? '');
const require = createRequire(join(HERE, 'strict-models.mts'));

/** The module that has an API version's kinds. */
function moduleOf({ apiVersion }: Manifest): string {
  return apiVersion.startsWith('cert-manager.io/')
    ? `@kubernetes-models/cert-manager/${apiVersion}`
    : `kubernetes-models/${apiVersion}`;
}

/** kustomize breaks long secrets into lines, which Kubernetes reads and the schema's format does not know. */
function withoutLineBreaks(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret' || manifest.data === undefined) return manifest;
  const entries = Object.entries(manifest.data).map(([key, value]) => [key, value.replaceAll('\n', '')]);
  return { ...manifest, data: Object.fromEntries(entries) };
}

/** What the validator of the object's kind says. */
async function problemsOf(manifest: Manifest): Promise<string[]> {
  const kinds = await import(moduleOf(manifest)).catch(() => undefined);
  const Kind = kinds?.[manifest.kind];
  if (Kind === undefined) return [`there is no ${manifest.apiVersion} ${manifest.kind}`];
  try {
    new Kind(manifest).validate();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The object as a TypeScript literal of its kind's type: the compiler names every field that the type does not have. */
function literalOf(manifest: Manifest, index: number): string {
  const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
  return `export const object${index}: ${type} = ${JSON.stringify(manifest)};`;
}

function compile(file: string): string {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--ignoreConfig',
    '--target',
    'es2023',
    '--module',
    'nodenext',
  ];
  try {
    execFileSync(process.execPath, [tsc, ...options, file], {
      timeout: SECONDS_MAX,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  }
}

async function main(files: readonly string[]): Promise<number> {
  const problems: string[] = [];
  // Beside the program, so that the packages are found from it.
  const folder = resolve(HERE, '..', 'dist', `strict-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  for (const name of files) {
    const documents = parseAllDocuments(readFileSync(name, 'utf8'));
    const manifests = documents.map((each) => withoutLineBreaks(each.toJS() as Manifest));
    for (const manifest of manifests)
      for (const problem of await problemsOf(manifest))
        problems.push(`${name}: ${manifest.kind}/${manifest.metadata.name}: ${problem}`);
    const literals = join(folder, 'objects.mts');
    writeFileSync(literals, `${manifests.map(literalOf).join('\n')}\n`);
    for (const line of compile(literals).split('\n')) {
      const [, at, text] = /objects\.mts\((\d+),\d+\): error (.*)/.exec(line) ?? [];
      const { kind, metadata } = manifests[Number(at) - 1] ?? { kind: 'file', metadata: { name } };
      if (text !== undefined) problems.push(`${name}: ${kind}/${metadata.name}: ${text}`);
      else if (/error TS/.test(line)) problems.push(line);
    }
    process.stdout.write(`${name}: ${manifests.length} objects\n`);
  }
  rmSync(folder, { recursive: true, force: true });
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
