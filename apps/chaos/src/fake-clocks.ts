import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@clearway/testing';

const LIBRARY = 'libfaketimeMT.so.1';
const LIB_DIR = '/usr/lib';
/** How old the clock's file may be before a process reads it again. */
const CACHE_SECONDS = '1';

/** Clocks of the services that can be stepped, by libfaketime (Debian's package of that name) between a process and the C library. */
export class FakeClocks {
  private readonly library = findLibrary();

  constructor(private readonly dir: string) {
    for (const service of SERVICES) this.step(service, 0);
  }

  /** Why no clock can be stepped here. */
  get unavailable(): string | undefined {
    return this.library === undefined ? `${LIBRARY} is not installed (apt install libfaketime)` : undefined;
  }

  /** Environment variables that put a service under its clock. */
  settingsOf(service: ServiceName): Record<string, string> {
    if (this.library === undefined) return {};
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file(service),
      FAKETIME_CACHE_DURATION: CACHE_SECONDS,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1',
    };
  }

  /** Puts a service's clock so many seconds from the right time. */
  step(service: ServiceName, seconds: number): void {
    const file = this.file(service);
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  }

  private file(service: ServiceName): string {
    return join(this.dir, `clock-${service}`);
  }
}

function findLibrary(): string | undefined {
  if (!existsSync(LIB_DIR)) return undefined;
  return readdirSync(LIB_DIR)
    .map((name) => join(LIB_DIR, name, 'faketime', LIBRARY))
    .find((file) => existsSync(file));
}
