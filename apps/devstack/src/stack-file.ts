import { rm } from 'node:fs/promises';
import { replacePrivateFile } from './secrets';

/** Certificate and key of one identity; absolute paths of PEM files. */
export interface IdentityFiles {
  readonly cert: string;
  readonly key: string;
}

/** What `stack.json` says: all that a program needs to talk to the running stack. */
export interface StackDescription {
  /** HOST:PORT by service. */
  readonly services: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca: string;
    readonly operator: IdentityFiles;
    readonly participants: Readonly<Record<string, IdentityFiles & { readonly accounts: readonly string[] }>>;
  };
  /** The superuser's URL with its password, which is why the file is private. */
  readonly postgres: string;
}

/** Writes `stack.json` in one step: who waits for it never reads half of it. */
export async function writeStackFile(file: string, stack: StackDescription): Promise<void> {
  await replacePrivateFile(file, `${JSON.stringify(stack, null, 2)}\n`);
}

/** Removes `stack.json`, whose presence means that the stack is ready. */
export async function removeStackFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
