import { SharedMarks, type TlsFiles } from '@clearway/platform-rpc';
import type { ServiceSettings } from './service-settings';

/** What other processes have revoked. A process is one service, and all its servers and channels refuse the same. */
export const sharedRevocations = new SharedMarks();

/** The files of a service's own identity, for its server and for its clients alike. */
export function serviceTlsFiles(
  settings: Pick<
    ServiceSettings,
    'CLEARWAY_TLS_CA' | 'CLEARWAY_TLS_CERT' | 'CLEARWAY_TLS_KEY' | 'CLEARWAY_TLS_REVOKED'
  >,
): TlsFiles {
  const { CLEARWAY_TLS_CA: caPath, CLEARWAY_TLS_CERT: certPath, CLEARWAY_TLS_KEY: keyPath } = settings;
  const { CLEARWAY_TLS_REVOKED: revokedPath } = settings;
  const revoked = revokedPath === undefined ? {} : { revokedPath };
  return { caPath, certPath, keyPath, ...revoked, sharedRevocations };
}
