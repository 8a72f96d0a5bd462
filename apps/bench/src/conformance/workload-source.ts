import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Workload } from '../matching/workload';
import { parseWorkload } from '../matching/workload-file';

const ORDERS = 1_000_000;
const SEED = 23;
const COMPILERS = ['c++', 'g++', 'clang++'];

/**
 * Where the scenarios' workloads come from: files that the benchmark's generator left in the checkout
 * (`orders_NAME_s23_n1000000.bin`), else that generator itself, compiled from the checkout into a temporary folder.
 */
export class WorkloadSource {
  private folder: string | undefined;

  constructor(private readonly checkout: string) {}

  /** Reads a scenario's workload. Throws a sentence for people when it can be neither found nor made. */
  read(scenario: string): Workload {
    const name = `orders_${scenario}_s${SEED}_n${ORDERS}.bin`;
    const found = ['.', 'workload', 'build']
      .map((folder) => path.join(this.checkout, folder, name))
      .find((file) => existsSync(file));
    if (found !== undefined) return parseWorkload(readFileSync(found));
    const made = this.generate(scenario, name);
    const workload = parseWorkload(readFileSync(made));
    rmSync(made);
    return workload;
  }

  /** Removes what was made. */
  close(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true });
    this.folder = undefined;
  }

  private generate(scenario: string, name: string): string {
    const generator = this.generator();
    const file = path.join(path.dirname(generator), name);
    execFileSync(generator, [scenario, file, String(ORDERS), String(SEED)], { stdio: 'ignore' });
    return file;
  }

  private generator(): string {
    const built = path.join(this.folder ?? '', 'generator');
    if (this.folder !== undefined) return built;
    const source = path.join(this.checkout, 'workload', 'generator.cpp');
    if (!existsSync(source)) throw new Error(`no workload files and no ${source}`);
    this.folder = mkdtempSync(path.join(tmpdir(), 'clearway-conformance-'));
    const binary = path.join(this.folder, 'generator');
    for (const compiler of COMPILERS) {
      if (compiles(compiler, source, binary)) return binary;
    }
    throw new Error(
      `no workload files in ${this.checkout} and no C++20 compiler to build its generator: make them there with ` +
        `"make && ./generator NAME orders_NAME_s${SEED}_n${ORDERS}.bin" for each scenario`,
    );
  }
}

function compiles(compiler: string, source: string, binary: string): boolean {
  try {
    execFileSync(compiler, ['-std=c++20', '-O2', '-o', binary, source], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
