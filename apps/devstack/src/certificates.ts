import { ensureDevelopmentPki, type IdentityKind, spiffeIdOf, type TlsPaths } from '@clearway/platform-pki';
import { IDENTITIES } from './identities';

/** Gives the files of an identity that was made. */
export type Certificates = (kind: IdentityKind, name: string) => TlsPaths;

/** Has the development CA and every certificate of the stack in a folder, making what is missing or near its end. */
export async function ensureCertificates(dir: string): Promise<Certificates> {
  const paths = await ensureDevelopmentPki(dir, IDENTITIES);
  return (kind, name) => {
    const found = paths.get(spiffeIdOf({ kind, name }));
    if (found === undefined) throw new Error(`no certificate was made for the ${kind} ${name}`);
    return found;
  };
}
