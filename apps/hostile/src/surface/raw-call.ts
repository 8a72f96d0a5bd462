import { readFileSync } from 'node:fs';
import { fromServiceError, type TlsFiles } from '@clearway/platform-rpc';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { SurfaceMethod } from './methods';

/** What came back, as the wire said it. */
export interface Answer {
  /** Name of the gRPC status; OPEN for a stream that stood until the caller let go. */
  readonly status: string;
  /** Clearway's reason, if there is one; empty otherwise. */
  readonly reason: string;
  readonly text: string;
  /** Fields that the error names. */
  readonly fields: readonly string[];
  readonly responses: readonly Buffer[];
}

/** How a call is made. */
export interface RawCallOptions {
  readonly timeoutMs?: number;
  readonly metadata?: Metadata;
  /** How long a stream that says nothing counts as refused; then it is open. */
  readonly openAfterMs?: number;
}

const TIMEOUT_MS = 15_000;
const OPEN_AFTER_MS = 400;
/** Above what servers take, so that the server is the one to refuse. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/** Certificates to come with; without `certPath` none is shown. */
export type Bearer = Pick<TlsFiles, 'caPath'> & Partial<TlsFiles>;

/** Opens a connection of its own that looks at nothing of the server's: what an attacker's program would do. */
export function hostileClient(address: string, { caPath, certPath, keyPath }: Bearer): Client {
  const read = (path: string | undefined): Buffer | null => (path === undefined ? null : readFileSync(path));
  const secure = credentials.createSsl(read(caPath), read(keyPath), read(certPath), {
    checkServerIdentity: () => undefined,
  });
  return new Client(address, secure, {
    'grpc.ssl_target_name_override': 'clearway',
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
  });
}

const same = (bytes: Buffer): Buffer => bytes;

/** Sends messages as they are to any method, whatever its shape: on the wire all four kinds of call look the same. */
export function rawCall(
  client: Client,
  method: Pick<SurfaceMethod, 'path' | 'kind'>,
  messages: readonly Buffer[],
  { timeoutMs = TIMEOUT_MS, metadata = new Metadata(), openAfterMs = OPEN_AFTER_MS }: RawCallOptions = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const deadline = Date.now() + timeoutMs;
    const call = client.makeBidiStreamRequest(method.path, same, same, metadata, { deadline });
    const responses: Buffer[] = [];
    const settle = (answer: Pick<Answer, 'status'> & Partial<Answer>): void => {
      clearTimeout(timer);
      resolve({ reason: '', text: '', fields: [], responses, ...answer });
    };
    const letGo = (): void => {
      settle({ status: 'OPEN' });
      call.cancel();
    };
    const timer = setTimeout(method.kind === 'server_streaming' ? letGo : () => undefined, openAfterMs);
    call.on('data', (bytes: Buffer) => responses.push(bytes));
    call.on('error', (error: ServiceError) => settle(refusalOf(error)));
    call.on('end', () => undefined);
    call.on('status', ({ code }) => {
      if (code === status.OK) settle({ status: 'OK' });
    });
    for (const message of messages) call.write(message);
    call.end();
  });
}

function refusalOf(error: ServiceError): Pick<Answer, 'status' | 'reason' | 'text' | 'fields'> {
  const known = fromServiceError(error);
  const hasDetails = error.metadata.get('grpc-status-details-bin').length > 0;
  return {
    status: status[error.code] ?? String(error.code),
    reason: hasDetails ? known.reason : '',
    text: error.details,
    fields: known.fieldViolations.map(({ field }) => field),
  };
}
