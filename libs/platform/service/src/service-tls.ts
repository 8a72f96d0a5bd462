import type { TlsFiles } from '@clearway/platform-rpc';
import type { ServiceSettings } from './service-settings';

/** The files of a service's own identity, for its server and for its clients alike. */
export function serviceTlsFiles(
  settings: Pick<
    ServiceSettings,
    'CLEARWAY_TLS_CA' | 'CLEARWAY_TLS_CERT' | 'CLEARWAY_TLS_KEY' | 'CLEARWAY_TLS_REVOKED'
  >,
): TlsFiles {
  const { CLEARWAY_TLS_CA: caPath, CLEARWAY_TLS_CERT: certPath, CLEARWAY_TLS_KEY: keyPath } = settings;
  const { CLEARWAY_TLS_REVOKED: revokedPath } = settings;
  return { caPath, certPath, keyPath, ...(revokedPath === undefined ? {} : { revokedPath }) };
}
