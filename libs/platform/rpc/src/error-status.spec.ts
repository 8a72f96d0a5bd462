import { REASONS, type ReasonCode } from '@clearway/kernel';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { fromServiceError, toWireStatus } from './error-status';
import { RpcError } from './rpc-error';
import { encodeStatusDetails } from './status-details';

function received(code: number, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata });
}

function roundTrip(error: RpcError): RpcError {
  const { code, details, metadata } = toWireStatus(error);
  return fromServiceError(received(code, details, metadata));
}

describe('errors on the wire', () => {
  it.each(Object.keys(REASONS) as ReasonCode[])('%s crosses intact and never as OK or UNKNOWN', (reason) => {
    const error = new RpcError(reason, undefined, { figure: '7' });
    const wire = toWireStatus(error);
    expect([status.OK, status.UNKNOWN]).not.toContain(wire.code);
    expect(roundTrip(error)).toMatchObject({
      reason,
      status: error.status,
      message: REASONS[reason].meaning,
      metadata: { figure: '7' },
      retryable: error.retryable,
    });
  });

  it.each([
    ['OVERLOADED', true],
    ['DRAINING', true],
    ['OUTCOME_UNKNOWN', true],
    ['FIELD_INVALID', false],
    ['INTERNAL', false],
    ['ORDER_RATE', false],
  ] as const)('%s is retryable: %s', (reason, retryable) => {
    expect(new RpcError(reason).retryable).toBe(retryable);
  });

  it('gives business reasons a status when a method can only answer with an error', () => {
    expect(new RpcError('UNKNOWN_ACCOUNT').status).toBe('NOT_FOUND');
    expect(new RpcError('ACCOUNT_FROZEN').status).toBe('FAILED_PRECONDITION');
    expect(new RpcError('FIELD_INVALID', undefined, {}, { status: 'NOT_FOUND' }).status).toBe('NOT_FOUND');
  });

  it.each([
    [status.UNAVAILABLE, 'NOT_READY', 'UNAVAILABLE', true],
    [status.DEADLINE_EXCEEDED, 'OUTCOME_UNKNOWN', 'DEADLINE_EXCEEDED', true],
    [status.CANCELLED, 'OUTCOME_UNKNOWN', 'DEADLINE_EXCEEDED', false],
    [status.RESOURCE_EXHAUSTED, 'OVERLOADED', 'RESOURCE_EXHAUSTED', false],
    [status.UNIMPLEMENTED, 'INTERNAL', 'INTERNAL', false],
    [status.UNKNOWN, 'INTERNAL', 'INTERNAL', false],
    [status.UNAUTHENTICATED, 'NO_IDENTITY', 'UNAUTHENTICATED', false],
  ])('reads the bare status %s as %s', (code, reason, name, retryable) => {
    expect(fromServiceError(received(code, 'text'))).toMatchObject({
      reason,
      status: name,
      retryable,
      message: 'text',
    });
  });

  it('reads a reset before any status as a broken connection, and any other INTERNAL as a bug', () => {
    const reset = received(status.INTERNAL, 'Received RST_STREAM with code 2 (Internal server error)');
    expect(fromServiceError(reset)).toMatchObject({
      reason: 'NOT_READY',
      status: 'UNAVAILABLE',
      retryable: true,
    });
    expect(fromServiceError(received(status.INTERNAL, 'text'))).toMatchObject({
      reason: 'INTERNAL',
      status: 'INTERNAL',
      retryable: false,
    });
  });

  it('keeps a reason that it does not know yet', () => {
    const metadata = new Metadata();
    const details = {
      code: 9,
      message: 'New.',
      domain: 'clearway',
      metadata: { a: '1' },
      fieldViolations: [],
    };
    const bytes = encodeStatusDetails({ ...details, reason: 'TOMORROWS_REASON', retryAfterMs: undefined });
    metadata.set('grpc-status-details-bin', bytes);
    const error = fromServiceError(received(status.FAILED_PRECONDITION, 'New.', metadata));
    expect(error).toMatchObject({
      reason: 'INTERNAL',
      status: 'FAILED_PRECONDITION',
      metadata: { a: '1', reason: 'TOMORROWS_REASON' },
    });
  });

  it('reads details of another domain or broken ones as a bare status', () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff]));
    expect(fromServiceError(received(status.UNAVAILABLE, 'x', metadata)).reason).toBe('NOT_READY');
  });

  it('bounds what it sends and mends half characters', () => {
    const long = `${'x'.repeat(511)}\u{1F600}`;
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'y'.repeat(5_000)]));
    const fieldViolations = Array.from({ length: 500 }, () => ({ field: long, description: long }));
    const wire = toWireStatus(new RpcError('FIELD_INVALID', long, metadata, { fieldViolations }));
    expect(() => encodeURI(wire.details)).not.toThrow();
    const [bytes] = wire.metadata.get('grpc-status-details-bin');
    expect((bytes as Buffer).length).toBeLessThan(5_000);
  });
});
