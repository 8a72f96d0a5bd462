import { readdirSync, readFileSync } from 'node:fs';

/** CPU time and memory of a group of processes. */
export interface Usage {
  /** With that of children that have ended. */
  readonly cpuMicros: number;
  /** Resident, without shared memory: each of Postgres's processes would show its buffers again. */
  readonly memoryBytes: number;
}

interface ProcessLine extends Usage {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const TICK_MICROS = 10_000;
const KIBIBYTE = 1_024;

/**
 * Usage of a stack's processes by name: each service, Postgres (by database where a connection belongs to one), and the
 * stack's own process. Empty where there is no /proc.
 */
export function usageOf(stackPid: number): ReadonlyMap<string, Usage> {
  const all = processes();
  const descendants = descendantsOf(all, stackPid);
  const usage = new Map<string, Usage>();
  for (const line of descendants) {
    const name = nameOf(line, stackPid);
    const sum = usage.get(name) ?? { cpuMicros: 0, memoryBytes: 0 };
    usage.set(name, {
      cpuMicros: sum.cpuMicros + line.cpuMicros,
      memoryBytes: sum.memoryBytes + line.memoryBytes,
    });
  }
  return usage;
}

function nameOf({ pid, command }: ProcessLine, stackPid: number): string {
  if (pid === stackPid) return 'devstack';
  const service = /apps\/(trading|risk|clearing|audit)\/dist/.exec(command)?.[1];
  if (service) return service;
  const database = /postgres: clearway_(trading|risk|clearing|audit)/.exec(command)?.[1];
  return database ? `postgres-${database}` : 'postgres';
}

function descendantsOf(all: readonly ProcessLine[], root: number): ProcessLine[] {
  const found = new Set([root]);
  for (let grown = true; grown; ) {
    const before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
    grown = found.size > before;
  }
  return all.filter(({ pid }) => found.has(pid));
}

function processes(): ProcessLine[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^[0-9]+$/.test(name) ? readProcess(Number(name)) : []));
  } catch {
    return [];
  }
}

/** A process may end while it is read. */
function readProcess(pid: number): ProcessLine[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
    const memoryBytes = kibibytes(status, 'RssAnon') + kibibytes(status, 'RssFile');
    return [{ pid, parent: Number(fields[1]), command, cpuMicros: ticks * TICK_MICROS, memoryBytes }];
  } catch {
    return [];
  }
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * KIBIBYTE;
}
