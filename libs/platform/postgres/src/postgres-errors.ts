/**
 * The database cannot be asked just now: nothing is known about a statement that was under way, it may have committed.
 * The driver's error is kept as `cause`, for logs.
 */
export class PostgresUnavailable extends Error {
  override readonly name = 'PostgresUnavailable';

  constructor(cause: unknown) {
    super('PostgreSQL cannot be reached, or it closed the connection.', { cause });
  }
}

const UNAVAILABLE_SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Shut down, crashed, starting up, session ended by the idle limit, too many connections. */
const UNAVAILABLE_SQL_STATES: ReadonlySet<string> = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
]);

/** pg gives these without any code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** The SQLSTATE or system error code of what pg threw, or undefined. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True if the connection, not the statement, is at fault: ask again later, after looking what was committed. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof PostgresUnavailable) return true;
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every(isConnectionError);
  const code = codeOf(error);
  if (code !== undefined) {
    return UNAVAILABLE_SYSTEM_CODES.has(code) || UNAVAILABLE_SQL_STATES.has(code) || /^08...$/.test(code);
  }
  return error instanceof Error && UNAVAILABLE_MESSAGES.test(error.message);
}

/** True if the transaction lost a race (serialization failure or deadlock) and may be run again as a whole. */
export function isSerializationError(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/**
 * True if a row with this key exists already.
 * @param constraint look for this unique constraint or index only
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  if (constraint === undefined) return true;
  return (
    typeof error === 'object' && error !== null && 'constraint' in error && error.constraint === constraint
  );
}

/**
 * Runs database work and turns a connection's failure into `PostgresUnavailable`; every other error passes unchanged.
 * @throws PostgresUnavailable
 */
export async function mapUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PostgresUnavailable || !isConnectionError(error)) throw error;
    throw new PostgresUnavailable(error);
  }
}
