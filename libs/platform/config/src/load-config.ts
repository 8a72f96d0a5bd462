import { z } from 'zod';
import { nodeProblem } from './node-version';

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting that is missing or wrong. Holds no value, because the value may be a secret. */
export interface ConfigProblem {
  /** The environment variable. */
  readonly name: string;
  readonly problem: string;
  /** What would be right, from the schema's description. */
  readonly expected: string;
}

/** Every problem of a configuration at once; its message is a table for people. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(`The configuration has ${problems.length} problem(s):\n${tableOf(problems)}`);
    this.problems = problems;
  }
}

/** Exit status of a service whose configuration is wrong (EX_CONFIG of sysexits.h): restarting it will not help. */
export const CONFIG_EXIT_STATUS = 78;

/** A configuration schema: one key per environment variable. */
export type ConfigShape = z.core.$ZodLooseShape;

/**
 * Reads a configuration from the environment by a schema whose keys are the variables' names. An empty variable counts
 * as not set, as shells and Kubernetes write it. Variables that the schema does not name are ignored.
 * @returns the typed values, frozen all the way down
 * @throws ConfigError that lists every problem, and never a value
 */
export function parseConfig<Shape extends ConfigShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return deepFreeze(result.data);
  throw new ConfigError(problemsOf(result.error, schema, given));
}

/** How `loadConfig` ends a process; replaced in tests. */
export interface ConfigExit {
  write(text: string): void;
  exit(status: number): never;
}

const PROCESS_EXIT: ConfigExit = {
  write: (text) => process.stderr.write(text),
  exit: (status) => process.exit(status),
};

/**
 * Does what `parseConfig` does, but a wrong configuration ends the process with a table of all problems on standard
 * error and exit status 78; so does a Node that is too old. For a service's `config.ts`, the only file that reads `process.env`.
 */
export function loadConfig<Shape extends ConfigShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
  ending: ConfigExit = PROCESS_EXIT,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    ending.write(`${problem}\n`);
    return ending.exit(CONFIG_EXIT_STATUS);
  }
  try {
    return parseConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    ending.write(`${error.message}\n`);
    return ending.exit(CONFIG_EXIT_STATUS);
  }
}

function problemsOf(
  error: z.ZodError,
  schema: z.ZodObject<ConfigShape>,
  given: Readonly<Record<string, unknown>>,
): readonly ConfigProblem[] {
  const names = [...new Set(error.issues.map((issue) => String(issue.path[0] ?? '(all)')))];
  return names.map((name) => {
    const field = schema.shape[name];
    const expected = field === undefined ? undefined : z.globalRegistry.get(field)?.description;
    return { name, problem: problemOf(name, error, given), expected: expected ?? 'see the documentation' };
  });
}

/** Only rules that a setting's author marked as safe to show speak in their own words; zod's own texts may quote input. */
function problemOf(name: string, error: z.ZodError, given: Readonly<Record<string, unknown>>): string {
  if (name !== '(all)' && !Object.hasOwn(given, name)) return 'is missing';
  const own = error.issues.find((issue) => issue.path[0] === name && issue.code === 'custom');
  return own === undefined ? 'is not valid' : own.message;
}

function tableOf(problems: readonly ConfigProblem[]): string {
  const rows = problems.map(({ name, problem, expected }) => [name, problem, expected] as const);
  const all = [['name', 'problem', 'expected'] as const, ...rows];
  const width = (column: 0 | 1): number => Math.max(...all.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return all.map(([a, b, c]) => `  ${a.padEnd(first)}  ${b.padEnd(second)}  ${c}`).join('\n');
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
