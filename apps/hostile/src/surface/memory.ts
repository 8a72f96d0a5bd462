import { readFile } from 'node:fs/promises';

/** Resident memory of a process, in bytes, as Linux counts it. */
export async function memoryBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  return Number(kibibytes) * 1024;
}
