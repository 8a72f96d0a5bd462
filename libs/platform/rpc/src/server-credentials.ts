import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';

/**
 * Server credentials that grpc-js has no factory for: TLS 1.3 only, a verified client certificate required, and the
 * certificates replaceable while the server runs. `createSsl` sets no version, and grpc-js's own file watcher drops all
 * connections while a file cannot be read.
 */
export class MutualTlsServerCredentials extends ServerCredentials {
  constructor(options: SecureContextOptions, handshakeTimeoutMs: number) {
    super(
      {
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: handshakeTimeoutMs,
        ...NO_RESUMPTION,
      },
      { ...options, ...NO_RESUMPTION },
    );
  }

  /** Uses other certificates for every connection that is opened from now on. */
  replace(options: SecureContextOptions): void {
    this.updateSecureContextOptions({ ...options, ...NO_RESUMPTION });
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** Without tickets a client shows its certificate on each connection, so an expired or withdrawn one is noticed. */
const NO_RESUMPTION = { secureOptions: constants.SSL_OP_NO_TICKET } as const;
